/**
 * A KMS key that is there already. A policy can name a key by its ARN only, never by an alias: what is not plainly the
 * ARN of a key is looked up.
 */
import { DataAwsKmsKey } from "../aws";
import { Construct, Token } from "../cdk";
import { pinned } from "../addresses";
import type { PolicyStatement } from "../policy";
import { awsLimits } from "../settings/aws";
import { Checks } from "../settings/checks";

/** A key, by one of two ways. */
export interface KmsKeyProps {
  /**
   * KMS key: ARN of a key or of an alias, or `alias/<name>`. Terraform looks it up, unless it is a literal ARN of a key.
   *
   * @default none
   */
  readonly kmsKey?: string;
  /**
   * ARN of the key, in place of `kmsKey`: used as it is, without a look-up. A token is passed unchecked.
   *
   * @default none
   */
  readonly kmsKeyArn?: string;
}

/** The ARN of the key that something is encrypted with. */
export function keyArn(scope: Construct, props: KmsKeyProps): string | undefined {
  if (props.kmsKey === undefined) return props.kmsKeyArn;
  return new KmsKey(scope, "kms_key", { key: props.kmsKey }).arn;
}

export class KmsKey extends Construct {
  readonly arn: string;

  /** @throws InvalidValueError if a literal `key` is neither an ARN nor an alias */
  constructor(scope: Construct, id: string, { key }: { readonly key: string }) {
    super(scope, id);
    new Checks(this).value("kmsKey", key, awsLimits.kmsKey).end();
    // A key of another account could not be looked up.
    const isArn = !Token.isUnresolved(key) && key.includes(":key/");
    this.arn = isArn ? key : pinned(new DataAwsKmsKey(this, "Resource", { keyId: key })).arn;
  }
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
): PolicyStatement {
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
export function putEncrypted(sid: string, kmsKeyArn: string, region: string): PolicyStatement {
  return {
    sid,
    actions: ["kms:Decrypt", "kms:GenerateDataKey"],
    resources: [kmsKeyArn],
    condition: [usedThrough("firehose", region)],
  };
}
