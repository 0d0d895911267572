/** Secrets in Secrets Manager: one that is there already, and what allows a role to read one. */
import { DataAwsSecretsmanagerSecret } from "../aws";
import type { Construct, TerraformResourceLifecycle } from "../cdk";
import { pinned } from "../addresses";
import { rules } from "../rules";
import type { ValueChecks } from "../value-checks";
import { isGiven } from "../whether";
import { usedThrough } from "./kms-key";
import { allowIf, type RoleStatement } from "./service-role";

/** A secret as a role reads it. */
export interface ReadableSecret {
  readonly secretArn: string;
  /** ARN of the secret's own KMS key; absent, or null at plan time, for `aws/secretsmanager`, which needs no permission. */
  readonly kmsKeyArn?: string;
}

/** The ARN of a secret that is looked up by its name, in the account and region of the provider. */
export function lookedUpSecret(scope: Construct, name: string, lifecycle?: TerraformResourceLifecycle): string {
  return pinned(new DataAwsSecretsmanagerSecret(scope, "secret", { name, lifecycle })).arn;
}

/**
 * Allows reading one secret, and the use of its key for that alone.
 *
 * @param what what the secret holds, such as `ApplicationId`, for the names of the statements
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
 */
export function readSecret(what: string, { secretArn, kmsKeyArn }: ReadableSecret, region: string): RoleStatement[] {
  return [
    { sid: `Read${what}`, actions: ["secretsmanager:GetSecretValue"], resources: [secretArn] },
    ...allowIf(isGiven(kmsKeyArn), [
      {
        sid: `Decrypt${what}`,
        actions: ["kms:Decrypt"],
        resources: [kmsKeyArn!],
        condition: [usedThrough("secretsmanager", region)],
      },
    ]),
  ];
}

/** Checks a secret's key that only Terraform knows, where it is used: a secret that is there already is no resource. */
export function checkKey(secret: string, { kmsKeyArn }: Pick<ReadableSecret, "kmsKeyArn">, checks: ValueChecks): void {
  if (typeof isGiven(kmsKeyArn) === "boolean") return;
  checks.checkIfGiven(`${secret}.kmsKeyArn`, kmsKeyArn, rules.kmsKeyArn);
}
