/** Every id of an issue has an example with the whole message: a file of `bad/`, a format of `access-log-format/repair/`, or a test named here. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(__dirname, "..", "..");
const bad = join(__dirname, "bad");

/** Of constructs alone, or of what no file in `bad/` can be: the test, and what it holds of the message. */
const ELSEWHERE: Readonly<Record<string, readonly [file: string, message: string]>> = {
  "unreadable-file": ["test/rollout/read-rollout.test.ts", "the file cannot be read: ENOENT"],
  "reserved-name": ["test/access-log-format/websocket-format.test.ts", "the format sets"],
  literal: ["test/pipeline/tokens.test.ts", "expected a literal"],
  "literal-secret": ["test/pipeline/application-id.test.ts", "createSecret.value: a literal"],
};

function textsOf(folder: string, extension: string): string[] {
  const names = readdirSync(folder, { recursive: true }).map(String);
  return names.filter((name) => name.endsWith(extension)).map((name) => readFileSync(join(folder, name), "utf8"));
}

const sources = ["access-log-format", "rollout", "settings"].flatMap((room) =>
  textsOf(join(ROOT, "modules", room), ".ts"),
);
const ids = new Set(
  sources.flatMap((text) => [...text.matchAll(/(?<!meta\(\{ )\bid: "([a-z0-9-]+)"/g)].map(([, id]) => id!)),
);
/** Formats, each with its issues. */
const formats = textsOf(join(ROOT, "test", "access-log-format", "repair"), ".json").join("\n");
const shown = new Set(
  [
    ...textsOf(bad, ".txt").flatMap((text) => [...text.matchAll(/ {2}\[([a-z0-9-]+)\]$/gm)]),
    ...formats.matchAll(/"id": "([a-z0-9-]+)"/g),
  ].map(([, id]) => id!),
);

test("there are ids", () => expect(ids.size).toBeGreaterThan(40));

test("each has a file with its message, or a test elsewhere", () => {
  const missing = [...ids].filter((id) => !shown.has(id) && ELSEWHERE[id] === undefined);
  expect(missing).toEqual([]);
});

test.each(Object.entries(ELSEWHERE))("%s has its message elsewhere", (id, [file, message]) => {
  expect(ids).toContain(id);
  expect(readFileSync(join(ROOT, file), "utf8")).toContain(message);
});
