/** Whether a stream and its transformer carry the traffic at its peak, by the quotas of the region. */
import { bytesOf, invocationsOf, recordsOf, secondsOf } from "./components";
import type { Workload } from "./workload";

const SECONDS_OF_DAY = 86_400;
const MIB = 2 ** 20;

/** Of one stream that is put to directly: https://docs.aws.amazon.com/firehose/latest/dev/limits.html */
const LARGE = { records: 500_000, requests: 2000, mib: 5 };
const OTHERS = { records: 100_000, requests: 1000, mib: 1 };
const LARGE_REGIONS = ["us-east-1", "us-west-2", "eu-west-1"];

/** Of an account by default: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const CONCURRENCY = 1000;

/** What is used of one quota at the peak. */
export interface Capacity {
  readonly id: string;
  readonly name: string;
  readonly atPeak: number;
  readonly quota: number;
  /** Whether the use is a most: AWS documents no number. */
  readonly atMost?: boolean;
}

export function capacityOf(load: Workload, region: string): Capacity[] {
  const atPeak = (ofDay: number) => (ofDay / SECONDS_OF_DAY) * load.peakFactor;
  const { direct, envelopes } = recordsOf(load);
  const records = atPeak(direct + envelopes);
  const quotas = LARGE_REGIONS.includes(region) ? LARGE : OTHERS;
  return [
    { id: "records", name: "Firehose: records a second", atPeak: records, quota: quotas.records },
    { id: "mib", name: "Firehose: MiB a second", atPeak: atPeak(bytesOf(load)) / MIB, quota: quotas.mib },
    // How many records API Gateway and CloudWatch Logs put at once is documented nowhere.
    { id: "requests", name: "Firehose: requests a second", atPeak: records, quota: quotas.requests, atMost: true },
    ...(load.transforms
      ? [
          {
            id: "concurrency",
            name: "Lambda: concurrent invocations of the transformer",
            atPeak: Math.max(Math.min(1, invocationsOf(load)), atPeak(secondsOf(load))),
            quota: load.reservedConcurrency ?? CONCURRENCY,
          },
        ]
      : []),
  ];
}

/** Whether the peak needs more than there is. */
export function isExceeded({ atPeak, quota, atMost }: Capacity): boolean {
  return !atMost && atPeak > quota;
}
