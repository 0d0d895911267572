/**
 * A KMS key that is there already. A policy can name a key by its ARN only, never by an alias: what is not plainly the
 * ARN of a key is looked up.
 */
import { DataAwsKmsKey, type DataAwsIamPolicyDocumentStatement } from "../aws";
import { Construct, Token } from "../cdk";
import { pinned } from "../addresses";
import { rules } from "../rules";
import { ValueChecks } from "../value-checks";

/**
 * The ARN of the key that something is encrypted with.
 *
 * @param props `kmsKey`, which is looked up unless it is plainly the ARN of a key, or `kmsKeyArn`, which is used as it is
 *   and may be null at plan time, or neither
 */
export function keyArn(
  scope: Construct,
  props: { readonly kmsKey?: string; readonly kmsKeyArn?: string },
  checks: ValueChecks,
): string | undefined {
  checks.checkIfGiven("kmsKeyArn", props.kmsKeyArn, rules.kmsKeyArn);
  if (props.kmsKey === undefined) return props.kmsKeyArn;
  if (props.kmsKeyArn !== undefined) checks.refuse("kmsKey and kmsKeyArn must not both be given");
  return new KmsKey(scope, "kms_key", { key: props.kmsKey }).arn;
}

export class KmsKey extends Construct {
  readonly arn: string;

  /** @throws InvalidValueError if a literal `key` is neither an ARN nor an alias */
  constructor(scope: Construct, id: string, props: { readonly key: string }) {
    super(scope, id);
    const lifecycle = new ValueChecks(this.node.path).check("kmsKey", props.key, rules.kmsKey).lifecycle();
    this.arn = isKeyArn(props.key)
      ? props.key
      : pinned(new DataAwsKmsKey(this, "Resource", { keyId: props.key, lifecycle })).arn;
  }
}

/** A key of another account could not be looked up. */
function isKeyArn(key: string): boolean {
  return !Token.isUnresolved(key) && key.includes(":key/");
}

/** The key may be used by way of one service only. The star covers China's `amazonaws.com.cn`. */
export function usedThrough(service: string, region: string) {
  return { test: "StringLike", variable: "kms:ViaService", values: [`${service}.${region}.amazonaws.com*`] };
}

/** Allows the key's use for the objects of a bucket under one prefix, by way of S3, and for nothing else. */
export function objectEncryption(
  sid: string,
  actions: string[],
  objects: { readonly bucketArn: string; readonly prefix: string; readonly kmsKeyArn: string; readonly region: string },
): DataAwsIamPolicyDocumentStatement {
  const { bucketArn, prefix, kmsKeyArn, region } = objects;
  return {
    sid,
    actions,
    resources: [kmsKeyArn],
    condition: [
      usedThrough("s3", region),
      {
        test: "StringLike",
        variable: "kms:EncryptionContext:aws:s3:arn",
        // With an S3 bucket key the context is the bucket, without one the object.
        values: [bucketArn, `${bucketArn}/${prefix}*`],
      },
    ],
  };
}

/**
 * Allows who puts records on a stream the use of its key, by way of Firehose, as Firehose demands of its callers.
 *
 * @see https://docs.aws.amazon.com/firehose/latest/dev/encryption.html
 */
export function putEncrypted(sid: string, kmsKeyArn: string, region: string): DataAwsIamPolicyDocumentStatement {
  return {
    sid,
    actions: ["kms:Decrypt", "kms:GenerateDataKey"],
    resources: [kmsKeyArn],
    condition: [usedThrough("firehose", region)],
  };
}
