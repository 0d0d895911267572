/** The module of a secret for the application id, whose value never enters plan or state. */
import type { App } from "../cdk";
import { ApplicationId } from "../pipeline/application-id";
import { about, required, setting } from "../rollout/fields";
import { createSecret } from "../rollout/settings-schema";
import { rules } from "../rules";
import { tags } from "./common-schema";
import { language } from "./language";
import { ModuleStack } from "./module-stack";

interface SecretFields {
  readonly name: string;
  readonly version: number;
  readonly recoveryWindowDays: number;
  readonly kmsKeyArn: string;
}

export function applicationIdModule(app: App): ModuleStack {
  const schema = {
    value: required(
      rules.applicationId,
      "Moesif's Collector Application Id. It is ephemeral: neither plan nor state has it.",
    ),
    secret: createSecret
      .extend({
        kmsKeyArn: setting(rules.kmsKeyArn, "The customer key that encrypts it; without one, AWS's own does."),
      })
      .meta(about("The secret that keeps it.")),
    tags,
  };
  const stack = new ModuleStack(app, "application-id", { schema }, language);
  stack.keepSecret("value");
  const { kmsKeyArn, ...createdSecret } = stack.section<SecretFields>("secret");
  const secret = new ApplicationId(stack, "application_id", {
    createSecret: { ...createdSecret, value: stack.text("value") },
    kmsKeyArn,
    tags: stack.texts("tags"),
  });
  stack.output(
    "application_id",
    "The variable `application_id` of the pipeline's module.",
    { secret_arn: secret.secretArn, kms_key_arn: kmsKeyArn },
    { dependsOn: secret.value },
  );
  stack.output("secret_arn", "ARN of the secret.", secret.secretArn, { dependsOn: secret.value });
  return stack;
}
