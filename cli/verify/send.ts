/** Sends the made-up calls of `verify`, and waits until they arrive or fail. */
import type { Check } from "../checks";
import type { Block } from "./expected";
import { ask, type Inspection } from "./inspection";
import { type MoesifApi, MoesifError } from "./moesif";
import { type Clock, isComplete, lookInMoesif, proofOf, type Seen, type Sent, unreadable } from "./proof";
import type { SyntheticCall, SyntheticCalls } from "./record";
import { waitOf } from "./wait";
import { lookAtWay, type Put, type Way, wayChecks } from "./way";

/** How to send, and how long to wait. */
export interface Sending {
  /** Reads Moesif; without it, one call is sent, and followed within AWS. */
  readonly api?: MoesifApi;
  /** Seconds. */
  readonly timeout?: number;
  readonly clock: Clock;
  /** Called with the seconds so far. */
  readonly onWait: (seconds: number) => void;
}

/** Beyond what the stream buffers. */
const PATIENCE_S = 300;
/** The first wait, and the longest: each is twice the one before. */
const POLL_MS = { first: 1_000, longest: 10_000 };
/** So long a second copy may take after the first. */
const COPIES_MS = 20_000;

export async function sendRecords(inspection: Inspection, calls: SyntheticCalls, sending: Sending): Promise<Check[]> {
  const { api, clock } = sending;
  const { settings } = inspection.expected;
  const subject = inspection.checks.find(({ id }) => id === "stream")!.subject;
  if (calls.refused !== undefined) {
    const cause = `nothing was sent: the settings drop a made-up call (${calls.refused})`;
    return [{ id: "record", subject, result: "unknown", cause }];
  }
  const { plain, weighted } = calls;
  const at = clock.now();
  for (const call of api ? [plain, plain, weighted] : [plain]) {
    const failure = await put(inspection, subject, call);
    if (failure) return [failure];
  }
  const sent: Sent = {
    output: settings.output ?? "accessLog",
    plain,
    weighted,
    at,
    incomparable: incomparable(inspection),
  };
  const words = [plain, weighted].flatMap(({ id, word }) => [id, word]);
  const { way, seen, seconds, error } = await follow(inspection, sending, sent, { at, words });
  const isIn = (seen?.plain.length ?? 0) > 0;
  return [
    { id: "record", subject, result: "ok", cause: `sent with the id ${plain.id}` },
    ...wayChecks(plain.id, way, isIn),
    ...(error && !isIn ? [unreadable(plain.id, error)] : seen ? proofOf(sent, seen, seconds) : []),
  ];
}

/** The check of a record that could not be put. */
async function put(inspection: Inspection, subject: string, { data }: SyntheticCall): Promise<Check | undefined> {
  const { firehose, services } = inspection.aws;
  const Record = { Data: Buffer.from(data) };
  const answer = await ask(firehose.send(new services.PutRecordCommand({ DeliveryStreamName: subject, Record })));
  if (answer.failure === undefined) return undefined;
  const { failure: cause, isDenied } = answer;
  if (isDenied)
    return {
      id: "record",
      subject,
      result: "unknown",
      cause,
      fix: "allow firehose:PutRecord to the role that checks, or use --no-record",
    };
  return { id: "record", subject, result: "problem", cause, fix: "check the stream's encryption and throttling" };
}

/** What became of the calls when they arrived, failed, or the time was up. */
async function follow(inspection: Inspection, { api, timeout, clock, onWait }: Sending, sent: Sent, put: Put) {
  const limit = (timeout ?? waitOf(inspection.stack) + PATIENCE_S) * 1000;
  let seen: Seen | undefined;
  let error: MoesifError | undefined;
  /** When Moesif first showed the plain call. */
  let arrived: number | undefined;
  for (let poll = POLL_MS.first; ; poll = Math.min(2 * poll, POLL_MS.longest)) {
    const way: Way = await lookAtWay(inspection, put, clock.now());
    const waited = clock.now() - sent.at;
    if (api) ({ seen = seen, error } = await tried(lookInMoesif(api, sent, clock.now())));
    if (seen && seen.plain.length > 0) arrived ??= waited;
    const result = { way, error, seconds: Math.round((arrived ?? waited) / 1000) };
    if (api && seen && isComplete(seen)) {
      await clock.sleep(Math.min(COPIES_MS, Math.max(limit - waited, 0)));
      const again = await tried(lookInMoesif(api, sent, clock.now()));
      return { ...result, seen: again.seen ?? seen };
    }
    // What is delivered before the buffers can have passed the call on is of others.
    const isDelivered = api === undefined && (way.delivered ?? 0) > 0 && waited >= waitOf(inspection.stack) * 1000;
    if (isDelivered || way.failed !== undefined || waited >= limit) return { ...result, seen };
    onWait(Math.round(waited / 1000));
    await clock.sleep(Math.min(poll, limit - waited));
  }
}

/** Moesif may be busy for now. A token that is refused now ends it. */
async function tried(asked: Promise<Seen>): Promise<{ seen?: Seen; error?: MoesifError }> {
  try {
    return { seen: await asked };
  } catch (error) {
    if (error instanceof MoesifError && error.kind !== "refused") return { error };
    throw error;
  }
}

/** Hashes differ where the key of hashes is not known. */
function incomparable(inspection: Inspection): (value: unknown) => boolean {
  const hashes = (inspection.expected.settings.redaction as Block | undefined)?.["hash"] !== undefined;
  const isUnknown = hashes && inspection.hashKey === undefined;
  return (value) => isUnknown && String(value).startsWith("hmac:");
}
