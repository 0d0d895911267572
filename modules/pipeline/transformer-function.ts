/** The Lambda function that transforms the records, with its role, its log group and its settings document. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CloudwatchLogGroup, type DataAwsIamPolicyDocumentStatement, LambdaFunction } from "../aws";
import { AssetType, Construct, TerraformAsset } from "../cdk";
import { pinned } from "../addresses";
import { packageRoot } from "../package-root";
import { rules } from "../rules";
import { ValueChecks } from "../value-checks";
import type { AwsEnvironment } from "./aws-environment";
import type { BackupBucket } from "./backup-bucket";
import { objectEncryption } from "./kms-key";
import { type IamProps, ServiceRole } from "./service-role";
import { settingsPrefix, TransformerSettingsDocument, type TransformerSettingsInput } from "./transformer-settings";

export interface TransformerFunctionProps {
  /** Name of the pipeline; the function is called `moesif-transform-<name>`. */
  readonly name: string;
  readonly environment: Pick<AwsEnvironment, "region">;
  /** The bucket that the settings document is written to. */
  readonly bucket: Pick<BackupBucket, "name" | "arn" | "kmsKeyArn" | "safeguards">;
  readonly settings: TransformerSettingsInput;
  /**
   * Memory in MB; a function gets CPU in proportion.
   *
   * @default 256
   */
  readonly memoryMb?: number;
  /**
   * Seconds after which Lambda ends an invocation. Firehose waits five minutes at most.
   *
   * @default 60
   */
  readonly timeoutSeconds?: number;
  /**
   * Concurrent executions reserved for, and granted to, this function; -1 reserves none.
   *
   * @default -1
   */
  readonly reservedConcurrency?: number;
  /**
   * @default "nodejs22.x", the newest that version 5.100 of the AWS provider accepts
   */
  readonly runtime?: string;
  /**
   * @default "arm64", a fifth cheaper than x86_64
   */
  readonly architecture?: string;
  /**
   * Days for which the function's log is kept; 0 keeps it for ever.
   *
   * @default 30
   */
  readonly logRetentionDays?: number;
  /** Path and permissions boundary of the function's role. */
  readonly iam?: IamProps;
  readonly tags?: { [key: string]: string };
}

/** Runs the bundle that the package ships; one function serves every API of an account and region. */
export class TransformerFunction extends Construct {
  readonly name: string;
  readonly arn: string;
  /** What the stream invokes, and the delivery role allows. */
  readonly invokeArn: string;
  readonly roleArn: string;

  /** @throws InvalidValueError if a literal is out of its bounds; Error if the bundle was not built */
  constructor(scope: Construct, id: string, props: TransformerFunctionProps) {
    super(scope, id);
    const functionName = `moesif-transform-${props.name}`;
    const logGroup = this.#logGroup(functionName, props);
    const document = new TransformerSettingsDocument(this, "settings", {
      name: props.name,
      bucket: props.bucket,
      settings: props.settings,
    });
    const role = this.#role(logGroup, props);
    const archive = transformerArchive();
    const lambda = pinned(
      new LambdaFunction(this, "Resource", {
        functionName,
        description: "Enriches API Gateway access logs on their way to Moesif",
        role: role.arn,
        filename: new TerraformAsset(this, "bundle", { path: archive.path, type: AssetType.FILE }).path,
        sourceCodeHash: archive.sha256,
        handler: "index.handler",
        runtime: props.runtime ?? "nodejs22.x",
        architectures: [props.architecture ?? "arm64"],
        memorySize: props.memoryMb ?? 256,
        timeout: props.timeoutSeconds ?? 60,
        reservedConcurrentExecutions: props.reservedConcurrency ?? -1,
        environment: { variables: { SETTINGS_URL: document.url } },
        tags: props.tags,
        // Lambda would make the group by itself at the first invocation, without retention.
        dependsOn: [logGroup, role.policy],
        lifecycle: this.#checks(props).lifecycle(),
      }),
    );
    this.name = lambda.functionName;
    this.arn = lambda.arn;
    this.invokeArn = `${lambda.arn}:$LATEST`;
    this.roleArn = role.arn;
  }

  #checks(props: TransformerFunctionProps): ValueChecks {
    return new ValueChecks(this.node.path)
      .check("name", props.name, rules.pipelineName)
      .check("memoryMb", props.memoryMb, rules.memoryMb)
      .check("timeoutSeconds", props.timeoutSeconds, rules.timeoutSeconds)
      .check("reservedConcurrency", props.reservedConcurrency, rules.reservedConcurrency)
      .check("runtime", props.runtime, rules.runtime)
      .check("architecture", props.architecture, rules.architecture);
  }

  #logGroup(functionName: string, props: TransformerFunctionProps): CloudwatchLogGroup {
    return pinned(
      new CloudwatchLogGroup(this, "log", {
        name: `/aws/lambda/${functionName}`,
        retentionInDays: props.logRetentionDays ?? 30,
        tags: props.tags,
        lifecycle: new ValueChecks(this.node.path)
          .check("logRetentionDays", props.logRetentionDays, rules.logRetentionDays)
          .lifecycle(),
      }),
    );
  }

  #role(logGroup: CloudwatchLogGroup, props: TransformerFunctionProps): ServiceRole {
    const { bucket, environment, iam, tags } = props;
    const prefix = settingsPrefix(props.name);
    const statements: DataAwsIamPolicyDocumentStatement[] = [
      {
        sid: "WriteLog",
        actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
        resources: [`${logGroup.arn}:log-stream:*`],
      },
      // The prefix, not the one object: while settings change, environments of both documents start.
      { sid: "ReadSettings", actions: ["s3:GetObject"], resources: [`${bucket.arn}/${prefix}*`] },
    ];
    if (bucket.kmsKeyArn !== undefined) {
      statements.push(
        objectEncryption("DecryptSettings", ["kms:Decrypt"], {
          bucketArn: bucket.arn,
          prefix,
          kmsKeyArn: bucket.kmsKeyArn,
          region: environment.region,
        }),
      );
    }
    return new ServiceRole(this, "role", {
      namePrefix: "moesif-transform-",
      description: "Lambda: transforms API Gateway access logs for Moesif",
      service: "lambda.amazonaws.com",
      statements,
      tags,
      ...iam,
    });
  }
}

/** The zip that the build makes, and its hash as Lambda states it. */
function transformerArchive(): { path: string; sha256: string } {
  const path = join(packageRoot(), "dist", "lambda", "transformer.zip");
  if (!existsSync(path)) throw new Error(`${path} is missing: run \`npm run build\``);
  return { path, sha256: createHash("sha256").update(readFileSync(path)).digest("base64") };
}
