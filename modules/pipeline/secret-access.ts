/** Secrets in Secrets Manager: one that is there already, and what allows a role to read one. */
import { DataAwsSecretsmanagerSecret } from "../aws";
import type { Construct } from "../cdk";
import { pinned } from "../addresses";
import type { PolicyStatement } from "../policy";
import { usedThrough } from "./kms-key";

/** A secret as a role reads it. */
export interface ReadableSecret {
  readonly secretArn: string;
  /** ARN of the secret's own KMS key; absent for `aws/secretsmanager`, which needs no permission. */
  readonly kmsKeyArn?: string;
}

/** The ARN of a secret that is looked up by its name, in the account and region of the provider. */
export function lookedUpSecret(scope: Construct, name: string): string {
  return pinned(new DataAwsSecretsmanagerSecret(scope, "secret", { name })).arn;
}

/**
 * Allows reading one secret, and the use of its key for that only.
 *
 * @param what what the secret holds, such as `ApplicationId`, for the names of the statements
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
 */
export function readSecret(what: string, { secretArn, kmsKeyArn }: ReadableSecret, region: string): PolicyStatement[] {
  const read = { sid: `Read${what}`, actions: ["secretsmanager:GetSecretValue"], resources: [secretArn] };
  if (kmsKeyArn === undefined) return [read];
  const condition = [usedThrough("secretsmanager", region)];
  return [read, { sid: `Decrypt${what}`, actions: ["kms:Decrypt"], resources: [kmsKeyArn], condition }];
}
