/** What the tests of the local run share: events, logs, clocks, temporary directories. The stacks are in `stacks.ts`. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { strToU8, zipSync } from "fflate";
import type { Clock } from "../../local/clock";
import { clfOf } from "../../local/sample-times";
import type { StreamRecord } from "../../local/stream-record";

/** A directory that is removed after the tests of the file. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "local-test-"));
  directories.push(directory);
  return directory;
}

const directories: string[] = [];
afterAll(() => directories.forEach((directory) => rmSync(directory, { recursive: true, force: true })));

/** Writes a zip with one module. */
export function writeZip(file: string, source: string, name = "index.mjs"): void {
  writeFileSync(file, zipSync({ [name]: strToU8(source) }));
}

type Json = Record<string, unknown>;

/** When these tests run: one second for all of a file, since tests compare one event with another. */
const REQUEST_TIME = clfOf(Date.now());

/** An access-log event of now, with the keys that Moesif requires. */
export function logEvent(index: number, change: Json = {}): Json {
  return {
    apiId: "a1b2c3d4e5",
    requestId: `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
    requestTime: REQUEST_TIME,
    protocol: "HTTP/1.1",
    httpMethod: "GET",
    resourcePath: "/items",
    requestHostHeader: "a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com",
    requestUserAgentHeader: "curl",
    status: "200",
    responseLength: "17",
    durationMs: "12",
    ...change,
  };
}

/** An object in Moesif's event model; its parts can be changed. */
export function moesifEvent(change: { request?: Json; response?: Json | undefined } & Json = {}): Json {
  const { request, response, ...more } = { response: {}, ...change };
  const time = "2026-11-17T10:05:03.000Z";
  return {
    request: { time, uri: "https://example.com/items?a=1", verb: "GET", headers: { Host: "example.com" }, ...request },
    ...(response && { response: { time, status: 200, headers: {}, ...response } }),
    ...more,
  };
}

/** Writes events as newline-delimited JSON and returns the file. */
export function writeLog(events: readonly Json[]): string {
  const file = join(temporaryDirectory(), "log.ndjson");
  writeFileSync(file, events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  return file;
}

/** A record of the stream. */
export function record(id: string, data = id, arrival = 1000): StreamRecord {
  return { id, arrival, data: Buffer.from(data), size: Buffer.byteLength(data) };
}

/** A clock that moves only when it is told to. */
export class ManualClock implements Clock {
  time = 0;
  #timers: { at: number; action: () => void }[] = [];

  now(): number {
    return this.time;
  }

  after(seconds: number, action: () => void): () => void {
    const timer = { at: this.time + seconds * 1000, action };
    this.#timers.push(timer);
    return () => (this.#timers = this.#timers.filter((other) => other !== timer));
  }

  advance(seconds: number): void {
    this.time += seconds * 1000;
    const due = this.#timers.filter(({ at }) => at <= this.time);
    this.#timers = this.#timers.filter(({ at }) => at > this.time);
    for (const { action } of due) action();
  }
}

/** A clock on which every wait is over at once; it remembers how long each was. */
export class InstantClock implements Clock {
  time = 0;
  readonly waits: number[] = [];

  now(): number {
    return this.time;
  }

  after(seconds: number, action: () => void): () => void {
    this.waits.push(seconds);
    const timer = setImmediate(() => {
      this.time += seconds * 1000;
      action();
    });
    return () => clearImmediate(timer);
  }
}

/** The objects under a directory: key and text, decompressed. */
export function objectsIn(directory: string): { key: string; text: string }[] {
  const walk = (path: string): string[] =>
    readdirSync(join(directory, path)).flatMap((name) => {
      const inner = path === "" ? name : `${path}/${name}`;
      return statSync(join(directory, inner)).isDirectory() ? walk(inner) : [inner];
    });
  return walk("").map((key) => {
    const bytes = readFileSync(join(directory, key));
    return { key, text: (key.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString() };
  });
}
