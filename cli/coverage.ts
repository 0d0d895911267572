/** `coverage`: every stage of the accounts and regions of a rollout file, what it logs now, and what to do. */
import { type Command, InvalidArgumentError } from "commander";
import { UsageError } from "../common/usage-error";
import { type RolloutStages, rolloutStages } from "../modules";
import { coverageJson } from "./coverage-json";
import { lookAt } from "./coverage-look";
import { showCoverageProgress } from "./coverage-progress";
import { coverageTables } from "./coverage-table";
import { coverageTotals, exitCodeOf } from "./coverage-totals";
import { print } from "../common/print";

interface Options {
  readonly rollout: string;
  readonly stack?: readonly string[];
  readonly role?: string;
  readonly all?: boolean;
  readonly concurrency: number;
  readonly json?: boolean;
}

const HELP = `
Credentials are found as the AWS CLI finds them. In each account the rollout's deployRole is assumed, or --role, which
needs apigateway:GET, in a session that may do nothing else; without either, your own credentials must be of that
account. Nothing is changed. Calls keep well below API Gateway's quota, which deployments share.

Examples:
  coverage                                        the stages that rollout.yaml lists or matches, and what others do
  coverage --all                                  as if it listed every stage
  coverage --stack moesif-production-us-east-1 --role moesif-read
  coverage --json | jq -c 'select(.wanted and (.covered | not)) | [.stack, .apiId, .stage, .advice]'

Exit codes: 0 every wanted stage is in Moesif; 1 one is not; 2 an account or region could not be looked at, or the
command could not run.`;

/** More would gain little, and each opens connections of its own. */
const MOST_AT_A_TIME = 64;

/**
 * Adds the sub-command to the command line.
 *
 * @param exitWith takes the exit code
 */
export function addCoverage(program: Command, exitWith: (code: number) => void): void {
  program
    .command("coverage")
    .description("Looks at every stage of a rollout's accounts and regions: which are in Moesif, and what to do.")
    .option("--rollout <file>", "the rollout file", "rollout.yaml")
    .option("--stack <name...>", "the stacks to look at; by default all of the rollout")
    .option(
      "--role <name>",
      "the role to assume in each account: its name, or an ARN with {account} for the account's id",
    )
    .option("--all", "every stage is wanted, and not those alone that the rollout file lists or matches")
    .option("--concurrency <number>", "accounts and regions at a time", atATime, 8)
    .option("--json", "newline-delimited JSON: an object for each stage, and one with the totals")
    .addHelpText("after", HELP)
    .action(async (options: Options) => exitWith(await coverage(options)));
}

function atATime(text: string): number {
  const number = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= MOST_AT_A_TIME) return number;
  throw new InvalidArgumentError(`Give a whole number from 1 to ${MOST_AT_A_TIME}.`);
}

async function coverage({ rollout, stack, json, ...means }: Options): Promise<number> {
  const targets = chosen(rolloutStages(rollout), stack);
  const { stop, ...progress } = showCoverageProgress(process.stderr, targets.length);
  const looks = await lookAt(targets, { ...means, ...progress }).finally(stop);
  await print(json ? coverageJson(looks) : coverageTables(looks));
  return exitCodeOf(coverageTotals(looks));
}

function chosen(targets: readonly RolloutStages[], names: readonly string[] | undefined): readonly RolloutStages[] {
  if (names === undefined) return targets;
  const known = targets.map(({ stackName }) => stackName);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return targets.filter(({ stackName }) => names.includes(stackName));
  throw new UsageError(`--stack: there is no stack ${unknown}. There are: ${known.join(", ")}.`);
}
