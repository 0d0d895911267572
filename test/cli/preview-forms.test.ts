/**
 * `preview` reads what AWS prints and keeps, as people paste it. The forms are those of the AWS CLI's source
 * (awscli/customizations/logs/tail.py), of the API reference, and of files that the console exports.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { file, previewEach, type Run } from "./support";

const FIXTURES = join(__dirname, "fixtures");
const SETTINGS = file('{"version":1,"accountId":"111111111111","region":"us-east-1","sampling":{"remote":false}}');

interface Previewed {
  readonly code: number;
  /** The line, result and path or reason of each record. */
  readonly records: readonly string[];
  readonly unread: readonly string[];
  readonly message: string;
}

function previewed({ code, stdout, stderr }: Run): Previewed {
  const objects = stdout
    .trim()
    .split("\n")
    .map((line): any => JSON.parse(line));
  const { unread } = objects.pop();
  const records = objects.map(({ line, result, reason, delivered }) =>
    [line, result, reason ?? delivered.map((one: any) => one.resourcePath).join()].join(" "),
  );
  const parts = unread.parts.map(({ line, reason }: any) => `${line} ${reason}`);
  return { code, records, unread: parts, message: stderr.replace(/^Settings: .*\n/, "") };
}

/** The lines on which the two calls of each file begin. */
const CALLS: Readonly<Record<string, readonly [number, number]>> = {
  "array.json": [2, 18],
  "backup-bucket.gz": [1, 2],
  "events-text.txt": [1, 2],
  "export-to-s3.gz": [1, 2],
  "filter-log-events.json": [3, 10],
  "function-event.json": [6, 11],
  "get-log-events.json": [4, 9],
  "get-query-results.json": [4, 18],
  "insights.csv": [2, 4],
  "insights.json": [2, 21],
  "lines.ndjson": [1, 2],
  "log-events-viewer-result.csv": [2, 3],
  "messages-text.txt": [1, 1],
  "messages.jq": [1, 2],
  "messages.json": [2, 3],
  "powershell.ndjson": [1, 2],
  "pretty.json": [1, 17],
  "put-record-batch.json": [4, 7],
  "run-together.json": [1, 1],
  "tail-colour.txt": [1, 2],
  "tail-detailed.txt": [1, 2],
  "tail-json.txt": [2, 19],
  "tail-short.txt": [1, 2],
  "windows.ndjson": [1, 3],
};

const NO_MESSAGE = "no @message: add it to the fields of the query";

/** The others: envelopes, whose calls are one record, and what cannot be read, or not as a call. */
const OTHERS: Readonly<Record<string, Omit<Previewed, "message">>> = {
  "clf.txt": { code: 0, records: ["1 ProcessingFailed not-json", "2 Ok /v1/orders/42"], unread: [] },
  "damaged.txt": {
    code: 0,
    records: ["1 ProcessingFailed not-json", "3 Ok /v1/orders/42", "4 ProcessingFailed not-json", "5 Ok /v1/orders"],
    unread: [],
  },
  "envelope.gz": { code: 0, records: ["1 Ok /v1/orders/42,/v1/orders"], unread: [] },
  "envelope.json": { code: 0, records: ["1 Ok /v1/orders/42,/v1/orders"], unread: [] },
  "subscription-event.json": { code: 0, records: ["1 Ok /v1/orders/42,/v1/orders"], unread: [] },
  "unread.csv": { code: 2, records: [], unread: [`2 ${NO_MESSAGE}`] },
  "unread.json": { code: 2, records: ["6 Ok /v1/orders/42"], unread: ["3 the data of the record is no text"] },
};

const names = readdirSync(FIXTURES).sort();
let results: Record<string, Previewed>;
beforeAll(async () => {
  const runs = await previewEach(names.map((name) => [join(FIXTURES, name), "--json", "--settings", SETTINGS]));
  results = Object.fromEntries(names.map((name, index) => [name, previewed(runs[index]!)]));
});

it.each(Object.entries(CALLS))("finds the calls of %s", (name, [first, second]) => {
  const records = [`${first} Ok /v1/orders/42`, `${second} Ok /v1/orders`];
  expect(results[name]).toEqual({ code: 0, records, unread: [], message: "" });
});

it.each(Object.entries(OTHERS))("says what it finds in %s", (name, expected) => {
  expect(results[name]).toMatchObject(expected);
});

it("names the first part that it cannot read, and ends with 2", () => {
  const start = "FILE: 1 part holds no record, the first on line";
  expect(results["unread.csv"]?.message).toBe(`${start} 2: ${NO_MESSAGE}  [no-record]\n`);
});

it("is tried on every file", () => {
  expect([...Object.keys(CALLS), ...Object.keys(OTHERS)].sort()).toEqual(names);
});
