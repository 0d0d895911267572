/** Checks values of a rollout file against each other: what no schema of a single value can see. */
import { parseArn } from "../settings/aws";
import { formatPath, type Issue, type Path } from "../settings/issue";
import { partitionOf, suggestRegion } from "../settings/regions";
import type { RolloutDocument } from "../settings/rollout";
import type { ValidSubset } from "../settings/valid-subset";
import { targetIssues } from "./target-issues";

type Account = NonNullable<ValidSubset<RolloutDocument>["accounts"]>[number];

/**
 * Every issue between values of a rollout file.
 *
 * @param rollout its valid subset
 */
export function crossChecks(rollout: ValidSubset<RolloutDocument>): Issue[] {
  const accounts = rollout.accounts ?? [];
  return [
    ...repeatedAccounts(accounts),
    ...accounts.flatMap(withinAccount),
    ...withinState(rollout.state?.s3),
    ...withinDashboard(rollout.dashboard),
    ...targetIssues(rollout),
  ];
}

function repeatedAccounts(accounts: readonly Account[]): Issue[] {
  const listed = <K extends "id" | "name">(key: K) =>
    accounts.map((account, index) => ({ value: account?.[key], path: ["accounts", index, key] }));
  return [
    ...repeated(listed("id"), {
      message: (id, first) => `account ${id} is listed already, as ${first}`,
      fix: "list each account once, with all its regions",
    }),
    ...repeated(listed("name"), {
      message: (name, first) => `'${name}' is the name of ${first} already`,
      fix: "give each account its own name, different not only by case: its stacks are named by it",
    }),
  ];
}

function withinAccount(account: Account, index: number): Issue[] {
  const regions = account?.regions ?? [];
  const path = ["accounts", index, "regions"];
  return [
    ...repeated(
      regions.map((region, nth) => ({ value: region?.name, path: [...path, nth, "name"] })),
      {
        message: (name, first) => `region ${name} is listed already, as ${first}`,
        fix: "list each region of an account once, with all its APIs",
      },
    ),
    ...regions.flatMap((region, nth) =>
      repeated(
        (region?.apis ?? []).map((api, at) => ({ value: api?.id, path: [...path, nth, "apis", at, "id"] })),
        {
          message: (id, first) => `API ${id} is listed already, as ${first}`,
          fix: "list each API of a region once",
        },
      ),
    ),
    ...roleOfAnotherAccount(account?.deployRole, account?.id, ["accounts", index, "deployRole"]),
    ...onePartition(account, index),
  ];
}

/** An account belongs to one partition: the same id in China would be another account. */
function onePartition(account: Account, index: number): Issue[] {
  const partitions = (account?.regions ?? []).map((region) => region?.partition ?? partitionOf(region?.name ?? ""));
  const first = partitions.findIndex((partition) => partition !== undefined);
  const other = partitions.findIndex((partition) => partition !== undefined && partition !== partitions[first]);
  if (other < 0) return [];
  return [
    {
      id: "account-partition",
      path: ["accounts", index, "regions", other, "name"],
      message: `this region is of partition ${partitions[other]}, and ${formatPath(["accounts", index, "regions", first])} of ${partitions[first]}`,
      fix: "list the account of each partition separately: an account belongs to one",
    },
  ];
}

function roleOfAnotherAccount(deployRole: string | undefined, id: string | undefined, path: Path): Issue[] {
  const role = parseArn(deployRole);
  if (!role || id === undefined || role.account === id) return [];
  return [
    {
      id: "role-account",
      path,
      message: `role belongs to account ${role.account}, expected ${id}`,
      fix: `use a role of account ${id}`,
    },
  ];
}

function withinDashboard(dashboard: ValidSubset<RolloutDocument>["dashboard"]): Issue[] {
  const path = ["dashboard"];
  return [
    ...roleOfAnotherAccount(dashboard?.deployRole, dashboard?.accountId, [...path, "deployRole"]),
    ...unknownRegion(dashboard?.region, [...path, "region"]),
  ];
}

/** Without a suggestion it may be a region that is too new to be known here. */
function unknownRegion(region: string | undefined, path: Path): Issue[] {
  if (region === undefined || partitionOf(region) !== undefined) return [];
  const meant = suggestRegion(region);
  if (meant === undefined) return [];
  return [
    { id: "unknown-region", path, message: `unknown region ${JSON.stringify(region)}`, fix: `did you mean ${meant}?` },
  ];
}

function withinState(s3: ValidSubset<NonNullable<NonNullable<RolloutDocument["state"]>["s3"]>> | undefined): Issue[] {
  if (s3?.region === undefined) return [];
  const issues = unknownRegion(s3.region, ["state", "s3", "region"]);
  const key = parseArn(s3.kmsKey);
  if (key && key.region !== s3.region) {
    issues.push({
      id: "state-key-region",
      path: ["state", "s3", "kmsKey"],
      message: `this key is in ${key.region}, and the bucket in ${s3.region}`,
      fix: `use a key in ${s3.region}`,
    });
  }
  return issues;
}

/** One issue for each repeated value; capitals make no difference, as in the names of directories. */
function repeated(
  values: readonly { readonly value: string | undefined; readonly path: Path }[],
  tell: { readonly message: (value: string, first: string) => string; readonly fix: string },
): Issue[] {
  const firsts = new Map<string, Path>();
  return values.flatMap(({ value, path }) => {
    if (value === undefined) return [];
    const first = firsts.get(value.toLowerCase());
    firsts.set(value.toLowerCase(), first ?? path);
    return first
      ? [{ id: "duplicate", path, message: tell.message(value, formatPath(first.slice(0, -1))), fix: tell.fix }]
      : [];
  });
}
