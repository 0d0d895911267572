/** The accounts and regions of a rollout file, mistakes or not, with the settings that take effect there. */
import { type Level, mergeSettings } from "./levels";
import type { Path } from "./mistakes";
import { partitionOf } from "./partitions";
import type { RolloutDocument } from "./schema";
import type { Settings } from "./settings-schema";
import type { Sound } from "./sound";

type SoundAccount = NonNullable<NonNullable<Sound<RolloutDocument>["accounts"]>[number]>;
type SoundRegion = NonNullable<NonNullable<SoundAccount["regions"]>[number]>;

/** An account and region, as far as they are well-formed. */
export interface Candidate {
  /** `production/us-east-1`, as mistakes name it. */
  readonly label: string;
  readonly path: Path;
  readonly accountPath: Path;
  readonly account: SoundAccount;
  readonly region: string;
  readonly partition: string | undefined;
  readonly apis: SoundRegion["apis"];
  /** The farthest first. */
  readonly levels: readonly Level[];
  /** Of all levels, merged. */
  readonly settings: Sound<Settings>;
}

/** Every region that has a name. */
export function candidatesOf(rollout: Sound<RolloutDocument>): Candidate[] {
  return (rollout.accounts ?? []).flatMap((account, a) =>
    (account?.regions ?? []).flatMap((region, r) =>
      account && region?.name !== undefined ? [candidate(rollout, { account, a }, { region, r }, region.name)] : [],
    ),
  );
}

function candidate(
  rollout: Sound<RolloutDocument>,
  { account, a }: { account: SoundAccount; a: number },
  { region, r }: { region: SoundRegion; r: number },
  name: string,
): Candidate {
  const accountPath = ["accounts", a];
  const path = [...accountPath, "regions", r];
  const levels = [
    { path: ["defaults"], settings: rollout.defaults, mistaken: isMistaken(rollout, "defaults") },
    { path: [...accountPath, "settings"], settings: account.settings, mistaken: isMistaken(account, "settings") },
    { path: [...path, "settings"], settings: region.settings, mistaken: isMistaken(region, "settings") },
  ];
  return {
    label: `${account.name ?? account.id ?? `accounts[${a}]`}/${name}`,
    path,
    accountPath,
    account,
    region: name,
    partition: region.partition ?? partitionOf(name),
    apis: region.apis,
    levels,
    settings: mergeSettings(levels.map(({ settings }) => settings)),
  };
}

/** A value that was taken out of the sound part leaves its key behind. */
function isMistaken<K extends string>(holder: { readonly [key in K]?: unknown }, key: K): boolean {
  return key in holder && holder[key] === undefined;
}
