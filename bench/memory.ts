/** How much memory a process takes for the largest batch that a function can be handed, beyond an empty handler. */
import { bundleFile } from "./bundle";
import { moduleArgs, peakMebibytes, runNode } from "./child";
import type { Effort } from "./effort";
import { ENRICHING } from "./settings";
import { NOW, recordsOfBytes, sampleRecords } from "./traffic";
import { invocationOf, urlOf, withWorkspace } from "./workspace";

/** A synchronous invocation carries no more (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html). */
const INVOCATION_BYTES = 6 * 1024 * 1024;

/** What stands around the data of the records: about 110 bytes for each of more than 500. */
const FRAMES = 0.88;

/** As a function of 128 MB would have it; without a bound, Node.js lets garbage pile up as the machine allows. */
const HEAP = ["--max-old-space-size=64", "--max-semi-space-size=2"];

/**
 * Not by the handler: it would put back on the stream what is too much for an answer. Here the answer is even larger
 * than Lambda lets it be.
 */
const SOURCE = `
import * as fs from "node:fs";
const { readFileSync } = fs;
const [url, settingsFile, eventFile, now, invocations] = process.argv.slice(1);
const module = await import(url);
const create = module.createTransformer;
const dependencies = { hashKey: "", config: () => undefined };
const transform = create?.(JSON.parse(readFileSync(settingsFile, "utf8")), dependencies);
const transformBatch = async ({ records }) => {
  const outcomes = transform(records.map(({ data }) => data), Number(now));
  return { records: outcomes.map(({ result, data }, index) => ({ recordId: records[index].recordId, result, data })) };
};
const handler = transform ? transformBatch : module.handler;
const megabytes = (bytes) => bytes / 1024 / 1024;
const heap = () => (gc(), megabytes(process.memoryUsage().heapUsed));
let first;
for (let invocation = 0; invocation < Number(invocations); invocation++) {
  const answer = JSON.stringify(await handler(JSON.parse(readFileSync(eventFile, "utf8"))));
  if (answer.includes("ProcessingFailed")) throw new Error("The transformer fails records of the sample.");
  first ??= heap();
}
const peak = (${peakMebibytes})(fs);
console.log(JSON.stringify({ peak, kept: heap() - first }));
`;

/** Of one process, in MiB. */
interface Used {
  /** The largest resident set. */
  readonly peak: number;
  /** By how much the heap grew from the first invocation to the last, garbage apart. */
  readonly kept: number;
}

/** What memory came to. */
export interface Memory {
  readonly invocations: number;
  readonly transformer: Used;
  readonly empty: Used;
}

/** Runs the same batches through both. */
export function measureMemory({ invocations }: Effort): Promise<Memory> {
  return withWorkspace(async ({ emptyHandler, write }) => {
    const datas = recordsOfBytes(await sampleRecords(), INVOCATION_BYTES * FRAMES);
    const files = [write("settings.json", JSON.stringify(ENRICHING)), write("event.json", invocationOf(datas))];
    const use = (file: string) => {
      const args = moduleArgs(SOURCE, urlOf(file), ...files, String(NOW), String(invocations));
      return runNode<Used>(["--expose-gc", ...HEAP, ...args]);
    };
    return { invocations, transformer: await use(bundleFile()), empty: await use(emptyHandler) };
  });
}
