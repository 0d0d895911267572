/** The page of a run: what Moesif would show of what its stand-in acknowledged. */
import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { packageRoot } from "../common/package-root";
import { type End, previewPage } from "../pages/preview-page";
import { Traffic } from "../pages/traffic";
import type { RunResult } from "./account";
import type { LogEvent } from "./events";
import { cannotWrite, PAGE } from "./workspace";

type Delivered = Parameters<Traffic["add"]>[0];

/** Gathers what the page shows. */
export class RunPage {
  readonly #traffic = new Traffic();

  private constructor(private readonly read: (event: LogEvent) => Delivered) {}

  /** As the built transformer reads what it delivers. */
  static async load(): Promise<RunPage> {
    const bundle = join(packageRoot(), "dist", "lambda", "transformer", "index.mjs");
    const { readDelivered } = (await import(pathToFileURL(bundle).href)) as { readonly readDelivered: RunPage["read"] };
    return new RunPage(readDelivered);
  }

  readonly add = (event: LogEvent): void => this.#traffic.add(this.read(event));

  /**
   * Writes the page into the directory of the run, and returns its path.
   *
   * @param input the log that was sent
   * @param stack its name
   * @throws UsageError if it cannot be written
   */
  write(out: string, input: string, stack: string, result: RunResult): string {
    const path = join(out, PAGE);
    const text = previewPage({
      name: input === "-" ? "standard input" : basename(input),
      notes: [`A local run of ${stack}, delivered to a stand-in for Moesif.`],
      totals: endsOf(result),
      unread: { count: 0, parts: [] },
      rules: [],
      traffic: this.#traffic.summary(),
    });
    try {
      writeFileSync(path, text);
    } catch (error) {
      throw cannotWrite(out, error);
    }
    return path;
  }
}

/** What came to an end, by the reasons of the transformer, and of Firehose for what Moesif did not take. */
function endsOf({ events, droppedByReason, failedByReason, linesTooLong, failures }: RunResult): End[] {
  // What was put back came again; a control message holds no event.
  const { "put-back": _, "control-message": __, ...dropped } = droppedByReason;
  const inTransformer = Object.values(failedByReason).reduce((sum, count) => sum + count, 0);
  const undelivered = events.failed - inTransformer - linesTooLong.length;
  const codes = Object.keys(failures).filter((code) => undelivered > 0 && code !== "Lambda.ProcessingFailedStatus");
  const ends = (result: End["result"], counts: Readonly<Record<string, number>>): End[] =>
    Object.entries(counts).map(([reason, events]) => ({ result, reason, events }));
  return [
    { result: "Ok", events: events.delivered },
    ...ends("Dropped", dropped),
    ...ends("ProcessingFailed", {
      ...failedByReason,
      ...(undelivered > 0 && { [codes.join(", ")]: undelivered }),
      ...(linesTooLong.length > 0 && { "record-too-long": linesTooLong.length }),
    }),
  ];
}
