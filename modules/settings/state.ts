/** `state`: where Terraform keeps the state of each stack. */
import { awsLimits } from "./aws";
import { iamLimits } from "./iam";
import { about, exactlyOne, required, section, setting, text } from "./values";

const stateLimits = {
  keyPrefix: text(
    "^[^/]+(/[^/]+)*$",
    "a prefix without '/' at its ends, such as moesif/state",
    "the state of each stack is kept at <keyPrefix>/<stack name>.tfstate",
  ),
  directory: text("^.+$", "the path of a directory", "a relative path starts at the rollout file"),
} as const;

export const stateDefaults = { directory: "terraform-state" } as const;

const s3 = section({
  bucket: required(awsLimits.bucketName, "Bucket of the state."),
  region: required(awsLimits.regionName, "Region of the bucket."),
  keyPrefix: setting(stateLimits.keyPrefix, "Prefix of the key of each state."),
  kmsKey: setting(awsLimits.kmsKeyArn, "Key that encrypts the state, in the bucket's region."),
  roleArn: setting(iamLimits.roleArn, "Role that Terraform assumes to reach the state."),
});

const local = section({
  directory: setting(
    stateLimits.directory,
    "Directory of the state files, one for each stack.",
    stateDefaults.directory,
  ),
});

export const stateSection = exactlyOne(
  section({
    s3: s3.optional().meta(about("In an S3 bucket, one object for each stack, with a lock file.")),
    local: local.optional().meta(about("In a directory of this machine.")),
  }),
  "s3",
  "local",
);
