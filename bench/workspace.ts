/** Files that the measured processes read: settings, events, and a handler that does nothing. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** The least that a function can be. */
const EMPTY_HANDLER = `export const handler = async ({ records }) => ({
  records: records.map(({ recordId, data }) => ({ recordId, result: "Ok", data })),
});
`;

/** The files of a measurement. */
export interface Workspace {
  readonly emptyHandler: string;
  /** Writes a file and returns its path. */
  readonly write: (name: string, content: string) => string;
}

/** Lends a folder, which is removed at the end. */
export async function withWorkspace<T>(use: (workspace: Workspace) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const write = (name: string, content: string): string => {
    const file = join(folder, name);
    writeFileSync(file, content);
    return file;
  };
  try {
    return await use({ emptyHandler: write("empty.mjs", EMPTY_HANDLER), write });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What Firehose invokes the function with. */
export function invocationOf(datas: readonly string[]): string {
  const records = datas.map((data, index) => ({
    recordId: String(index).padStart(56, "0"),
    approximateArrivalTimestamp: 0,
    data,
  }));
  const stream = "arn:aws:firehose:us-east-1:111111111111:deliverystream/amazon-apigateway-bench";
  return JSON.stringify({ invocationId: "bench", deliveryStreamArn: stream, region: "us-east-1", records });
}

/** A file's address. */
export function urlOf(file: string): string {
  return pathToFileURL(file).href;
}
