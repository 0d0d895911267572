/** Secrets in Secrets Manager: one that is there already, and what allows a role to read one. */
import { type DataAwsIamPolicyDocumentStatement, DataAwsSecretsmanagerSecret } from "../aws";
import type { Construct, TerraformResourceLifecycle } from "../cdk";
import { pinned } from "../addresses";
import { usedThrough } from "./kms-key";

/** A secret as a role reads it. */
export interface ReadableSecret {
  readonly secretArn: string;
  /** ARN of the secret's own KMS key; absent for the key `aws/secretsmanager`, which needs no permission. */
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
export function readSecret(
  what: string,
  { secretArn, kmsKeyArn }: ReadableSecret,
  region: string,
): DataAwsIamPolicyDocumentStatement[] {
  const statements: DataAwsIamPolicyDocumentStatement[] = [
    { sid: `Read${what}`, actions: ["secretsmanager:GetSecretValue"], resources: [secretArn] },
  ];
  if (kmsKeyArn !== undefined) {
    statements.push({
      sid: `Decrypt${what}`,
      actions: ["kms:Decrypt"],
      resources: [kmsKeyArn],
      condition: [usedThrough("secretsmanager", region)],
    });
  }
  return statements;
}
