/** `verify --count`: events that the function kept, by CloudWatch, and events that Moesif counts. */
import { InvalidArgumentError } from "commander";
import type { Check } from "../checks";
import type { Inspection } from "./inspection";
import { type MoesifApi, MoesifError } from "./moesif";
import { PIPELINE } from "./inspection";
import { waitOf } from "./wait";

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
/** For so long CloudWatch keeps a value for each minute. */
const LONGEST_MS = 15 * UNITS["d"]!;
const PERIOD_S = 60;

/** Such as `30m`, `1h` or `7d`, in milliseconds. */
export function span(text: string): number {
  const [, number, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const ms = Number(number) * (UNITS[unit ?? ""] ?? NaN);
  if (ms > 0 && ms <= LONGEST_MS) return ms;
  throw new InvalidArgumentError("Give minutes, hours or days, such as 30m, 1h or 7d; at most 15d.");
}

/**
 * Compares the two counts. A call counts in CloudWatch when it is transformed, and in Moesif when it was made: as many may
 * differ as were under way at either end.
 */
export async function checkCount(inspection: Inspection, api: MoesifApi, since: number, now: number): Promise<Check> {
  const { accountId, region } = inspection.expected.target;
  const stream = inspection.stack.text(
    inspection.stack.one("aws_kinesis_firehose_delivery_stream", PIPELINE.stream)!["name"],
  )!;
  const id = "count";
  if (inspection.expected.bypassed) {
    const cause = "the transformer is bypassed, and nothing else counts the calls that are delivered";
    return { id, subject: stream, result: "unknown", cause };
  }
  const wait = waitOf(inspection.stack) * 1000;
  const minute = PERIOD_S * 1000;
  const to = Math.floor((now - wait) / minute) * minute;
  const from = to - Math.ceil(since / minute) * minute;
  const kept = await keptByMinute(inspection, stream, from, now);
  const sum = (begin: number, end: number) =>
    kept.reduce((all, [time, count]) => (time >= begin && time < end ? all + count : all), 0);
  const delivered = sum(from, to);
  const underWay = sum(from, from + wait) + sum(to, now);
  const filter = [field("accountId", accountId), field("region", region)];
  let inMoesif: number;
  try {
    inMoesif = await api.count({ bool: { filter } }, { from, to });
  } catch (error) {
    if (!(error instanceof MoesifError) || error.kind === "refused") throw error;
    return { id, subject: stream, result: "unknown", cause: error.message, fix: error.fix };
  }
  const difference = inMoesif - delivered;
  const cause =
    `the function kept ${delivered} calls from ${iso(from)} to ${iso(to)}, Moesif counts ${inMoesif}: ` +
    `a difference of ${difference}, of which up to ${underWay} may be under way`;
  if (Math.abs(difference) <= underWay) return { id, subject: stream, result: "ok", cause };
  const fix =
    difference < 0
      ? "run verify without --count to see where calls are lost, and redrive to put back what failed"
      : "see whether another stream or a CloudFormation stack of Moesif sends the same calls";
  return { id, subject: stream, result: "problem", cause, fix };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** Calls of this pipeline have the account and region as metadata. */
function field(name: string, value: string) {
  const path = `metadata.${name}`;
  return {
    bool: {
      should: [{ term: { [`${path}.raw`]: value } }, { match_phrase: { [path]: value } }],
      minimum_should_match: 1,
    },
  };
}

async function keptByMinute(
  inspection: Inspection,
  Value: string,
  from: number,
  to: number,
): Promise<(readonly [number, number])[]> {
  const MetricStat = {
    Metric: {
      Namespace: "MoesifFirehose",
      MetricName: "EventsKept",
      Dimensions: [{ Name: "DeliveryStreamName", Value }],
    },
    Period: PERIOD_S,
    Stat: "Sum",
  };
  const minutes: (readonly [number, number])[] = [];
  let NextToken: string | undefined;
  do {
    const command = new inspection.aws.services.GetMetricDataCommand({
      StartTime: new Date(from),
      EndTime: new Date(to),
      MetricDataQueries: [{ Id: "kept", MetricStat }],
      NextToken,
    });
    const answer = await inspection.aws.cloudWatch.send(command);
    const { Timestamps = [], Values = [] } = answer.MetricDataResults?.[0] ?? {};
    minutes.push(...Timestamps.map((time, index) => [time.getTime(), Values[index]!] as const));
    NextToken = answer.NextToken;
  } while (NextToken !== undefined);
  return minutes;
}
