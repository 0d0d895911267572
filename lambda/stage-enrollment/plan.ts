/** From what is wanted, what there is and what is remembered to what has to be done with each stage. Pure. */
import {
  type AccessLogSettings,
  type BareStage,
  idOf,
  isSameDestination,
  isSameLogging,
  keyOf,
  nameOf,
  type StageId,
} from "../api-gateway/stage";
import type { EnrolledStage, StageAnswer } from "./contract";
import type { WantedStage } from "./wanted";

/** What was read of a stage: its settings, or why they are unknown; neither if the stage does not exist. */
export interface ObservedStage {
  readonly stage?: BareStage;
  readonly failure?: string;
  /** The other enrollment that set the stage as it is, with what it remembers of it, or why that could not be read. */
  readonly other?: { readonly name: string; readonly entry?: EnrolledStage; readonly failure?: string };
}

/** What to do with one stage, and what becomes of it if API Gateway agrees. */
export interface Step extends StageAnswer {
  /** Logging to give it; `null` to take it away; absent where the stage is not touched. */
  readonly give?: AccessLogSettings | null;
  /** What is remembered of it from before it is touched until it is certain that it was; absent if nothing. */
  readonly during?: EnrolledStage;
  /** What is remembered of it when it is done; absent if nothing. */
  readonly after?: EnrolledStage;
  /** Whether the reason is one not to begin at all: something is wrong with what was asked for. */
  readonly blocks?: boolean;
}

/**
 * One step for each stage that is wanted or remembered.
 *
 * @param own name of the enrollment's function
 * @param wanted none where everything is to be undone
 * @param seen what was read of any of them
 */
export function planSteps(
  own: string,
  wanted: readonly WantedStage[],
  remembered: readonly EnrolledStage[],
  observed: (id: StageId) => ObservedStage,
): Step[] {
  const known = new Map(remembered.map((entry) => [keyOf(entry), entry]));
  const wantedKeys = new Set(wanted.map(keyOf));
  return [
    ...wanted.map((stage) => stepIn(own, stage, known.get(keyOf(stage)), observed(stage))),
    ...remembered.filter((entry) => !wantedKeys.has(keyOf(entry))).map((entry) => stepOut(entry, observed(entry))),
  ];
}

/** Whether API Gateway has to be asked to change anything. */
export function changesAny(steps: readonly Step[]): boolean {
  return steps.some(({ give }) => give !== undefined);
}

/** A stage that is wanted. */
function stepIn(
  own: string,
  wanted: WantedStage,
  entry: EnrolledStage | undefined,
  { stage, failure, other }: ObservedStage,
): Step {
  const id = idOf(wanted);
  const { set, listed, overwrite } = wanted;
  // What is wrong with a stage from the start is wrong with the list; what became wrong since stops no run.
  const blocks = listed && entry === undefined;
  const untouched = entry && { during: entry, after: entry };
  if (set === undefined) {
    const reason = `${nameOf(id)} cannot be enrolled: there is no destination for ${id.type} APIs. Give one, or do not list the stage.`;
    const out = entry ? stepOut(entry, { stage, failure }) : { ...id, result: "failed" as const };
    return { ...out, reason, blocks: true };
  }
  if (failure !== undefined) {
    return { ...id, ...untouched, result: "failed", reason: `${nameOf(id)} could not be read: ${failure}.`, blocks };
  }
  if (stage === undefined) {
    // Still listed, it is remembered: it may come again, and is no reason to stop.
    const { before: _, ...rest } = entry ?? { ...id, set };
    const reason = `${nameOf(id)} does not exist: take it off the list, or create it first.`;
    return { ...id, ...(entry && { during: rest, after: rest }), result: "missing", reason, blocks };
  }
  const now = stage.accessLog;
  const ours =
    now !== undefined &&
    (isSameDestination(now.destinationArn, set.destinationArn) ||
      (entry !== undefined && hasSet(entry, now.destinationArn)));
  const holder = ours ? undefined : other;
  // What the stage had before the other enrollment set it: what that restores, this one restores too.
  const before = ours ? entry?.before : holder ? holder.entry?.before : now;
  const known: EnrolledStage = {
    ...id,
    set,
    ...(before && { before }),
    ...(ours && entry?.takenBackFrom !== undefined && { takenBackFrom: entry.takenBackFrom }),
  };
  if (now && isSameLogging(now, set)) {
    return { ...id, result: "unchanged", during: known, after: known };
  }
  const elsewhere = now && !ours ? { before: now.destinationArn } : {};
  if (now && !ours && !overwrite) {
    const reason = conflictOf(id, now, listed);
    return { ...id, ...untouched, ...elsewhere, result: "conflict", reason, blocks };
  }
  const contest = holder && { otherEnrollment: holder.name, reason: contestOf(own, id, entry, holder) };
  if (holder?.failure !== undefined || (holder && entry?.takenBackFrom !== undefined)) {
    return { ...id, ...untouched, ...elsewhere, ...contest, result: "conflict", blocks };
  }
  const formerly = entry ? destinationsOf(entry).filter((arn) => !isSameDestination(arn, set.destinationArn)) : [];
  const during: EnrolledStage = { ...known, ...(formerly.length > 0 && { formerly }) };
  const after: EnrolledStage = { ...known, ...(holder && entry && { takenBackFrom: holder.name }) };
  return { ...id, ...elsewhere, ...contest, result: "enrolled", give: set, during, after };
}

/** A stage that is remembered, and not wanted any more. */
function stepOut(entry: EnrolledStage, { stage, failure }: ObservedStage): Step {
  const id = idOf(entry);
  if (failure !== undefined) {
    const reason = `${nameOf(id)} could not be read, and keeps its logging: ${failure}.`;
    return { ...id, result: "failed", during: entry, after: entry, reason };
  }
  if (stage === undefined) {
    return { ...id, result: "missing" };
  }
  if (!stage.accessLog || !hasSet(entry, stage.accessLog.destinationArn)) {
    return { ...id, result: "released", ...(entry.before && { before: entry.before.destinationArn }) };
  }
  return { ...id, result: "restored", give: entry.before ?? null, during: entry };
}

function conflictOf(id: StageId, now: AccessLogSettings, listed: boolean): string {
  const where = listed ? "in the entry of the stage" : "in the match";
  return (
    `${nameOf(id)} logs to ${now.destinationArn}: write "overwrite: true" ${where} to take it over; ` +
    "its present setting is restored when you remove the stage."
  );
}

/** What becomes of a stage that another enrollment set, and what to do. */
function contestOf(
  own: string,
  id: StageId,
  entry: EnrolledStage | undefined,
  { name, failure }: NonNullable<ObservedStage["other"]>,
): string {
  const both = `${nameOf(id)} is in two enrollments, ${own} and ${name}: remove it from one of them.`;
  if (failure !== undefined) {
    return (
      `${nameOf(id)} logs to the pipeline of the enrollment ${name}. ${own} does not take it over, since it could not ` +
      `read what the stage had before: ${failure}. Remove the stage from one of the two enrollments.`
    );
  }
  if (entry?.takenBackFrom !== undefined) {
    return `${both} ${own} has taken it back once, and now leaves it to ${name}.`;
  }
  return entry ? `${both} ${own} takes it back from ${name} once.` : `${both} ${own} takes it over from ${name}.`;
}

/** Whether an enrollment set a stage to log there. */
export function hasSet(entry: EnrolledStage, destinationArn: string): boolean {
  return destinationsOf(entry).some((arn) => isSameDestination(arn, destinationArn));
}

/** Where an enrollment may have set the stage to log. */
function destinationsOf({ set, formerly = [] }: EnrolledStage): string[] {
  return [set.destinationArn, ...formerly];
}
