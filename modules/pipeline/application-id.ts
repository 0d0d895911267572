/** The Moesif Collector Application Id, always by reference to a secret, so that its value is never in state. */
import { SecretsmanagerSecret, SecretsmanagerSecretVersion } from "../aws";
import { Construct, Fn, type ITerraformDependable, Token } from "../cdk";
import { pinned } from "../addresses";
import { rules } from "../rules";
import { ValueChecks } from "../value-checks";
import { keyArn } from "./kms-key";
import { lookedUpSecret } from "./secret-access";

/** A secret that Terraform creates. */
export interface CreatedSecretProps {
  /** Name of the secret. */
  readonly name: string;
  /**
   * The application id: a plan-time value, best an ephemeral variable. It is passed as a write-only argument, which
   * needs Terraform 1.11 and enters neither plan nor state.
   *
   * @see https://developer.hashicorp.com/terraform/language/manage-sensitive-data/write-only
   */
  readonly value: string;
  /**
   * Terraform cannot see a write-only value change: raise the version to have a changed value written.
   *
   * @default 1
   */
  readonly version?: number;
  /**
   * Days for which a destroyed secret can be restored, and its name is taken; 0 deletes it at once.
   *
   * @default 30
   */
  readonly recoveryWindowDays?: number;
}

/** Exactly one of `secretArn`, `secretName` and `createSecret`; which one decides which resources there are. */
export interface ApplicationIdProps {
  /** ARN of a secret whose string is `{"api_key": "<Collector Application Id>"}`, in the stream's region. */
  readonly secretArn?: string;
  /** Name of such a secret, in the stream's account and region. */
  readonly secretName?: string;
  /** A secret of this name is created, and its value written to it. */
  readonly createSecret?: CreatedSecretProps;
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
  /** Tags of a secret that Terraform creates. */
  readonly tags?: { [key: string]: string };
}

/**
 * The secret that holds the application id, in the form that Firehose reads.
 *
 * @see https://docs.aws.amazon.com/firehose/latest/dev/secrets-manager-whats-secret.html
 */
export class ApplicationId extends Construct {
  readonly secretArn: string;
  /** What has to be in place before the secret can be read: the value of a secret that Terraform creates. */
  readonly value: ITerraformDependable[] = [];
  /** ARN of the secret's own KMS key; absent, or null at plan time, for the key `aws/secretsmanager`. */
  readonly kmsKeyArn?: string;

  /** @throws InvalidValueError unless exactly one source is given, and it is well-formed */
  constructor(scope: Construct, id: string, props: ApplicationIdProps) {
    super(scope, id);
    const checks = new ValueChecks(this.node.path)
      .check("secretArn", props.secretArn, rules.secretArn)
      .check("secretName", props.secretName, rules.secretName)
      .check("createSecret.name", props.createSecret?.name, rules.secretName)
      .check("createSecret.version", props.createSecret?.version, rules.secretVersion)
      .check("createSecret.recoveryWindowDays", props.createSecret?.recoveryWindowDays, rules.recoveryWindowDays);
    const given = [props.secretArn, props.secretName, props.createSecret].filter((source) => source !== undefined);
    if (given.length !== 1) checks.refuse("exactly one of secretArn, secretName and createSecret must be given");
    if (props.createSecret && !Token.isUnresolved(props.createSecret.value)) {
      checks.refuse(
        "createSecret.value must be a variable or a reference: a literal would be written into the Terraform JSON",
      );
    }
    this.kmsKeyArn = keyArn(this, props, checks);
    const lifecycle = checks.lifecycle();

    if (props.secretArn !== undefined) {
      this.secretArn = props.secretArn;
    } else if (props.secretName !== undefined) {
      this.secretArn = lookedUpSecret(this, props.secretName, lifecycle);
    } else {
      this.secretArn = this.#create(props.createSecret!, props.tags, lifecycle);
    }
  }

  #create(
    secret: CreatedSecretProps,
    tags: ApplicationIdProps["tags"],
    lifecycle: ReturnType<ValueChecks["lifecycle"]>,
  ): string {
    const resource = pinned(
      new SecretsmanagerSecret(this, "Resource", {
        name: secret.name,
        description: "Moesif Collector Application Id, read by Firehose",
        kmsKeyId: this.kmsKeyArn,
        recoveryWindowInDays: secret.recoveryWindowDays ?? 30,
        tags,
        lifecycle,
      }),
    );
    const version = pinned(
      new SecretsmanagerSecretVersion(this, "version", {
        secretId: resource.id,
        secretStringWo: Fn.jsonencode({ api_key: secret.value }),
        secretStringWoVersion: secret.version ?? 1,
      }),
    );
    this.value.push(version);
    return resource.arn;
  }
}
