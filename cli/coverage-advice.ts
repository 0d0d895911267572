/** What to do about a stage, in a sentence. */
import type { WantedStage } from "../lambda/stage-enrollment/wanted";
import type { CoverageState } from "./coverage-rows";

const NOTHING = "nothing";

type StateOfStage = Exclude<CoverageState, "missing">;

/** Of a stage of which the rollout file says nothing. */
const NOT_WANTED: Readonly<Record<StateOfStage, string>> = {
  ours: NOTHING,
  "other-format": NOTHING,
  "bad-format": "list it under apis[].stages, or ask its owner to set the format",
  elsewhere: "leave it, or list it under apis[].stages with overwrite: true",
  nowhere: "list it under apis[].stages, or ask its owner to log here",
};

/** Of a stage that the rollout file lists or matches. */
const WANTED: Readonly<Record<Exclude<StateOfStage, "elsewhere">, string>> = {
  ours: NOTHING,
  "other-format": "nothing; a deploy of the stack sets the rollout's format",
  "bad-format": "deploy the stack: it sets the rollout's format",
  nowhere: "deploy the stack: it sets the logging",
};

/**
 * What to do about a stage.
 *
 * @param wish what the rollout file says of it, if anything
 */
export function adviceFor(state: StateOfStage, wish: WantedStage | undefined): string {
  if (wish === undefined) return NOT_WANTED[state];
  if (state !== "elsewhere") return WANTED[state];
  if (wish.overwrite) return "deploy the stack: it takes the stage over";
  return `write overwrite: true beside ${wish.listed ? "it" : "the match"}, and deploy the stack`;
}

/**
 * What to do about a stage that is listed and is not there.
 *
 * @param otherType the type of the API, where it has such a stage and is not of the type that the rollout file says
 */
export function adviceForMissing(otherType: string | undefined): string {
  return otherType === undefined
    ? "create the stage, or take it off the list"
    : `write type: ${otherType} in the API's entry`;
}
