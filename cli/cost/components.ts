/** What a pipeline costs in a month, component by component. */
import { costOf, type PriceName, type Prices } from "./prices";
import type { Workload } from "./workload";

/** AWS bills GB of 2^30 bytes. */
const GB = 2 ** 30;
/** Of the month that the command calculates. */
export const DAYS = 30;
const SECONDS_OF_DAY = 86_400;

/** Firehose bills each record rounded up to it: https://aws.amazon.com/firehose/pricing/ */
const FIREHOSE_STEP = 5 * 1024;

/**
 * Measured on the access logs of local/sample, in records as CloudWatch Logs makes them: so many bytes, and this share of
 * the calls, by GZIP. What is stored in a log group, and what is sent to Moesif, in base64, are GZIP as well.
 */
const ENVELOPE_BYTES = 600;
const ENVELOPE_SHARE = 0.13;
const STORED_SHARE = 0.13;
const SENT_SHARE = 0.2;

/** CloudWatch Logs counts them with each event: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
const EVENT_BYTES = 26;

/** What an invocation writes: the line of metrics, and Lambda's own two. */
const LOGGED_BYTES = 2 * 1024;

/** Memory at which a function has a whole processor: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const MB_OF_A_PROCESSOR = 1769;

/** Firehose reads the secret again after so long. */
const SECRET_READ_SECONDS = 600;

/** How Firehose buffers what it writes to the bucket: the provider's defaults. */
const BACKUP = { bytes: 5 * 2 ** 20, seconds: 300 };

/** One line of the bill. */
export interface Component {
  readonly id: string;
  readonly name: string;
  readonly price: PriceName;
  /** Units in a month, in the unit of the price. */
  readonly units: (load: Workload) => number;
}

const COMPONENTS: readonly Component[] = [
  {
    id: "firehose",
    name: "Firehose: ingestion, each record rounded up to 5 KB",
    price: "firehoseGb",
    units: (load) => {
      const { direct, envelopes } = recordsOf(load);
      return monthlyGb(direct * rounded(load.recordBytes) + envelopes * rounded(envelopeBytes(load)));
    },
  },
  {
    id: "stage-logs",
    name: "CloudWatch Logs: ingestion of HTTP and WebSocket stages",
    price: "logIngestionGb",
    units: (load) => monthlyGb(logged(load) * load.recordBytes),
  },
  {
    id: "stage-log-storage",
    name: "CloudWatch Logs: storage of these logs",
    price: "logStorageGbMonth",
    units: (load) => (logged(load) * (load.recordBytes + EVENT_BYTES) * STORED_SHARE * load.stageLogDays) / GB,
  },
  {
    id: "lambda-requests",
    name: "Lambda: invocations of the transformer",
    price: "lambdaMillionRequests",
    units: (load) => (invocationsOf(load) * DAYS) / 1e6,
  },
  ...(["arm64", "x86_64"] as const).map((architecture): Component => ({
    id: `lambda-${architecture}`,
    name: `Lambda: duration, ${architecture}`,
    price: architecture === "arm64" ? "lambdaArm64GbSecond" : "lambdaX86GbSecond",
    units: (load) => (load.architecture === architecture ? gbSeconds(load) * DAYS : 0),
  })),
  {
    id: "function-logs",
    name: "CloudWatch Logs: log of the transformer",
    price: "logIngestionGb",
    units: (load) => monthlyGb(invocationsOf(load) * LOGGED_BYTES),
  },
  {
    id: "transfer",
    name: "Data transfer to Moesif, GZIP",
    price: "transferOutGb",
    units: (load) => monthlyGb(load.requestsPerDay * load.keptShare * load.recordBytes * SENT_SHARE),
  },
  {
    id: "s3-storage",
    name: "S3: storage of every record",
    price: "s3GbMonth",
    units: (load) => (load.requestsPerDay * load.recordBytes * STORED_SHARE * load.allDataDays) / GB,
  },
  {
    id: "s3-requests",
    name: "S3: writing of every record",
    price: "s3ThousandPuts",
    units: (load) => (load.allDataDays > 0 ? (objectsOf(load) * DAYS) / 1000 : 0),
  },
  { id: "secrets", name: "Secrets Manager: secrets", price: "secretMonth", units: ({ secrets }) => secrets },
  {
    id: "secret-reads",
    name: "Secrets Manager: reads, every ten minutes",
    price: "secretTenThousandCalls",
    units: () => (SECONDS_OF_DAY / SECRET_READ_SECONDS) * (DAYS / 10_000),
  },
  {
    id: "metrics",
    name: "CloudWatch: metrics of the functions, without those by reason",
    price: "metricMonth",
    units: ({ metrics }) => metrics,
  },
  {
    id: "alarms",
    name: "CloudWatch: metrics that alarms watch",
    price: "alarmMetricMonth",
    units: ({ alarmMetrics }) => alarmMetrics,
  },
  { id: "dashboards", name: "CloudWatch: dashboards", price: "dashboardMonth", units: ({ dashboards }) => dashboards },
];

function rounded(bytes: number): number {
  return Math.ceil(bytes / FIREHOSE_STEP) * FIREHOSE_STEP;
}

function monthlyGb(bytesOfDay: number): number {
  return (bytesOfDay * DAYS) / GB;
}

function logged({ requestsPerDay, logGroupShare }: Workload): number {
  return requestsPerDay * logGroupShare;
}

/** Bytes of a record with as many calls as CloudWatch Logs puts into one. */
function envelopeBytes({ callsPerEnvelope, recordBytes }: Workload): number {
  return ENVELOPE_BYTES + ENVELOPE_SHARE * callsPerEnvelope * recordBytes;
}

/** Records of the stream in a day: one for each call of a REST stage, and one for several of the others. */
export function recordsOf(load: Workload): { direct: number; envelopes: number } {
  return { direct: load.requestsPerDay - logged(load), envelopes: logged(load) / load.callsPerEnvelope };
}

/** Bytes that the stream takes in a day. */
export function bytesOf(load: Workload): number {
  const { direct, envelopes } = recordsOf(load);
  return direct * load.recordBytes + envelopes * envelopeBytes(load);
}

/** Invocations in a day: a buffer is full, or its time is over. */
export function invocationsOf(load: Workload): number {
  if (!load.transforms) return 0;
  const { direct, envelopes } = recordsOf(load);
  const full = bytesOf(load) / (load.bufferSizeMb * 2 ** 20);
  const over = load.bufferIntervalSeconds > 0 ? SECONDS_OF_DAY / load.bufferIntervalSeconds : Infinity;
  return Math.min(direct + envelopes, Math.max(full, over));
}

/** Seconds in which the transformer works, in a day. */
export function secondsOf(load: Workload): number {
  const processor = Math.min(1, load.memoryMb / MB_OF_A_PROCESSOR);
  const calls = load.transforms ? (load.requestsPerDay * load.microsecondsPerCall) / 1e6 / processor : 0;
  return (invocationsOf(load) * load.millisecondsPerInvocation) / 1000 + calls;
}

function gbSeconds(load: Workload): number {
  return secondsOf(load) * (load.memoryMb / 1024);
}

function objectsOf(load: Workload): number {
  return Math.max(SECONDS_OF_DAY / BACKUP.seconds, bytesOf(load) / BACKUP.bytes);
}

/** A component with what it costs, in whole cents, so that the total is the sum of what is shown. */
export interface Cost {
  readonly id: string;
  readonly name: string;
  readonly price: PriceName;
  readonly units: number;
  readonly cents: number;
  /** With sampling. */
  readonly sampledCents: number;
}

/** What the components cost that the pipeline has. */
export function costsOf(load: Workload, prices: Prices): Cost[] {
  const all = { ...load, keptShare: 1 };
  return COMPONENTS.map(({ id, name, price, units }) => ({
    id,
    name,
    price,
    units: units(all),
    cents: Math.round(costOf(prices.of[price], units(all)) * 100),
    sampledCents: Math.round(costOf(prices.of[price], units(load)) * 100),
  })).filter(({ units }) => units > 0);
}

export function totalOf(costs: readonly Cost[]): { cents: number; sampledCents: number } {
  return {
    cents: costs.reduce((sum, { cents }) => sum + cents, 0),
    sampledCents: costs.reduce((sum, { sampledCents }) => sum + sampledCents, 0),
  };
}
