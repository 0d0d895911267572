/** `coverage`: every stage of a rollout's accounts and regions, where it logs, and what to do. */
import { SingleBar } from "cli-progress";
import { InvalidArgumentError, Option } from "commander";
import { EXIT, type ExitCode } from "../common/exit-codes";
import { printMessage, printWarning } from "../common/print";
import { rolloutStages } from "../modules";
import { refusalMessages } from "./aws/access";
import type { CommandSpec } from "./command";
import { lookUpStages } from "./coverage/lookup";
import { coverageReport, coverageTotals } from "./coverage/report";
import { coverageRows } from "./coverage/rows";
import { printReport, type ReportOptions } from "./report";
import { chosenStacks } from "./stacks";

interface Options extends ReportOptions {
  readonly rollout: string;
  readonly stack?: readonly string[];
  readonly role?: string;
  readonly all?: boolean;
  readonly concurrency: number;
}

/** More would gain little, and each opens connections of its own. */
const MAX_CONCURRENCY = 64;

export const coverage: CommandSpec<Options> = {
  name: "coverage",
  summary: "Lists the stages of a rollout's accounts and regions: which are in Moesif, and what to do.",
  arguments: [],
  options: [
    new Option("--rollout <file>", "the rollout file").default("rollout.yaml"),
    new Option("--stack <name...>", "only these stacks; by default all of the rollout"),
    new Option(
      "--role <name>",
      "the role to assume in each account: its name, or an ARN with {account} for the account's id",
    ),
    new Option("--all", "every stage is wanted, not only those that the rollout file lists or matches"),
    new Option("--concurrency <number>", "accounts and regions at a time").argParser(concurrency).default(8),
  ],
  details: `Credentials are found as the AWS CLI finds them. In each account the command assumes the rollout's deployRole, or --role,
in a session that may only read API Gateway (apigateway:GET). Without either, your own credentials must belong to that
account. It changes nothing, and stays well below API Gateway's quota, which deployments share.`,
  examples: [
    ["the stages that rollout.yaml lists or matches", "coverage"],
    ["every stage", "coverage --all"],
    [
      "one account and region, by a role of your own",
      "coverage --stack moesif-production-us-east-1 --role moesif-read",
    ],
    ["for a pull request or a wiki", "coverage --reporter markdown"],
    ["a page with a grid of accounts and regions", "coverage --reporter html > coverage.html"],
    [
      "what is to do",
      "coverage --json | jq -c 'select(.wanted and (.covered | not)) | [.stack, .apiId, .stage, .advice]'",
    ],
  ],
  found: "a wanted stage is not in Moesif",
  run,
};

function concurrency(text: string): number {
  const number = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= MAX_CONCURRENCY) return number;
  throw new InvalidArgumentError(`Give a whole number from 1 to ${MAX_CONCURRENCY}.`);
}

async function run({ rollout, stack, all, role, concurrency, reporter }: Options): Promise<ExitCode> {
  const targets = chosenStacks(rolloutStages(rollout, printWarning), stack, ({ stackName }) => stackName);
  const { stop, ...progress } = showProgress(process.stderr, targets.length);
  const lookups = await lookUpStages(targets, { role, concurrency, ...progress }).finally(stop);
  const found = lookups.map(({ target, stages = [], refusal }) => ({
    target,
    refusal,
    rows: refusal ? [] : coverageRows(target, stages, all),
  }));
  await printReport(coverageReport(found), { reporter });
  for (const message of refusalMessages(found)) printMessage(message);
  const { uncovered, errors } = coverageTotals(found);
  if (errors > 0) return EXIT.noAccess;
  return uncovered > 0 ? EXIT.found : EXIT.done;
}

/** Shows how far the command is, if the stream is a terminal. */
export function showProgress(stream: NodeJS.WriteStream, targets: number) {
  if (!stream.isTTY) return { onStage() {}, onTarget() {}, stop() {} };
  const format = "{bar} {value} of {total} accounts and regions, stages so far: {stages}";
  const bar = new SingleBar({ format, stream, hideCursor: true, clearOnComplete: true });
  let stages = 0;
  bar.start(targets, 0, { stages });
  return {
    onStage: () => bar.update({ stages: ++stages }),
    onTarget: () => bar.increment(),
    stop: () => bar.stop(),
  };
}
