/** How long a fresh process takes from the import of the handler to its first answer, beyond an empty handler. */
import { bundleFile } from "./bundle";
import { moduleArgs, runNode } from "./child";
import { median } from "./compare";
import type { Effort } from "./effort";
import { ENRICHING } from "./settings";
import { batchesOf, sampleRecords } from "./traffic";
import { invocationOf, urlOf, withWorkspace } from "./workspace";

/** The file of the event is read before the clock starts: it is the runtime that has it. */
const SOURCE = `
import { readFileSync } from "node:fs";
const [module, eventFile] = process.argv.slice(1);
const event = JSON.parse(readFileSync(eventFile, "utf8"));
const cpu = process.cpuUsage();
const started = performance.now();
const { handler } = await import(module);
const loaded = process.cpuUsage(cpu);
const { records } = await handler(event);
const ms = performance.now() - started;
const { user, system } = process.cpuUsage(cpu);
if (records[0].result !== "Ok") throw new Error("The handler does not deliver the record.");
const cpuMs = (user + system) / 1000;
console.log("\\n" + JSON.stringify({ ms, cpuMs, invocationCpuMs: cpuMs - (loaded.user + loaded.system) / 1000 }));
`;

/** Milliseconds. */
interface Start {
  readonly ms: number;
  readonly cpuMs: number;
  /** Of it, those of the first invocation. */
  readonly invocationCpuMs: number;
}

/** What start-ups came to: medians, in milliseconds. */
export interface StartUp {
  readonly starts: number;
  readonly transformer: Start;
  readonly empty: Start;
  /** The median of the ratios of processor time. */
  readonly cpuRatio: number;
  /** The median of the differences of time. */
  readonly moreMs: number;
}

/** Starts both, one after the other, again and again. */
export function measureStartUp({ starts }: Effort): Promise<StartUp> {
  return withWorkspace(async ({ emptyHandler, write }) => {
    const [[first = ""] = []] = batchesOf(await sampleRecords());
    const args = [write("event.json", invocationOf([recent(first)]))];
    const env = { SETTINGS_URL: urlOf(write("settings.json", JSON.stringify(ENRICHING))) };
    const start = (file: string) => runNode<Start>(moduleArgs(SOURCE, urlOf(file), ...args), env);
    const pairs: { readonly empty: Start; readonly transformer: Start }[] = [];
    while (pairs.length < starts) {
      pairs.push({ empty: await start(emptyHandler), transformer: await start(bundleFile()) });
    }
    const medianOf = (of: (pair: (typeof pairs)[number]) => Start): Start => ({
      ms: median(pairs.map((pair) => of(pair).ms)),
      cpuMs: median(pairs.map((pair) => of(pair).cpuMs)),
      invocationCpuMs: median(pairs.map((pair) => of(pair).invocationCpuMs)),
    });
    return {
      starts,
      transformer: medianOf(({ transformer }) => transformer),
      empty: medianOf(({ empty }) => empty),
      cpuRatio: median(pairs.map(({ transformer, empty }) => transformer.cpuMs / empty.cpuMs)),
      moreMs: median(pairs.map(({ transformer, empty }) => transformer.ms - empty.ms)),
    };
  });
}

/** The handler goes by the clock, and refuses what is old. */
function recent(data: string): string {
  const log = JSON.parse(Buffer.from(data, "base64").toString("utf8")) as object;
  const more = { requestTimeEpoch: String(Date.now()) };
  return Buffer.from(JSON.stringify({ ...log, ...more })).toString("base64");
}
