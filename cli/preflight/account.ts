/** What the account and region must have: quotas that are not used up, and the roles of API Gateway. */
import { type Context, isMissing, ok, problem, type Question, unknown } from "./context";

/** A principal, or why it cannot be simulated. */
export type Principal = { readonly arn: string } | { readonly cause: string };

/**
 * Whose permissions are simulated: of the role that deploys, else of the caller.
 *
 * @param own config with the caller's own credentials
 */
export async function principalOf({ aws, config, target }: Context, own: Context["config"]): Promise<Principal> {
  if (target.deployRole !== undefined) return { arn: target.deployRole };
  const { GetCallerIdentityCommand, STSClient } = await import("@aws-sdk/client-sts");
  const { Arn = "", Account } = await new STSClient(own).send(new GetCallerIdentityCommand({}));
  if (Account !== target.accountId) return { cause: `your credentials belong to account ${Account}, not to this one` };
  if (/:user\//.test(Arn)) return { arn: Arn };
  const role = /:assumed-role\/([^/]+)\//.exec(Arn)?.[1];
  if (role === undefined) return { cause: "the permissions of a root or federated user cannot be simulated" };
  // The ARN of a session leaves out the path of its role.
  const { Role } = await new aws.IAMClient(config).send(new aws.GetRoleCommand({ RoleName: role }));
  return { arn: Role!.Arn! };
}

/** https://docs.aws.amazon.com/firehose/latest/dev/limits.html */
const STREAMS: readonly (readonly [quota: number, regions: string])[] = [
  [5000, "us-east-1 us-east-2 us-west-2 eu-west-1 ap-northeast-1"],
  [2000, "eu-central-1 eu-west-2 ap-southeast-1 ap-southeast-2 ap-northeast-2 ap-south-1 ca-central-1 us-gov-west-1"],
  [
    500,
    "eu-west-3 eu-south-1 eu-north-1 ap-east-1 ap-northeast-3 sa-east-1 cn-north-1 cn-northwest-1 me-south-1 us-gov-east-1 af-south-1",
  ],
];
const STREAMS_ELSEWHERE = 100;

export function quotaQuestions(context: Context): Question[] {
  return [streamQuota(context), ...concurrencyQuota(context)];
}

/** One more stream must be allowed, unless the stack's own is there. */
function streamQuota(context: Context): Question {
  const { aws, config, stack, target } = context;
  return {
    id: "stream-quota",
    subject: target.region,
    action: "firehose:ListDeliveryStreams",
    ask: async () => {
      const firehose = new aws.FirehoseClient(config);
      const names: string[] = [];
      for (let more = true; more;) {
        const answer = await firehose.send(
          new aws.ListDeliveryStreamsCommand({ Limit: 100, ExclusiveStartDeliveryStreamName: names.at(-1) }),
        );
        names.push(...(answer.DeliveryStreamNames ?? []));
        more = answer.HasMoreDeliveryStreams === true && (answer.DeliveryStreamNames ?? []).length > 0;
      }
      const [{ name }] = stack.resources<{ name: string }>("aws_kinesis_firehose_delivery_stream") as [
        { name: string },
      ];
      const { quota, source } = await streamLimit(context);
      const text = `${names.length} of ${quota} streams (${source})`;
      if (names.includes(name) || names.length < quota) return ok(text);
      return problem(text, "ask AWS for a higher quota of Firehose streams in the region, or delete streams");
    },
  };
}

/** The quota of this account if Service Quotas lists it, else the documented one of the region. */
async function streamLimit({ aws, config, target }: Context): Promise<{ quota: number; source: string }> {
  const quotas = new aws.ServiceQuotasClient(config);
  const listed = await quotas
    .send(new aws.ListServiceQuotasCommand({ ServiceCode: "firehose", MaxResults: 100 }))
    .then(({ Quotas = [] }) => Quotas.find(({ QuotaName }) => /^(delivery|firehose) streams$/i.test(QuotaName ?? "")))
    .catch(() => undefined);
  if (listed?.Value !== undefined) return { quota: listed.Value, source: "the account's quota" };
  const documented = STREAMS.find(([, regions]) => regions.split(" ").includes(target.region))?.[0];
  return { quota: documented ?? STREAMS_ELSEWHERE, source: "the documented quota" };
}

/** Lambda keeps so many unreserved: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html */
const UNRESERVED = 100;

function concurrencyQuota({ aws, config, stack, target }: Context): Question[] {
  const functions = stack.resources<{ function_name: string; reserved_concurrent_executions?: number }>(
    "aws_lambda_function",
  );
  const reserving = functions.filter(({ reserved_concurrent_executions: reserved = -1 }) => reserved > 0);
  if (reserving.length === 0) return [];
  return [
    {
      id: "concurrency",
      subject: target.region,
      action: "lambda:GetAccountSettings",
      ask: async () => {
        const lambda = new aws.LambdaClient(config);
        const { AccountLimit } = await lambda.send(new aws.GetAccountSettingsCommand({}));
        let needed = 0;
        for (const { function_name: FunctionName, reserved_concurrent_executions: reserved } of reserving) {
          const { Concurrency } = await lambda
            .send(new aws.GetFunctionCommand({ FunctionName }))
            .catch((error: unknown) => {
              if (isMissing(error)) return { Concurrency: undefined };
              throw error;
            });
          needed += reserved! - (Concurrency?.ReservedConcurrentExecutions ?? 0);
        }
        const free = AccountLimit!.UnreservedConcurrentExecutions!;
        const text = `${free} unreserved executions, of which ${needed} would be reserved`;
        if (free - needed >= UNRESERVED) return ok(text);
        return problem(
          `${text}: Lambda keeps ${UNRESERVED} unreserved`,
          "lower transformer.reservedConcurrency, or ask AWS for a higher quota",
        );
      },
    },
  ];
}

const SERVICE_LINKED_ROLE = "AWSServiceRoleForAPIGateway";

/** The roles of API Gateway: one writes to Firehose, the other lets WebSocket stages log. */
export function gatewayQuestions(context: Context): Question[] {
  const { aws, config, target } = context;
  const { stages = [], match = [] } = target.enrollment;
  const logs = (type: string) =>
    stages.some((stage) => stage.type === type) || match.some(({ types }) => types?.includes(type as never) ?? true);
  return [
    {
      id: "service-linked-role",
      subject: SERVICE_LINKED_ROLE,
      action: "iam:GetRole",
      ask: async () => {
        try {
          await new aws.IAMClient(config).send(new aws.GetRoleCommand({ RoleName: SERVICE_LINKED_ROLE }));
          return ok();
        } catch (error) {
          if (!isMissing(error)) throw error;
          return unknown(
            "missing; API Gateway creates it with the first API, or with the first stage that logs to a stream",
            "if it does not, run `aws iam create-service-linked-role --aws-service-name ops.apigateway.amazonaws.com`",
          );
        }
      },
    },
    ...(logs("WEBSOCKET") ? [accountRole(context)] : []),
  ];
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html */
function accountRole({ aws, config, stack }: Context): Question {
  const creates = stack.resources("aws_api_gateway_account").length > 0;
  return {
    id: "account-role",
    subject: "CloudWatch role of API Gateway",
    action: "apigateway:GET",
    ask: async () => {
      const { cloudwatchRoleArn } = await new aws.APIGatewayClient(config).send(new aws.GetAccountCommand({}));
      if (cloudwatchRoleArn === undefined) {
        if (creates) return ok("the stack sets it");
        return problem(
          "the account has none in this region: API Gateway refuses access logs of WebSocket stages",
          "set stageLogs.accountRole: true in one stack of the account and region",
        );
      }
      const ours = /:role\/(.*\/)?api-gateway-logs-/.test(cloudwatchRoleArn);
      if (!creates || ours) return ok(cloudwatchRoleArn);
      return problem(
        `the stack would replace ${cloudwatchRoleArn} for the whole account and region`,
        "remove stageLogs.accountRole: the role that is set serves every API",
      );
    },
  };
}
