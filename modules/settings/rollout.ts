/** The schema of a rollout file: which accounts and regions get a pipeline, and where their state is kept. */
import { z } from "zod";
import { awsLimits } from "./aws";
import { enrollmentLimits, stageEntry } from "./enrollment";
import { iamLimits } from "./iam";
import { pipelineLimits, type Settings, settingsSchema } from "./settings";
import { rolloutDashboardSection } from "./rollout-dashboard";
import { stateDefaults, stateSection } from "./state";
import { about, list, metadata, required, section, setting, text, valueOf } from "./values";

/** Its length is limited by that of the region, too. */
const accountName = text(
  "^[a-zA-Z0-9][a-zA-Z0-9_-]{0,49}$",
  "1 to 50 letters, digits, '_' or '-', the first a letter or digit",
  "it is part of the stack's name, moesif-<account name>-<region>, which has at most 64 characters as the name of a role's session: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html",
);

/** By the name of its type: it stands three times in the file. */
const settings: z.ZodType<Settings> = settingsSchema;

const api = section({
  id: required(enrollmentLimits.apiId, "Id of the API."),
  name: required(pipelineLimits.apiName, "Name of the API."),
  type: setting(enrollmentLimits.apiType, "Type of the API.", "REST"),
  stages: list(stageEntry, "stages")
    .nullish()
    .meta(
      about(
        "Stages not managed by your Terraform that are to log here: the stack sets their logging, and restores what they had. A stage in your own Terraform needs no entry.",
        [],
      ),
    ),
  version: setting(pipelineLimits.apiVersion, "Version of the API."),
  tags: list(valueOf(pipelineLimits.eventTag), "tags")
    .optional()
    .meta(about("Tags of this API's calls, in addition to those of the settings: metadata.tags in Moesif.", [])),
  metadata: metadata
    .optional()
    .meta(about("JSON that appears in Moesif as metadata of this API's calls; overrides that of the settings.", {})),
});

const region = section({
  name: required(awsLimits.regionName, "Name of the region."),
  partition: setting(awsLimits.partition, "Partition of the region, for a region that is too new to be known."),
  settings: settings.optional().meta(about("Settings of this region; they override those of the account.")),
  apis: list(api, "APIs").nullish().meta(about("The APIs of this region that are named in Moesif.", [])),
});

const account = section({
  id: required(awsLimits.accountId, "Id of the AWS account."),
  name: required(accountName, "Name of the account, part of the stacks' names."),
  environment: setting(
    pipelineLimits.environment,
    "Environment that Moesif shows for the account's calls; the account's name if left out.",
  ),
  deployRole: setting(
    iamLimits.roleArn,
    "The role of this account that Terraform assumes; without one, the caller's own credentials are used.",
  ),
  settings: settings.optional().meta(about("Settings of this account; they override the defaults.")),
  regions: list(region, "regions", 1).meta(about("The regions of this account, each with a stack of its own.")),
});

/** The whole file. Unknown keys are refused at every level. */
export const rolloutSchema = section({
  version: z.literal(1, { error: () => "write version: 1" }).meta(about("Version of the file's form.")),
  defaults: settings.optional().meta(about("Settings of every target.")),
  state: stateSection.optional().meta(
    about("Where Terraform keeps its state: exactly one of s3 and local.", {
      local: stateDefaults,
    }),
  ),
  dashboard: rolloutDashboardSection
    .optional()
    .meta(about("One dashboard of all targets, in a stack of its own, moesif-dashboard.")),
  accounts: list(account, "accounts", 1).meta(about("The accounts that get a pipeline.")),
}).meta({ title: "Rollout of API Gateway traffic into Moesif" });

/** What a rollout file says. */
export type RolloutDocument = z.output<typeof rolloutSchema>;
export type AccountEntry = RolloutDocument["accounts"][number];
export type RegionEntry = AccountEntry["regions"][number];
