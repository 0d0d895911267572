/** Checks values of a rollout file against each other: what no schema of a single value can see. */
import { parseArn } from "../arn";
import { type Finding, formatPath, type Path } from "./mistakes";
import { partitionOf, suggestRegion } from "./partitions";
import type { RolloutDocument } from "./schema";
import type { Sound } from "./sound";
import { checkTargets } from "./target-checks";

type Account = NonNullable<Sound<RolloutDocument>["accounts"]>[number];

/**
 * Every contradiction in a rollout file.
 *
 * @param rollout its well-formed part
 */
export function crossChecks(rollout: Sound<RolloutDocument>): Finding[] {
  const accounts = rollout.accounts ?? [];
  return [
    ...repeatedAccounts(accounts),
    ...accounts.flatMap(withinAccount),
    ...withinState(rollout.state?.s3),
    ...checkTargets(rollout),
  ];
}

function repeatedAccounts(accounts: readonly Account[]): Finding[] {
  const listed = <K extends "id" | "name">(key: K) =>
    accounts.map((account, index) => ({ value: account?.[key], path: ["accounts", index, key] }));
  return [
    ...repeated(listed("id"), {
      problem: (id, first) => `account ${id} is listed already, as ${first}`,
      fix: "list each account once, with all its regions",
    }),
    ...repeated(listed("name"), {
      problem: (name, first) => `'${name}' is the name of ${first} already`,
      fix: "give each account a name of its own, not by capitals alone: its stacks are named by it",
    }),
  ];
}

function withinAccount(account: Account, index: number): Finding[] {
  const regions = account?.regions ?? [];
  const path = ["accounts", index, "regions"];
  return [
    ...repeated(
      regions.map((region, nth) => ({ value: region?.name, path: [...path, nth, "name"] })),
      {
        problem: (name, first) => `region ${name} is listed already, as ${first}`,
        fix: "list each region of an account once, with all its APIs",
      },
    ),
    ...regions.flatMap((region, nth) =>
      repeated(
        (region?.apis ?? []).map((api, at) => ({ value: api?.id, path: [...path, nth, "apis", at, "id"] })),
        {
          problem: (id, first) => `API ${id} is listed already, as ${first}`,
          fix: "list each API of a region once",
        },
      ),
    ),
    ...roleOfAnotherAccount(account, index),
    ...onePartition(account, index),
  ];
}

/** An account belongs to one partition: the same id in China would be another account. */
function onePartition(account: Account, index: number): Finding[] {
  const partitions = (account?.regions ?? []).map((region) => region?.partition ?? partitionOf(region?.name ?? ""));
  const first = partitions.findIndex((partition) => partition !== undefined);
  const other = partitions.findIndex((partition) => partition !== undefined && partition !== partitions[first]);
  if (other < 0) return [];
  return [
    {
      path: ["accounts", index, "regions", other, "name"],
      problem: `this region is of partition ${partitions[other]}, and ${formatPath(["accounts", index, "regions", first])} of ${partitions[first]}`,
      fix: "list the account of each partition by itself: an account belongs to one",
    },
  ];
}

function roleOfAnotherAccount(account: Account, index: number): Finding[] {
  const role = parseArn(account?.deployRole);
  if (!role || account?.id === undefined || role.account === account.id) return [];
  return [
    {
      path: ["accounts", index, "deployRole"],
      problem: `this role belongs to account ${role.account}, and cannot deploy to account ${account.id}`,
      fix: `name a role of account ${account.id}`,
    },
  ];
}

function withinState(s3: Sound<NonNullable<NonNullable<RolloutDocument["state"]>["s3"]>> | undefined): Finding[] {
  if (s3?.region === undefined) return [];
  const findings: Finding[] = [];
  const meant = partitionOf(s3.region) === undefined ? suggestRegion(s3.region) : undefined;
  // Without a suggestion it may be a region that is too new to be known here.
  if (meant) {
    findings.push({
      path: ["state", "s3", "region"],
      problem: `${s3.region} is no region`,
      fix: `did you mean ${meant}?`,
    });
  }
  const key = parseArn(s3.kmsKey);
  if (key && key.region !== s3.region) {
    findings.push({
      path: ["state", "s3", "kmsKey"],
      problem: `this key is in ${key.region}, and the bucket in ${s3.region}`,
      fix: `name a key in ${s3.region}`,
    });
  }
  return findings;
}

/** One finding for each value that stood before; capitals make no difference, as in the names of directories. */
function repeated(
  values: readonly { readonly value: string | undefined; readonly path: Path }[],
  tell: { readonly problem: (value: string, first: string) => string; readonly fix: string },
): Finding[] {
  const firsts = new Map<string, Path>();
  return values.flatMap(({ value, path }) => {
    if (value === undefined) return [];
    const first = firsts.get(value.toLowerCase());
    firsts.set(value.toLowerCase(), first ?? path);
    return first ? [{ path, problem: tell.problem(value, formatPath(first.slice(0, -1))), fix: tell.fix }] : [];
  });
}
