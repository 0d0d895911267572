/** Passes made-up records through the transformer, batch by batch, and searches for one that breaks a rule. */
import { dependenciesWith, type Outcome, type Transform, type Transformer } from "../bundle";
import { flawOf, flawOfIdentity, flawOfReport } from "./checks";
import { NOW } from "./logs";
import { Random } from "./random";
import { createMakeRecord, type Made, type MakeRecord } from "./records";
import { FUZZ_SETTINGS, type FuzzSettings } from "./settings";

const BATCH = 200;

/** Delivered records that may come again. */
const EARLIER = 200;

/** A record that breaks a rule. */
export interface Broken {
  readonly flaw: string;
  readonly settings: string;
  readonly kind: string;
  /** What Firehose would have handed over. */
  readonly data: string;
}

/** What a run came to. */
export interface Fuzzed {
  readonly records: number;
  /** Records by result and reason. */
  readonly results: ReadonlyMap<string, number>;
  /** How many broke each rule. */
  readonly flaws: ReadonlyMap<string, number>;
  /** The smallest record that broke each rule. */
  readonly broken: readonly Broken[];
}

/** What to run. */
export interface FuzzOptions {
  readonly records: number;
  readonly seed: number;
  /** Called after each batch with the number of records that are done. */
  readonly onProgress?: (done: number) => void;
}

/** One transformer with its settings, and what makes records for it. */
interface Subject {
  readonly settings: FuzzSettings;
  readonly transform: Transform;
  readonly make: MakeRecord;
}

/** Runs. The same seed and number make the same records. */
export function fuzz(transformer: Transformer, { records, seed, onProgress }: FuzzOptions): Fuzzed {
  const random = new Random(seed);
  const subjects = subjectsOf(transformer);
  const earlier: string[] = [];
  const results = new Map<string, number>();
  const flaws = new Map<string, number>();
  const broken = new Map<string, Broken>();
  for (let done = 0, number = 0; done < records; number++) {
    const subject = subjects[number % subjects.length]!;
    const batch = random.times(Math.min(BATCH, records - done), () => subject.make(random, earlier));
    const { outcomes, found } = check(transformer, subject, batch);
    for (const { result, reason } of outcomes) count(results, reason === undefined ? result : `${result}, ${reason}`);
    for (const one of found) {
      count(flaws, one.flaw);
      const smallest = broken.get(one.flaw);
      if (smallest === undefined || one.data.length < smallest.data.length) broken.set(one.flaw, one);
    }
    for (const { data } of outcomes) if (data !== undefined && random.oneIn(20)) earlier[random.below(EARLIER)] = data;
    done += batch.length;
    onProgress?.(done);
  }
  return { records, results, flaws, broken: [...broken.values()] };
}

function subjectsOf(transformer: Transformer): Subject[] {
  return FUZZ_SETTINGS.map((settings) => ({
    settings,
    transform: transformer.createTransformer(settings.settings, dependenciesWith(transformer, settings.config)),
    make: createMakeRecord(settings),
  }));
}

/** Transforms a batch, and what was delivered of it once more. */
function check(transformer: Transformer, { settings, transform }: Subject, batch: readonly Made[]) {
  const found: Broken[] = [];
  const report = (made: Made, flaw: string) => {
    found.push({ flaw, settings: settings.name, kind: made.kind, data: String(made.data) });
  };
  const outcomes = transformed(
    transform,
    batch.map(({ data }) => data),
    (index) => report(batch[index]!, "throws"),
  );
  const sendsEvents = settings.settings.output === "event";
  const delivered: number[] = [];
  outcomes.forEach((outcome, index) => {
    const flaw = flawOf(batch[index]!, outcome, sendsEvents);
    if (flaw !== undefined) report(batch[index]!, flaw);
    if (outcome.result === "Ok") delivered.push(index);
  });
  const datas = delivered.map((index) => outcomes[index]!.data);
  const again = transformed(transform, datas, (at) => report(batch[delivered[at]!]!, "throws at what it has made"));
  again.forEach(({ result, data }, at) => {
    const made = batch[delivered[at]!]!;
    if (result !== "Ok") report(made, "does not deliver what it has made");
    else if (data !== datas[at]) report(made, "makes something else of what it has made");
  });
  const secrets = batch.flatMap((made) => made.secrets);
  const event = { invocationId: "fuzz", deliveryStreamArn: "fuzz", region: "fuzz", records: batch };
  const flaw = flawOfReport(transformer.reportOf(event, outcomes, NOW, 1), outcomes, secrets);
  if (flaw !== undefined) report(batch[0]!, flaw);
  batch.forEach((made, index) => {
    const rounds = roundsOf(transform, outcomes[index]!, (one) =>
      flawOf({ ...made, wellFormed: false }, one, sendsEvents),
    );
    for (const one of rounds.flaws) report(made, one);
    const forged = flawOfIdentity(made, [outcomes[index]!, ...rounds.outcomes]);
    if (forged !== undefined) report(made, forged);
  });
  return { outcomes, found };
}

/** More rounds than any record needs until nothing of it is put back. */
const MOST_ROUNDS = 6;

/** What goes back of a record comes again, until there is nothing left of it. */
function roundsOf(transform: Transform, first: Outcome, check: (outcome: Outcome) => string | undefined) {
  const outcomes: Outcome[] = [];
  const flaws: string[] = [];
  let coming = first.returned?.datas ?? [];
  for (let round = 1; coming.length > 0; round++) {
    if (round > MOST_ROUNDS) return { outcomes, flaws: [...flaws, "is put back again and again"] };
    const datas = coming.map((data) => data.toString("base64"));
    const made = transformed(transform, datas, () => flaws.push("throws at what it has put back"));
    flaws.push(...made.map(check).filter((flaw) => flaw !== undefined));
    outcomes.push(...made);
    coming = made.flatMap(({ returned }) => returned?.datas ?? []);
  }
  return { outcomes, flaws };
}

/** If a batch makes it throw, each record goes by itself, so that the one is found. */
function transformed(transform: Transform, datas: readonly unknown[], onThrow: (index: number) => void) {
  try {
    return transform(datas, NOW);
  } catch {
    return datas.map((data, index): Outcome => {
      try {
        return transform([data], NOW)[0]!;
      } catch {
        onThrow(index);
        return { result: "ProcessingFailed", reason: "threw" };
      }
    });
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
