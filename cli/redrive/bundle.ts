/** The redrive function as it is deployed: the command runs the same code. The one place that knows what it exports. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { packageRoot } from "../../common/package-root";
import { UsageError } from "../../common/usage-error";
import type {
  BackfillSummary,
  Bucket,
  FailureLocation,
  OldRecord,
  PutBatch,
  RedriveOptions,
  RedriveSummary,
} from "../../lambda/redrive/contract";
import type { Credentials } from "../aws/access";

/** Where it reads and writes. */
interface Place {
  readonly bucket: Bucket;
  readonly put: PutBatch;
  readonly prefix: string;
}

/** How it is watched and ended. */
interface Control {
  readonly signal: AbortSignal;
  readonly onProgress: (summary: RedriveSummary) => void;
}

/** Where clients connect to, and as whom: by default as the environment says. */
export interface Connection {
  readonly region: string;
  readonly credentials?: () => Promise<Credentials>;
}

/** What the bundle exports in addition to its handler. */
export interface Bundle {
  readonly findFailures: (stream: string, connection: Connection) => Promise<FailureLocation>;
  readonly openBucket: (name: string, connection: Connection) => Promise<Bucket>;
  readonly openStream: (name: string, connection: Connection) => Promise<PutBatch>;
  readonly countObjects: (place: Place, options: RedriveOptions) => Promise<number>;
  readonly redrive: (place: Place, options: RedriveOptions, control: Control) => Promise<RedriveSummary>;
  readonly backfill: (
    place: Place,
    records: AsyncIterable<OldRecord>,
    options: RedriveOptions,
    control: Control,
  ) => Promise<BackfillSummary>;
}

/** @throws UsageError if the bundle was not built */
export async function loadRedrive(): Promise<Bundle> {
  const file = join(packageRoot(), "dist", "lambda", "redrive", "index.mjs");
  if (!existsSync(file)) throw new UsageError(`${file} is missing. Run "npm run build" first.`);
  return (await import(pathToFileURL(file).href)) as Bundle;
}
