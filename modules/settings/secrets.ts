/** `applicationId` and `hashKey`: secrets, always by reference. A scope replaces the reference of another. */
import type { z } from "zod";
import { awsLimits } from "./aws";
import { about, choice, exactlyOne, required, section, setting, text, wholeNumber } from "./values";

export const secretLimits = {
  /** As strict as the transformer, which refuses to work with another. */
  applicationId: text(
    "^[!-~]+$",
    "Moesif's Collector Application Id as Moesif shows it, without a blank or a line break",
    "it becomes a header of HTTP requests",
  ),
  version: wholeNumber(
    1,
    2_147_483_647,
    "version of the value",
    "Terraform writes a write-only value when its version changes: https://developer.hashicorp.com/terraform/language/manage-sensitive-data/write-only",
  ),
  recoveryWindowDays: choice(
    [0, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30],
    "days; 0 deletes at once: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html",
  ),
} as const;

export const secretDefaults = { recoveryWindowDays: 30, version: 1 } as const;

export const createSecretSection = section({
  name: required(awsLimits.secretName, "Name of the secret."),
  recoveryWindowDays: setting(
    secretLimits.recoveryWindowDays,
    "How long a deleted secret can be restored, in days.",
    secretDefaults.recoveryWindowDays,
  ),
  version: setting(secretLimits.version, "Raise it to write a changed value.", secretDefaults.version),
});

/** A secret that exists already. */
export const existingSecret = {
  secretArn: setting(awsLimits.secretArn, "A secret by its ARN, in the region of the target."),
  secretName: setting(awsLimits.secretName, "A secret by its name, looked up in each target's account and region."),
  kmsKey: setting(awsLimits.kmsKey, "The customer key that encrypts the secret, if it is not AWS's own."),
};

export const applicationIdSection = exactlyOne(
  section({
    secretArn: existingSecret.secretArn,
    secretName: existingSecret.secretName,
    createSecret: createSecretSection
      .optional()
      .meta(
        about(
          "A secret that the stack creates; its value, a variable, never enters the state. Requires Terraform 1.11.",
        ),
      ),
    kmsKey: existingSecret.kmsKey,
  }),
  "secretArn",
  "secretName",
  "createSecret",
);

export const hashKeySection = exactlyOne(section(existingSecret), "secretArn", "secretName");

/** Where Moesif's application id is kept. */
export type ApplicationIdSettings = z.output<typeof applicationIdSection>;
