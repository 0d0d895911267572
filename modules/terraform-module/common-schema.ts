/** What the variables of several modules hold alike. */
import { about, section, texts } from "../rollout/fields";
import { rolloutRules } from "../rollout/rules";
import { MOST_TAGS, settingsSchema } from "../rollout/settings-schema";

/** `tags` of the resources. */
export const tags = texts(rolloutRules.tagKey, rolloutRules.tagValue, MOST_TAGS)
  .optional()
  .meta(about(`Tags of every resource that takes tags. (see ${rolloutRules.tagKey.because})`, {}));

const { path, permissionsBoundary } = settingsSchema.shape.iam.unwrap().shape;

/** `iam` of a module whose roles Firehose does not assume. */
export const iam = section({ path, permissionsBoundary }).optional().meta(about("The role that the module creates."));
