/** The pipeline as its module hands it to those that add something to it. */
import { z } from "zod";
import { about, required, section, setting } from "../rollout/fields";
import { rolloutRules } from "../rollout/rules";
import { rules, text } from "../rules";

const arn = text("^arn:aws[a-z-]*:.+$", "an ARN", "it is that of the module's own resource");

/** The variable `pipeline`. */
export const pipelineHandle = section({
  name: required(rules.pipelineName, "Name of the pipeline."),
  accountId: required(rules.accountId, "Its account."),
  region: required(rolloutRules.regionName, "Its region."),
  partition: required(rolloutRules.partition, "Its partition."),
  streamArn: required(arn, "ARN of its delivery stream."),
  streamKmsKeyArn: setting(rules.kmsKeyArn, "The customer key of the stream, if there is one."),
  bucketName: required(rules.bucketName, "Its bucket."),
  bucketArn: required(arn, "ARN of its bucket."),
  bucketKmsKeyArn: setting(rules.kmsKeyArn, "The customer key of the bucket, if there is one."),
  transformerEnabled: z.boolean().meta(about("Whether records pass its transformer.")),
}).meta(about("The pipeline that this is for: the output `pipeline` of its module."));

/** What a module gets of it. */
export type PipelineHandle = z.output<typeof pipelineHandle>;
