/** The account of a run: counts every record and event again where it ends, independently of the reader. */
import { readFileSync } from "node:fs";
import type { DeliveryStream } from "./delivery-stream";
import type { EventSample } from "./event-sample";
import { EventIds } from "./events";
import { countFailures } from "./firehose-failures";
import type { MoesifStandIn } from "./moesif-stand-in";
import type { DeliveryPath } from "./feeds";

/** Where records end. */
export interface Places {
  readonly standIn: MoesifStandIn;
  readonly stream: DeliveryStream;
  readonly backupDirectory: string;
  readonly transformerLog: string;
}

/** Counts of records, or of events. */
export interface Tally {
  /** Counted by the reader. */
  readonly in: number;
  /** Put on the stream by the transformer; each comes to an end of its own. */
  readonly putBack: number;
  /** Acknowledged by the stand-in for Moesif, without those that were delivered again. */
  readonly delivered: number;
  /** Records: by the transformer's answers. Events: by its log. */
  readonly dropped: number;
  /** Read back from the objects in the backup bucket; and lines of the input that are too long for a record. */
  readonly failed: number;
  /** What is left: `in + putBack - delivered - dropped - failed`. */
  readonly lost: number;
}

/** Counts of both. An envelope of CloudWatch Logs is one record of many events. */
export interface Counts {
  readonly records: Tally;
  readonly events: Tally;
}

/** The account of a run. */
export interface RunResult {
  /** The {@link Tally} of the records. */
  readonly recordsIn: number;
  readonly delivered: number;
  readonly dropped: number;
  readonly failed: number;
  readonly lost: number;
  /** HTTP requests that reached the stand-in, each retry included. */
  readonly requests: number;
  readonly seconds: number;
  readonly putBack: number;
  /** Dropped and failed events by reason, as far as the transformer's log names it. */
  readonly droppedByReason: Readonly<Record<string, number>>;
  readonly failedByReason: Readonly<Record<string, number>>;
  readonly events: Tally;
  /** The counts of each delivery path that was taken. */
  readonly deliveryPaths: { readonly [deliveryPath in DeliveryPath]?: Counts };
  /** Delivered events with an id that another had, beyond those that the input repeats or that were delivered again. */
  readonly repeatedEvents: number;
  /** Records that were delivered once more, and the events in them. */
  readonly deliveredAgain: { readonly records: number; readonly events: number };
  /** Delivered events by their dedupe ids, of which Moesif keeps one each; absent beyond a million. */
  readonly distinctEvents?: number;
  /** How often a record that the transformer put back was refused. */
  readonly putBackRefused: number;
  /** Bytes of the requests' bodies. */
  readonly bytesSent: number;
  readonly streamName: string;
  readonly backupDirectory: string;
  readonly transformerLog: string;
  /** Records that the endpoint refused as too large, which Firehose neither retries nor keeps. */
  readonly refusedAsTooLarge: number;
  /** Lines of the input that are too long for a record of Firehose, and were not sent. */
  readonly linesTooLong: readonly number[];
  /** Failed records by error code, as they are kept in the backup bucket. */
  readonly failures: Readonly<Record<string, number>>;
  /** Broken rules of the contract, and how often. */
  readonly violations: Readonly<Record<string, number>>;
  readonly sample?: EventSample;
}

/** What goes in, as it is counted where it is read and where the transformer puts something back. */
export class Intake {
  readonly ids = new EventIds();
  recordsIn = 0;
  eventsIn = 0;
  eventsPutBack = 0;
  /** Refusals of records that the transformer put back; it may have put them again. */
  putBackRefused = 0;
  readonly linesTooLong: number[] = [];

  /** A line that no record can hold came in, and fails here: it is not sent. */
  addTooLong(line: number): void {
    this.linesTooLong.push(line);
    this.recordsIn++;
    this.eventsIn++;
  }
}

/** Counts what has come to its end so far. */
export function countsOf({ standIn, stream, backupDirectory, transformerLog }: Places, intake: Intake): Counts {
  const failures = countFailures(backupDirectory);
  const { "control-message": _, ...dropped } = eventsByReason(transformerLog, "dropped");
  return {
    records: tally({
      in: intake.recordsIn,
      putBack: stream.counts.putBack,
      delivered: standIn.received.records - stream.counts.deliveredAgain,
      dropped: stream.counts.dropped,
      failed: failures.records + intake.linesTooLong.length,
    }),
    events: tally({
      in: intake.eventsIn,
      putBack: intake.eventsPutBack,
      delivered: standIn.events.events - stream.counts.eventsDeliveredAgain,
      dropped: Object.values(dropped).reduce((sum, events) => sum + events, 0),
      failed: failures.events + intake.linesTooLong.length,
    }),
  };
}

/** What has been counted since `before`. */
export function countsSince(before: Counts, now: Counts): Counts {
  return { records: tallySince(before.records, now.records), events: tallySince(before.events, now.events) };
}

/** What was not counted anywhere is lost. */
function tally(found: Omit<Tally, "lost">): Tally {
  return { ...found, lost: found.in + found.putBack - found.delivered - found.dropped - found.failed };
}

function tallySince(before: Tally, now: Tally): Tally {
  return tally({
    in: now.in - before.in,
    putBack: now.putBack - before.putBack,
    delivered: now.delivered - before.delivered,
    dropped: now.dropped - before.dropped,
    failed: now.failed - before.failed,
  });
}

/** The account of a run that took these delivery paths, in so many seconds. */
export function accountOf(
  places: Places,
  intake: Intake,
  deliveryPaths: RunResult["deliveryPaths"],
  seconds: number,
): RunResult {
  const { standIn, stream, backupDirectory, transformerLog } = places;
  const { received, events: delivered } = standIn;
  const { records, events } = countsOf(places, intake);
  return {
    recordsIn: records.in,
    delivered: records.delivered,
    dropped: records.dropped,
    failed: records.failed,
    lost: records.lost,
    requests: received.requests,
    seconds: Math.round(seconds * 1000) / 1000,
    putBack: records.putBack,
    droppedByReason: eventsByReason(transformerLog, "dropped"),
    failedByReason: eventsByReason(transformerLog, "failed"),
    events,
    deliveryPaths,
    repeatedEvents: Math.max(0, delivered.repeated - intake.ids.repeated - stream.counts.eventsDeliveredAgain),
    deliveredAgain: { records: stream.counts.deliveredAgain, events: stream.counts.eventsDeliveredAgain },
    distinctEvents: delivered.distinct,
    putBackRefused: intake.putBackRefused,
    bytesSent: received.bytes,
    streamName: stream.name,
    backupDirectory,
    transformerLog,
    refusedAsTooLarge: stream.counts.lost,
    linesTooLong: intake.linesTooLong,
    failures: Object.fromEntries(countFailures(backupDirectory).byCode),
    violations: Object.fromEntries(received.violations),
    sample: stream.sample,
  };
}

/**
 * Events that the transformer dropped, or that failed, by the reasons that its log lines count under that name. To
 * Firehose what it put back is dropped, too.
 */
export function eventsByReason(logFile: string, result: "dropped" | "failed"): Record<string, number> {
  const sums = new Map<string, number>();
  for (const line of readFileSync(logFile, "utf8").split("\n")) {
    for (const [reason, count] of countsIn(line, result)) sums.set(reason, (sums.get(reason) ?? 0) + count);
  }
  return Object.fromEntries(sums);
}

/** None in a line of another form, such as an error's. */
function countsIn(line: string, result: "dropped" | "failed"): [string, number][] {
  if (!line.startsWith("{")) return [];
  try {
    const { [result]: byReason, EventsPutBack: putBack } = JSON.parse(line) as { readonly [key: string]: unknown };
    const counts = typeof byReason === "object" && byReason !== null ? Object.entries(byReason) : [];
    if (result === "dropped" && putBack !== 0) counts.push(["put-back", putBack]);
    return counts.filter((entry): entry is [string, number] => typeof entry[1] === "number");
  } catch {
    return [];
  }
}
