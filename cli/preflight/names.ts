/** Whether what Terraform will create exists already, and whether what it needs exists: secrets and buckets. */
import { isObject, parseJson } from "../../common/json";
import { type Check } from "../checks";
import { type Context, isMissing, ok, problem, type Question, unknown } from "./context";

/** Tag by which what the stacks of a rollout create is known; a rollout may set another value. */
const MANAGED_BY = "managed-by";

type Tags = Readonly<Record<string, string>>;

/** How to find one kind of what a stack creates by a name of its own. Roles and buckets get a suffix from Terraform. */
interface Kind {
  readonly type: string;
  readonly argument: string;
  readonly noun: string;
  readonly action: Question["action"];
  /** Its tags; `undefined` if there is none of this name. */
  readonly find: (context: Context, name: string) => Promise<Tags | undefined>;
}

const KINDS: readonly Kind[] = [
  {
    type: "aws_kinesis_firehose_delivery_stream",
    argument: "name",
    noun: "stream",
    action: "firehose:ListTagsForDeliveryStream",
    find: async ({ aws, config }, name) => {
      const command = new aws.ListTagsForDeliveryStreamCommand({ DeliveryStreamName: name });
      const { Tags = [] } = await new aws.FirehoseClient(config).send(command);
      return Object.fromEntries(Tags.map(({ Key, Value = "" }) => [Key!, Value]));
    },
  },
  {
    type: "aws_lambda_function",
    argument: "function_name",
    noun: "function",
    action: "lambda:GetFunction",
    find: async ({ aws, config }, name) => {
      const { Tags = {} } = await new aws.LambdaClient(config).send(new aws.GetFunctionCommand({ FunctionName: name }));
      return Tags;
    },
  },
  {
    type: "aws_cloudwatch_log_group",
    argument: "name",
    noun: "log group",
    action: "logs:DescribeLogGroups",
    find: async ({ aws, config }, name) => {
      const logs = new aws.CloudWatchLogsClient(config);
      const { logGroups = [] } = await logs.send(new aws.DescribeLogGroupsCommand({ logGroupNamePrefix: name }));
      const group = logGroups.find(({ logGroupName }) => logGroupName === name);
      if (group === undefined) return undefined;
      const resourceArn = group.arn!.replace(/:\*$/, "");
      const { tags = {} } = await logs.send(new aws.ListTagsForResourceCommand({ resourceArn }));
      return tags;
    },
  },
];

/** Whether each name is free, or of this rollout. */
export function nameQuestions(context: Context): Question[] {
  const { stack } = context;
  return KINDS.flatMap(({ type, argument, noun, action, find }) =>
    stack.resources(type).map(({ [argument]: value }) => {
      const name = String(value);
      return {
        id: "name",
        subject: `${noun} ${name}`,
        action,
        ask: async () => {
          const tags = await find(context, name).catch((error: unknown) => {
            if (isMissing(error)) return undefined;
            throw error;
          });
          return ownership(context, noun, tags);
        },
      };
    }),
  );
}

function ownership({ stack }: Context, noun: string, tags: Tags | undefined) {
  if (tags === undefined) return ok("free");
  if (tags[MANAGED_BY] === stack.tags[MANAGED_BY]) return ok("exists, with the tags of this rollout");
  return problem(
    `exists, without the tag ${MANAGED_BY}: ${stack.tags[MANAGED_BY]}: Terraform would fail to create it`,
    `set another name in the rollout file, delete the ${noun}, or take it over by \`terraform import\``,
  );
}

/** The secrets of a stack: one that it creates must not exist, others must, in the form that Firehose reads. */
export function secretQuestions(context: Context): Question[] {
  const created = context.stack.resources<{ name: string }>("aws_secretsmanager_secret");
  return [
    ...created.map(({ name }): Question => ({
      id: "name",
      subject: `secret ${name}`,
      action: "secretsmanager:DescribeSecret",
      ask: async () => {
        const found = await describe(context, name);
        if (found?.DeletedDate) {
          return problem(
            `is scheduled for deletion: Terraform cannot create it`,
            "restore it by `aws secretsmanager restore-secret` and name it as secretName, or set another name",
          );
        }
        const tags = found && Object.fromEntries((found.Tags ?? []).map(({ Key, Value = "" }) => [Key!, Value]));
        return ownership(context, "secret", tags);
      },
    })),
    ...FORMS.flatMap((form) => {
      const id = secretIdOf(context, form);
      return id === undefined ? [] : [existingSecret(context, id, form)];
    }),
  ];
}

/** The form of a secret, and the variable by which the transformer finds it. */
interface SecretForm {
  readonly variable: string;
  readonly key: string;
  /** The statement by which the roles may use the secret's own KMS key. */
  readonly decrypt: string;
  /** Why a value cannot be meant; never the value. */
  readonly mistake: (value: string) => string | undefined;
}

const FORMS: readonly SecretForm[] = [
  {
    variable: "APPLICATION_ID_SECRET",
    key: "api_key",
    decrypt: "DecryptApplicationId",
    mistake: (value) => (/^[!-~]{1,4096}$/.test(value) ? undefined : "is empty, or has characters that no id has"),
  },
  {
    variable: "HASH_KEY_SECRET",
    key: "hash_key",
    decrypt: "DecryptHashKey",
    mistake: (value) => (value.length < 32 ? "is shorter than 32 characters" : undefined),
  },
];

/** The ARN or the name of a secret that exists. The application id is the stream's in every stack. */
function secretIdOf({ stack }: Context, { variable }: SecretForm): string | undefined {
  const [stream] = stack.resources<{
    http_endpoint_configuration: { secrets_manager_configuration: { secret_arn: string } };
  }>("aws_kinesis_firehose_delivery_stream");
  const variables = stack
    .resources<{ environment?: { variables: Record<string, string> } }>("aws_lambda_function")
    .map(({ environment }) => environment?.variables[variable]);
  const reference =
    variable === "APPLICATION_ID_SECRET"
      ? stream!.http_endpoint_configuration.secrets_manager_configuration.secret_arn
      : variables.find((one) => one !== undefined);
  if (reference?.startsWith("arn:")) return reference;
  const name = /^\$\{data\.aws_secretsmanager_secret\.(\w+)\.arn\}$/.exec(reference ?? "")?.[1];
  const data = name === undefined ? undefined : stack.data("aws_secretsmanager_secret")[name];
  return (data?.arn ?? data?.name) as string | undefined;
}

function existingSecret(context: Context, id: string, { key, decrypt, mistake }: SecretForm): Question {
  const { aws, config, stack, target } = context;
  const form = `{"${key}": "…"}`;
  return {
    id: "secret",
    subject: id,
    action: "secretsmanager:DescribeSecret",
    ask: async () => {
      const found = await describe(context, id);
      if (found === undefined) {
        return problem(
          `there is no such secret in ${target.region} of account ${target.accountId}`,
          `create it with ${form}, or name another: docs/settings.md`,
        );
      }
      if (found.DeletedDate)
        return problem("is scheduled for deletion", "restore it by `aws secretsmanager restore-secret`");
      const { KmsKeyId = "" } = found;
      const isGranted = stack.resources("aws_iam_role_policy").some(({ policy }) => String(policy).includes(decrypt));
      if (KmsKeyId !== "" && !KmsKeyId.includes("alias/aws/secretsmanager") && !isGranted) {
        return problem(
          `the KMS key ${KmsKeyId} encrypts it, and the rollout file does not name the key: nothing could read the secret`,
          "set kmsKey next to the secret in the rollout file",
        );
      }
      let text: string | undefined;
      try {
        const command = new aws.GetSecretValueCommand({ SecretId: id });
        text = (await new aws.SecretsManagerClient(config).send(command)).SecretString;
      } catch (error) {
        if (!/^AccessDenied/.test((error as Error).name)) throw error;
        return unknown(
          "exists, but its form cannot be read",
          "allow secretsmanager:GetSecretValue to the role that checks",
        );
      }
      const value = parseJson(text ?? "");
      const member = isObject(value) ? value[key] : undefined;
      if (typeof member !== "string") return problem(`its value is not ${form}`, `store ${form}`);
      const wrong = mistake(member);
      return wrong === undefined ? ok(`has the form ${form}`) : problem(`${key} ${wrong}`, `store ${form}`);
    },
  };
}

async function describe({ aws, config }: Context, SecretId: string) {
  try {
    return await new aws.SecretsManagerClient(config).send(new aws.DescribeSecretCommand({ SecretId }));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Buckets that must exist: for backups, if the rollout names one, and for Terraform's state. */
export function bucketQuestions(context: Context, own: Context["config"]): Question[] {
  const { stack, target, config } = context;
  const [stream] = stack.resources<{ http_endpoint_configuration: { s3_configuration: { bucket_arn: string } } }>(
    "aws_kinesis_firehose_delivery_stream",
  );
  const backup = /^arn:[^:]+:s3:::([^$]+)$/.exec(stream!.http_endpoint_configuration.s3_configuration.bucket_arn)?.[1];
  const state = stack.stateBucket;
  return [
    ...(backup === undefined ? [] : [bucket(context, "backup-bucket", backup, target.region, config)]),
    // Terraform reads its state by the caller's own credentials, not by those of deployRole.
    ...(state === undefined || state.roleArn !== undefined
      ? []
      : [bucket(context, "state-bucket", state.bucket, state.region, { ...own, region: state.region })]),
  ];
}

function bucket({ aws }: Context, id: string, name: string, region: string, config: Context["config"]): Question {
  return {
    id,
    subject: name,
    action: "s3:ListBucket",
    ask: async (): Promise<Pick<Check, "result" | "cause" | "fix">> => {
      try {
        const { BucketRegion = region } = await new aws.S3Client({ ...config, followRegionRedirects: true }).send(
          new aws.HeadBucketCommand({ Bucket: name }),
        );
        if (BucketRegion === region) return ok();
        return problem(`is in ${BucketRegion}, not in ${region}`, "name a bucket of that region");
      } catch (error) {
        if (!isMissing(error)) throw error;
        return problem("there is no such bucket", "create it, or name another in the rollout file");
      }
    },
  };
}
