/** The reports of `redrive`: of failed records, and of a backfill. */
import { counted } from "../../common/table";
import type { BackfillSummary, RedriveSummary, StopReason } from "../../lambda/redrive/contract";
import type { Block, Column, Report } from "../report";

/** What the command worked on. */
export interface Subject {
  readonly stream: string;
  readonly region: string;
  readonly bucket: string;
  readonly prefix: string;
  /** Whether anything was sent. */
  readonly send: boolean;
}

const COLUMNS: readonly Column[] = [{ title: "Records" }, { title: "Number", align: "right" }];

/** What to do about each reason why it ended early. */
const STOPPED: Readonly<Record<StopReason, string>> = {
  "endpoint-failing":
    "Firehose could not deliver to Moesif within the last minutes. Run the command again when it can; --quiet-minutes 0 does not wait.",
  "stream-busy": "The stream takes no more records for now. Run the command again, with a lower --rate.",
  denied: "AWS does not allow firehose:PutRecordBatch on the stream. Use credentials that may put records on it.",
  "out-of-time": "The time was up. Run the command again.",
  interrupted: "Run the command again to go on: Moesif drops what comes twice.",
};

export function redriveReport(subject: Subject, summary: RedriveSummary): Report {
  const { records, moved, left, damaged, byErrorCode, stopped } = summary;
  const rows = [
    [subject.send ? "sent" : "to be sent", String(records.sent)],
    ...rowsOf("given up", records.givenUp),
    ...rowsOf("failed in AWS", byErrorCode),
  ];
  const objects = [
    `${counted(moved, "object")} ${subject.send ? "moved" : "to be moved"}`,
    ...(left > 0 ? [`${counted(left, "object")} left for the next time`] : []),
    ...(damaged > 0 ? [`${counted(damaged, "object")} damaged, and given up as a whole`] : []),
  ];
  return reportOf(subject, "Failed records", rows, [objects.join(", ") + "."], stopped, summary);
}

export function backfillReport(subject: Subject, summary: BackfillSummary): Report {
  const { sent, refused, withoutId, done, stopped } = summary;
  const rows = [[subject.send ? "sent" : "to be sent", String(sent)], ...rowsOf("not sent", refused)];
  const notes = [
    ...(withoutId > 0
      ? [
          `${counted(withoutId, "call")} without extendedRequestId: if Moesif has the call from another format, it counts twice.`,
        ]
      : []),
    ...(stopped !== undefined ? [`To go on where it stopped, run it again with --skip ${done}.`] : []),
  ];
  return reportOf(subject, "Old access logs", rows, notes, stopped, summary);
}

function reportOf(
  subject: Subject,
  heading: string,
  rows: readonly (readonly string[])[],
  notes: readonly string[],
  stopped: StopReason | undefined,
  summary: object,
): Report {
  const { stream, region, bucket, prefix, send } = subject;
  const paragraph = (text: string): Block => ({ kind: "paragraph", text });
  const dryRun = "This was a dry run: nothing was sent or moved. Add --send to put the records on the stream.";
  return {
    blocks: [
      { kind: "heading", text: `${heading}: ${stream} in ${region}` },
      { kind: "table", columns: COLUMNS, rows },
      ...notes.map(paragraph),
      paragraph(`Bucket: s3://${bucket}/${prefix}`),
      ...(stopped === undefined ? [] : [paragraph(`Stopped (${stopped}): ${STOPPED[stopped]}`)]),
      ...(send ? [] : [paragraph(dryRun)]),
    ],
    objects: [{ stream, region, bucket, prefix, send, ...summary }],
  };
}

function rowsOf(what: string, counts: Readonly<Record<string, number>>): string[][] {
  return Object.entries(counts).map(([reason, count]) => [`${what}: ${reason}`, String(count)]);
}
