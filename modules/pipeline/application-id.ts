/** The Moesif Collector Application Id, always by reference to a secret, so that its value is never in state. */
import { SecretsmanagerSecret, SecretsmanagerSecretVersion } from "../aws";
import { Construct, Fn, type ITerraformDependable } from "../cdk";
import { pinned, type ProviderProps, provideTo } from "../addresses";
import { Checks } from "../settings/checks";
import { applicationIdProps } from "../settings/pipeline";
import { secretDefaults } from "../settings/secrets";
import { keyArn, type KmsKeyProps } from "./kms-key";
import { lookedUpSecret } from "./secret-access";

/** A secret that Terraform creates. */
export interface CreatedSecretProps {
  /** Name of the secret. */
  readonly name: string;
  /**
   * The application id: a token, best of an ephemeral variable. It is passed as a write-only argument, which needs
   * Terraform 1.11 and enters neither plan nor state.
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

/** A secret by its ARN. */
export interface SecretByArn {
  /** ARN of a secret whose string is `{"api_key": "<Collector Application Id>"}`, in the stream's region. A token is passed unchecked. */
  readonly secretArn: string;
  readonly secretName?: undefined;
  readonly createSecret?: undefined;
}

/** A secret by its name, which Terraform looks up. */
export interface SecretByName {
  /** Name of such a secret, in the stream's account and region. A token is passed unchecked. */
  readonly secretName: string;
  readonly secretArn?: undefined;
  readonly createSecret?: undefined;
}

/** A secret of the construct's own. */
export interface SecretToCreate {
  /** A secret of this name is created, and its value written to it. */
  readonly createSecret: CreatedSecretProps;
  readonly secretArn?: undefined;
  readonly secretName?: undefined;
}

/** One of three: `secretArn`, `secretName` or `createSecret`. `kmsKey` is the key that encrypts the secret. */
export type ApplicationIdSource = (SecretByArn | SecretByName | SecretToCreate) & KmsKeyProps;

/** Source of the application id, and tags of a secret that Terraform creates. */
export type ApplicationIdProps = ApplicationIdSource &
  ProviderProps & {
    /** Tags of a secret that Terraform creates. */
    readonly tags?: { [key: string]: string };
  };

/**
 * The secret that holds the application id, in the form that Firehose reads.
 *
 * @see https://docs.aws.amazon.com/firehose/latest/dev/secrets-manager-whats-secret.html
 */
export class ApplicationId extends Construct {
  /** ARN of the secret. */
  readonly secretArn: string;
  /** What has to be in place before the secret can be read: the value of a secret that Terraform creates. */
  readonly value: ITerraformDependable[] = [];
  /** ARN of the secret's own KMS key; absent for the key `aws/secretsmanager`. */
  readonly kmsKeyArn?: string;
  /** The secret, if this construct creates it. */
  readonly resource?: SecretsmanagerSecret;

  /** @throws InvalidValueError unless exactly one source is given, and it is well-formed */
  constructor(scope: Construct, id: string, props: ApplicationIdProps) {
    super(scope, id);
    provideTo(this, props.provider);
    const { provider: _, tags, ...source } = props;
    const { secretArn, secretName, createSecret } = source;
    new Checks(this).schema(applicationIdProps, source, []).tags(tags).end();
    this.kmsKeyArn = keyArn(this, props);
    if (createSecret !== undefined) this.resource = this.#create(createSecret, tags);
    this.secretArn = this.resource?.arn ?? secretArn ?? lookedUpSecret(this, secretName!);
  }

  #create(secret: CreatedSecretProps, tags: ApplicationIdProps["tags"]): SecretsmanagerSecret {
    const resource = pinned(
      new SecretsmanagerSecret(this, "Resource", {
        name: secret.name,
        description: "Moesif Collector Application Id, read by Firehose",
        kmsKeyId: this.kmsKeyArn,
        recoveryWindowInDays: secret.recoveryWindowDays ?? secretDefaults.recoveryWindowDays,
        tags,
        // A new name makes a new secret: the stream reads the old one until it has the new one.
        lifecycle: { createBeforeDestroy: true },
      }),
    );
    const version = pinned(
      new SecretsmanagerSecretVersion(this, "version", {
        secretId: resource.id,
        secretStringWo: Fn.jsonencode({ api_key: secret.value }),
        secretStringWoVersion: secret.version ?? secretDefaults.version,
        lifecycle: { createBeforeDestroy: true },
      }),
    );
    this.value.push(version);
    return resource;
  }
}
