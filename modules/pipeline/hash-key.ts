/** The key of the hashes by which values leave the account, always by reference to a secret. */
import { Construct } from "../cdk";
import { rules } from "../rules";
import { ValueChecks } from "../value-checks";
import { keyArn } from "./kms-key";
import { lookedUpSecret } from "./secret-access";

/** Exactly one of `secretArn` and `secretName`; which one decides which resources there are. */
export interface HashKeyProps {
  /**
   * ARN of a secret whose string is `{"hash_key": "<32 characters or more>"}`, in the function's region. A plan-time
   * value may be null: then there is no key.
   */
  readonly secretArn?: string;
  /** Name of such a secret, in the function's account and region. */
  readonly secretName?: string;
  /**
   * KMS key that encrypts the secret: ARN of a key or of an alias, or `alias/<name>`.
   *
   * @default the key `aws/secretsmanager`, which needs no permission
   */
  readonly kmsKey?: string;
  /**
   * ARN of the key, in place of `kmsKey`: used as it is, without a look-up. A plan-time value may be null.
   *
   * @default none
   */
  readonly kmsKeyArn?: string;
}

/** Whoever has this secret can find out of which value a hash is; a new one makes every hash another. */
export class HashKey extends Construct {
  /** Null at plan time if there is no key. */
  readonly secretArn: string;
  /** ARN of the secret's own KMS key; absent, or null at plan time, for the key `aws/secretsmanager`. */
  readonly kmsKeyArn?: string;

  /** @throws InvalidValueError unless exactly one source is given, and it is well-formed */
  constructor(scope: Construct, id: string, props: HashKeyProps) {
    super(scope, id);
    const checks = new ValueChecks(this.node.path)
      .checkIfGiven("secretArn", props.secretArn, rules.secretArn)
      .check("secretName", props.secretName, rules.secretName);
    if ((props.secretArn === undefined) === (props.secretName === undefined)) {
      checks.refuse("exactly one of secretArn and secretName must be given");
    }
    this.kmsKeyArn = keyArn(this, props, checks);
    const lifecycle = checks.lifecycle();
    this.secretArn = props.secretArn ?? lookedUpSecret(this, props.secretName!, lifecycle);
  }
}
