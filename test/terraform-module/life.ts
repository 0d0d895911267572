/** A root from `init` to `destroy`, and what there was to see of it. */
import type { Moto } from "../support/moto";
import type { Result } from "../support/terraform";
import type { Root, State } from "./root";

export interface Life {
  readonly root: Root;
  readonly validated: Result;
  /** The plan after the apply. */
  readonly again: Result;
  /** While everything was there. */
  readonly state: State;
  /** What was looked at meanwhile. */
  readonly seen: any;
  /** After everything was destroyed: what there is that was not there before, in AWS and in the state. */
  readonly left: readonly string[];
}

/** @param look called while everything is there */
export async function live(root: Root, moto: Moto, regions: readonly string[], look?: (root: Root) => unknown) {
  const inAws = async () => {
    const lists = await Promise.all(regions.map((region) => moto.leftOvers(root.account, region)));
    return lists.flat();
  };
  const before = await inAws();
  await root.init();
  const validated = await root.validate();
  await root.applyPlan();
  const again = await root.plan();
  const state = root.state();
  const seen = await look?.(root);
  await root.destroy();
  const left = [...(await inAws()).filter((name) => !before.includes(name)), ...(await root.stateList())];
  return { root, validated, again, state, seen, left } satisfies Life;
}
