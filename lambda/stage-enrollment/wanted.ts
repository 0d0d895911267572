/** Which stages an enrollment wants: those that it lists, and those that are like what it matches. */
import { type AccessLogSettings, type ApiType, idOf, keyOf, type Stage, type StageId } from "../api-gateway/stage";
import type { Enrollment, StageMatch } from "./contract";

export interface WantedStage extends StageId {
  /** What it is to have; absent if there is no destination for its type. */
  readonly set?: AccessLogSettings;
  /** Whether it is listed by its name, and not only matched. */
  readonly listed: boolean;
  /** Whether it may be taken over if it logs somewhere else: anything that names the stage may allow it. */
  readonly overwrite: boolean;
}

/**
 * The stages that an enrollment wants, each once, those that are listed first.
 *
 * @param stages all of the account and region; those whose type {@link matchedTypes} does not name are not needed
 */
export function wantedStages(
  { destinations, stages: listed = [], match = [] }: Enrollment,
  stages: readonly Stage[],
): WantedStage[] {
  const wanted = new Map<string, WantedStage>();
  const add = (id: StageId, isListed: boolean, overwrite: boolean): void => {
    const known = wanted.get(keyOf(id));
    const set = destinations[id.type];
    wanted.set(keyOf(id), {
      ...idOf(id),
      ...(set && { set }),
      listed: isListed || known?.listed === true,
      overwrite: overwrite || known?.overwrite === true,
    });
  };
  for (const stage of listed) {
    add(stage, true, stage.overwrite === true);
  }
  for (const stage of stages.filter(({ type }) => destinations[type])) {
    const matching = match.filter((one) => matchesStage(one, stage));
    if (matching.length > 0) {
      add(
        stage,
        false,
        matching.some(({ overwrite }) => overwrite === true),
      );
    }
  }
  return [...wanted.values()];
}

/** The types of the APIs among which stages can be matched: without any, no stage but the listed ones matters. */
export function matchedTypes({ destinations, match = [] }: Enrollment): ApiType[] {
  const types = Object.keys(destinations) as ApiType[];
  return types.filter((type) => destinations[type] && match.some((one) => !one.types || one.types.includes(type)));
}

/** Whether a stage is like what is matched: all that is given must hold. */
export function matchesStage({ tags = {}, apiName, stage: stageName, types }: StageMatch, stage: Stage): boolean {
  const carried: Readonly<Record<string, string>> = { ...stage.apiTags, ...stage.stageTags };
  return (
    (!types || types.includes(stage.type)) &&
    (apiName === undefined || matchesGlob(apiName, stage.apiName)) &&
    (stageName === undefined || matchesGlob(stageName, stage.stage)) &&
    Object.entries(tags).every(([name, value]) => Object.hasOwn(carried, name) && carried[name] === value)
  );
}

/** Whether a name is like a pattern, in which `*` stands for any characters. Takes time in proportion to the lengths, whatever the pattern. */
export function matchesGlob(pattern: string, text: string): boolean {
  const [first = "", ...others] = pattern.split("*");
  const last = others.pop();
  if (last === undefined) {
    return text === pattern;
  }
  if (!text.startsWith(first)) {
    return false;
  }
  let at = first.length;
  // The earliest place leaves the most for the parts that follow.
  for (const part of others) {
    const found = text.indexOf(part, at);
    if (found < 0) {
      return false;
    }
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
