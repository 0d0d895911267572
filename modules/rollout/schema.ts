/** The schema of a rollout file: which accounts and regions get a pipeline, and where their state is kept. */
import { z } from "zod";
import { rules } from "../rules";
import { about, exactlyOne, list, metadata, required, section, setting, valueOf } from "./fields";
import { rolloutRules } from "./rules";
import { settingsSchema } from "./settings-schema";
import { stageEntry } from "./stages-schema";

const api = section({
  id: required(rules.apiId, "Id of the API."),
  name: required(rules.apiName, "Name of the API."),
  type: setting(rules.apiType, "Type of the API.", "REST"),
  stages: list(stageEntry, "stages")
    .nullish()
    .meta(
      about(
        "Stages that somebody else owns and that are to log here: the stack sets their logging, and puts back what they had. A stage in Terraform of your own needs no entry.",
        [],
      ),
    ),
  version: setting(rules.apiVersion, "Version of the API."),
  tags: list(valueOf(rules.eventTag), "tags")
    .optional()
    .meta(about("Tags of this API's calls, beside those of the settings: metadata.tags in Moesif.", [])),
  metadata: metadata
    .optional()
    .meta(about("JSON that appears in Moesif as metadata of this API's calls; wins over that of the settings.", {})),
});

const region = section({
  name: required(rolloutRules.regionName, "Name of the region."),
  partition: setting(
    rolloutRules.partition,
    "Partition of the region, for a region that is too new to be known here; known ones need none.",
  ),
  settings: settingsSchema.optional().meta(about("Settings of this region; they win over those of the account.")),
  apis: list(api, "APIs").nullish().meta(about("The APIs of this region that are named in Moesif.", [])),
});

const account = section({
  id: required(rules.accountId, "Id of the AWS account."),
  name: required(rolloutRules.accountName, "Name of the account, part of the stacks' names."),
  environment: setting(
    rules.environment,
    "Environment that Moesif shows for the account's calls; the account's name if left out.",
  ),
  deployRole: setting(
    rules.roleArn,
    "The role of this account that Terraform assumes; without one, the caller's own credentials serve.",
  ),
  settings: settingsSchema.optional().meta(about("Settings of this account; they win over the defaults.")),
  regions: list(region, "regions", 1).meta(about("The regions of this account, each with a stack of its own.")),
});

const s3State = section({
  bucket: required(rules.bucketName, "Bucket of the state."),
  region: required(rolloutRules.regionName, "Region of the bucket."),
  keyPrefix: setting(rolloutRules.stateKeyPrefix, "What the key of each state begins with."),
  kmsKey: setting(rules.kmsKeyArn, "Key that encrypts the state, in the bucket's region."),
  roleArn: setting(rules.roleArn, "Role that Terraform assumes to reach the state."),
});

const localState = section({
  directory: setting(
    rolloutRules.stateDirectory,
    "Directory of the state files, one for each stack.",
    "terraform-state",
  ),
});

const state = exactlyOne(
  section({
    s3: s3State.optional().meta(about("In an S3 bucket, one object for each stack, with a lock file.")),
    local: localState.optional().meta(about("In a directory of this machine.")),
  }),
  "s3",
  "local",
);

/** The whole file. Unknown keys are refused at every level. */
export const rolloutSchema = section({
  version: z.literal(1, { error: () => "write version: 1" }).meta(about("Version of the file's form.")),
  defaults: settingsSchema.optional().meta(about("Settings of every target.")),
  state: state.optional().meta(
    about("Where Terraform keeps its state: exactly one of s3 and local.", {
      local: { directory: "terraform-state" },
    }),
  ),
  accounts: list(account, "accounts", 1).meta(about("The accounts that get a pipeline.")),
}).meta({ title: "Rollout of API Gateway traffic into Moesif" });

/** What a rollout file says. */
export type RolloutDocument = z.output<typeof rolloutSchema>;
export type AccountEntry = RolloutDocument["accounts"][number];
export type RegionEntry = AccountEntry["regions"][number];
