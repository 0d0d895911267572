/** `preflight`: before the first plan, whether Terraform will be able to deploy a rollout. It only reads. */
import { Option } from "commander";
import { concurrently } from "../common/concurrently";
import type { ExitCode } from "../common/exit-codes";
import { printMessage, printWarning } from "../common/print";
import { messageOf } from "../common/usage-error";
import { type RolloutStages, rolloutStages } from "../modules";
import { AccessError, credentialsFor, fixOf, refusalMessages, TIME_LIMITS } from "./aws/access";
import { loadServices, type Services } from "./aws/load";
import { type Check, checksExitCode, checksReport, type TargetChecks } from "./checks";
import type { CommandSpec } from "./command";
import { gatewayQuestions, principalOf, quotaQuestions } from "./preflight/account";
import { ACTIONS, checksOf, type Context, isDefect, ok, type Question, unknown } from "./preflight/context";
import { bucketQuestions, nameQuestions, secretQuestions } from "./preflight/names";
import { permissionChecksOf } from "./preflight/permissions";
import { printReport, type ReportOptions } from "./report";
import { chosenStacks, type PlannedStack, plannedStacks } from "./stacks";

interface Options extends ReportOptions {
  readonly rollout: string;
  readonly stack?: readonly string[];
  readonly role?: string;
}

export const preflight: CommandSpec<Options> = {
  name: "preflight",
  summary: "Checks before the first plan whether Terraform can deploy a rollout: permissions, quotas, names, secrets.",
  arguments: [],
  options: [
    new Option("--rollout <file>", "the rollout file").default("rollout.yaml"),
    new Option("--stack <name...>", "only these stacks; by default all of the rollout"),
    new Option(
      "--role <name>",
      "the role that checks in each account: its name, or an ARN with {account} for the account's id; by default deployRole",
    ),
  ],
  details: `Credentials are found as the AWS CLI finds them. In each account the command assumes --role, or else the rollout's
deployRole, in a session that may only read. It creates and changes nothing. The permissions of deployRole, or of your own
role without one, are simulated on the resources that the stack names. What AWS does not answer is shown as unknown, and
is no problem. No value of a secret is shown.`,
  examples: [
    ["all of rollout.yaml", "preflight"],
    [
      "one account and region, by a role of your own",
      "preflight --stack moesif-production-us-east-1 --role moesif-read",
    ],
    ["for a pull request", "preflight --reporter markdown"],
    ["what is to do", "preflight --json | jq -c 'select(.result == \"problem\") | [.stack, .id, .subject, .fix]'"],
  ],
  found: "Terraform would fail, or lose something",
  run,
};

async function run({ rollout, stack, role, reporter }: Options): Promise<ExitCode> {
  const targets = chosenStacks(rolloutStages(rollout, printWarning), stack, ({ stackName }) => stackName);
  const stacks = new Map(plannedStacks(rollout).map((planned) => [planned.name, planned]));
  const aws = await loadServices();
  const found = await concurrently(targets, TARGETS_AT_A_TIME, (target) =>
    check(target, stacks.get(target.stackName)!, aws, role),
  );
  await printReport(checksReport(found), { reporter });
  for (const message of refusalMessages(found)) printMessage(message);
  return checksExitCode(found);
}

const TARGETS_AT_A_TIME = 4;
const CALLS_AT_A_TIME = 4;

/** IAM throttles simulations early. */
const MAX_ATTEMPTS = 8;

const SESSION = "cdktf-moesif-firehose-preflight";

async function check(target: RolloutStages, stack: PlannedStack, aws: Services, role?: string): Promise<TargetChecks> {
  try {
    const credentials = await credentialsFor(target, { name: SESSION, actions: ACTIONS, role });
    const own = { region: target.region, requestHandler: TIME_LIMITS, maxAttempts: MAX_ATTEMPTS };
    const config = { ...own, ...(credentials && { credentials }) };
    const context: Context = { target, stack, aws, config };
    const questions: Question[] = [
      ...quotaQuestions(context),
      ...gatewayQuestions(context),
      ...secretQuestions(context),
      ...bucketQuestions(context, own),
      ...nameQuestions(context),
    ];
    const checks = [await permissions(context, own), ...(await concurrently(questions, CALLS_AT_A_TIME, checksOf))];
    return { target, checks: checks.flat() };
  } catch (error) {
    if (isDefect(error)) throw error;
    return {
      target,
      checks: [],
      refusal: error instanceof AccessError ? error : { message: messageOf(error), fix: fixOf(error) },
    };
  }
}

/** Who deploys, and what it may not do. */
async function permissions(context: Context, own: Context["config"]): Promise<readonly Check[]> {
  const checks: Check[] = [];
  const identity: Question = {
    id: "identity",
    subject: context.target.accountId,
    action: "iam:GetRole",
    ask: async () => {
      const principal = await principalOf(context, own);
      if ("cause" in principal) return unknown(principal.cause, "set deployRole of the account in the rollout file");
      checks.push(...(await permissionChecksOf(context, principal.arn)));
      return ok(`deploys as ${principal.arn}`);
    },
  };
  return [...(await checksOf(identity)), ...checks];
}
