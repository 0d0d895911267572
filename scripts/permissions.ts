/**
 * The page of permissions: what the role that deploys needs, of the calls that the tests record.
 *
 * What no call shows is from the Service Authorization Reference:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ACTIONS } from "../cli/preflight/context";
import { code, table } from "./markdown";

const RECORDED = join("test", "terraform", "deploy-actions.json");
const COMMANDS = ["plan", "apply", "destroy"] as const;

type Command = (typeof COMMANDS)[number];
type Recorded = Readonly<Record<Command, readonly string[]>>;

interface Statement {
  readonly sid: string;
  readonly actions: RegExp;
  readonly resources: readonly string[];
  readonly condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** By their default names. */
const ROLES = ["arn:aws:iam::<account>:role/moesif-*", "arn:aws:iam::<account>:role/api-gateway-logs-*"];

const FUNCTIONS = "arn:aws:lambda:*:<account>:function:moesif-*";

/** Each recorded action is of the first statement that has it. */
const STATEMENTS: readonly Statement[] = [
  {
    sid: "Stream",
    actions: /^firehose:/,
    resources: ["arn:aws:firehose:*:<account>:deliverystream/amazon-apigateway-*"],
  },
  // A mapping has an id that AWS makes: https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html
  {
    sid: "Mappings",
    actions: /^lambda:(Create|Update|Delete)EventSourceMapping$/,
    resources: ["*"],
    condition: { ArnLike: { "lambda:FunctionArn": FUNCTIONS } },
  },
  { sid: "FindMappings", actions: /^lambda:GetEventSourceMapping$/, resources: ["*"] },
  {
    sid: "Functions",
    actions: /^lambda:/,
    // Mappings have tags, too.
    resources: [FUNCTIONS, "arn:aws:lambda:*:<account>:event-source-mapping:*"],
  },
  { sid: "FindLogGroups", actions: /^logs:DescribeLogGroups$/, resources: ["arn:aws:logs:*:<account>:log-group:*"] },
  {
    sid: "LogGroups",
    actions: /^logs:/,
    resources: [
      "arn:aws:logs:*:<account>:log-group:/aws/lambda/moesif-*",
      "arn:aws:logs:*:<account>:log-group:/aws/kinesisfirehose/amazon-apigateway-*",
      "arn:aws:logs:*:<account>:log-group:/aws/vendedlogs/apigateway/*",
    ],
  },
  {
    sid: "Roles",
    actions: /^iam:/,
    resources: [...ROLES, "arn:aws:iam::<account>:policy/moesif-*"],
  },
  {
    sid: "Bucket",
    actions: /^s3:/,
    resources: ["arn:aws:s3:::moesif-backup-*", "arn:aws:s3:::moesif-backup-*/*"],
  },
  { sid: "Secret", actions: /^secretsmanager:/, resources: ["arn:aws:secretsmanager:*:<account>:secret:moesif/*"] },
  { sid: "Schedule", actions: /^events:/, resources: ["arn:aws:events:*:<account>:rule/moesif-*"] },
  { sid: "Queues", actions: /^sqs:/, resources: ["arn:aws:sqs:*:<account>:moesif-*"] },
  // Dashboards are of no region.
  {
    sid: "Dashboards",
    actions: /^cloudwatch:\w+Dashboards?$/,
    resources: ["arn:aws:cloudwatch::<account>:dashboard/moesif-*"],
  },
  { sid: "Alarms", actions: /^cloudwatch:/, resources: ["arn:aws:cloudwatch:*:<account>:alarm:moesif-*"] },
  { sid: "FindKeys", actions: /^kms:/, resources: ["arn:aws:kms:*:<account>:key/*"] },
  { sid: "LogRole", actions: /^apigateway:/, resources: ["arn:aws:apigateway:*::/account"] },
];

/** What AWS demands with an action, and no call shows: tags that are given at once. */
const WITH: Readonly<Record<string, string>> = {
  "cloudwatch:PutMetricAlarm": "cloudwatch:TagResource",
  "events:PutRule": "events:TagResource",
  "firehose:CreateDeliveryStream": "firehose:TagDeliveryStream",
  "iam:CreatePolicy": "iam:TagPolicy",
  "iam:CreateRole": "iam:TagRole",
  "lambda:CreateFunction": "lambda:TagResource",
  "logs:CreateLogGroup": "logs:TagResource",
  "s3:PutObject": "s3:PutObjectTagging",
  "secretsmanager:CreateSecret": "secretsmanager:TagResource",
  "sqs:CreateQueue": "sqs:TagQueue",
};

/** What the recorded commands do not call: updates in place, and deletions without versions. */
const FURTHER: readonly string[] = [
  "cloudwatch:UntagResource",
  "events:UntagResource",
  "firehose:StopDeliveryStreamEncryption",
  "firehose:UntagDeliveryStream",
  "firehose:UpdateDestination",
  "iam:DeleteRolePermissionsBoundary",
  "iam:PutRolePermissionsBoundary",
  "iam:UntagPolicy",
  "iam:UntagRole",
  "iam:UpdateAssumeRolePolicy",
  "lambda:DeleteFunctionConcurrency",
  // The tests run the enrollment function in the place of Lambda.
  "lambda:InvokeFunction",
  "lambda:UntagResource",
  "lambda:UpdateEventSourceMapping",
  "lambda:UpdateFunctionCode",
  "lambda:UpdateFunctionConfiguration",
  "logs:AssociateKmsKey",
  "logs:DeleteRetentionPolicy",
  "logs:DisassociateKmsKey",
  "logs:UntagResource",
  "s3:DeleteObject",
  "secretsmanager:UntagResource",
  "secretsmanager:UpdateSecret",
  "sqs:UntagQueue",
];

/**
 * Version 6.23 of the AWS provider tags buckets by them, and falls back to others without the permission.
 *
 * @see https://github.com/hashicorp/terraform-provider-aws/pull/45251
 */
const OF_VERSION_6: readonly string[] = ["s3:ListTagsForResource", "s3:TagResource", "s3:UntagResource"];

const PASS_ROLE = {
  Sid: "PassRoles",
  Effect: "Allow",
  Action: "iam:PassRole",
  Resource: ROLES,
  Condition: {
    StringEquals: {
      "iam:PassedToService": [
        "apigateway.amazonaws.com",
        "firehose.amazonaws.com",
        "lambda.amazonaws.com",
        "logs.amazonaws.com",
      ],
    },
  },
};

/** What the command `preflight` does. */
const PREFLIGHT = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: ACTIONS, Resource: "*" }],
};

function readRecorded(root: string): Recorded {
  return JSON.parse(readFileSync(join(root, RECORDED), "utf8")) as Recorded;
}

/** The policy as a file: users attach it, and `preflight` simulates it. */
export function policyFile(root: string): string {
  return `${JSON.stringify(deployPolicy(readRecorded(root)), null, 2)}\n`;
}

/** The page with what is generated of it brought up to date; the text around is by hand. */
export function permissionsPage(page: string, root: string): string {
  const recorded = readRecorded(root);
  const parts: Readonly<Record<string, string>> = {
    policy: `\`\`\`json\n${JSON.stringify(deployPolicy(recorded), null, 2)}\n\`\`\`\n`,
    actions: actionsTable(recorded),
    preflight: `\`\`\`json\n${JSON.stringify(PREFLIGHT, null, 2)}\n\`\`\`\n`,
  };
  return page.replace(
    /(<!-- generated: (\w+) -->\n)[^]*?(?=\n<!-- end of generated -->)/g,
    (_, head: string, name: string) => `${head}\n${parts[name]}`,
  );
}

/** The least that a role needs to plan, apply and destroy. */
export function deployPolicy(recorded: Recorded) {
  const needed = COMMANDS.flatMap((command) => recorded[command]);
  const all = [...new Set([...needed, ...needed.flatMap((action) => WITH[action] ?? []), ...FURTHER, ...OF_VERSION_6])];
  const statements = STATEMENTS.map(({ sid, resources, condition }) => ({
    Sid: sid,
    Effect: "Allow",
    Action: all.filter((action) => statementOf(action).sid === sid).sort(),
    Resource: resources,
    ...(condition && { Condition: condition }),
  }));
  return { Version: "2012-10-17", Statement: [...statements.filter(({ Action }) => Action.length > 0), PASS_ROLE] };
}

function statementOf(action: string): Statement {
  const found = STATEMENTS.find(({ actions }) => actions.test(action));
  if (found === undefined) throw new Error(`no statement of scripts/permissions.ts is for ${action}`);
  return found;
}

function actionsTable(recorded: Recorded): string {
  const all = [...new Set(COMMANDS.flatMap((command) => recorded[command]))].sort();
  const rows = all.map((action) => [
    code(action),
    ...COMMANDS.map((command) => (recorded[command].includes(action) ? "yes" : "")),
  ]);
  return table(["Action", ...COMMANDS.map(code)], rows);
}
