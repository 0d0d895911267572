/** The HMAC key of `redaction.hash`, always by reference to a secret. */
import { Construct } from "../cdk";
import { type ProviderProps, provideTo } from "../addresses";
import { Checks } from "../settings/checks";
import { hashKeyProps } from "../settings/pipeline";
import { keyArn, type KmsKeyProps } from "./kms-key";
import { lookedUpSecret } from "./secret-access";

/** One of two: `secretArn` or `secretName`. `kmsKey` is the key that encrypts the secret. */
export type HashKeySource = (
  | {
      /** ARN of a secret whose string is `{"hash_key": "<32 characters or more>"}`, in the function's region. A token is passed unchecked. */
      readonly secretArn: string;
      readonly secretName?: undefined;
    }
  | {
      /** Name of such a secret, in the function's account and region. A token is passed unchecked. */
      readonly secretName: string;
      readonly secretArn?: undefined;
    }
) &
  KmsKeyProps;

/** Source of the hash key. */
export type HashKeyProps = HashKeySource & ProviderProps;

/** Who has this secret can find out of which value a hash is; a new one changes every hash. */
export class HashKey extends Construct {
  /** ARN of the secret. */
  readonly secretArn: string;
  /** ARN of the secret's own KMS key; absent for the key `aws/secretsmanager`. */
  readonly kmsKeyArn?: string;

  /** @throws InvalidValueError unless exactly one source is given, and it is well-formed */
  constructor(scope: Construct, id: string, props: HashKeyProps) {
    super(scope, id);
    provideTo(this, props.provider);
    const { provider: _, ...source } = props;
    new Checks(this).schema(hashKeyProps, source, []).end();
    this.kmsKeyArn = keyArn(this, props);
    this.secretArn = props.secretArn ?? lookedUpSecret(this, props.secretName!);
  }
}
