/** The tables of docs/privacy.md are true, row by row: what is masked by default, and which rules an event has. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PLURAL_NAMES, RANDOM_NAMES, SECRET_NAMES, SIGNATURE_NAMES, WHOLE_NAMES } from "../../lambda/secrets/names";
import { SERVICE_TOKENS } from "../../lambda/secrets/service-tokens";
import { SHAPES } from "../../lambda/secrets/shapes";
import type { RedactionSettings } from "../../lambda/transformer/settings";
import { createTransformer } from "../../lambda/transformer/transform";
import { accessLog, base64, HASH_KEY, NOW, outcomeFor, settings, textOf } from "./support";

const page = readFileSync(join(__dirname, "..", "..", "docs", "privacy.md"), "utf8");

/** The rows of a table, without its head. */
function rowsOf(table: string): string[][] {
  const [, text = ""] = new RegExp(`<!-- ${table}: .*?-->(.*?)<!-- end of ${table} -->`, "s").exec(page) ?? [];
  const rows = text.trim().split("\n").slice(2);
  return rows.map((row) => row.split("|").map((cell) => cell.trim().replace(/^`(.*)`$/, "$1")));
}

const NAMES: Readonly<Record<string, string>> = {
  ...SECRET_NAMES,
  "plural names": PLURAL_NAMES,
  "the whole name": WHOLE_NAMES,
  "signatures, as query parameters or if the value looks random": SIGNATURE_NAMES,
  "the whole name, if the value looks random": RANDOM_NAMES,
};
const SECRET = "Zx81nP4f1c0a9be2d84c17";

const names = rowsOf("names");
const tokens = rowsOf("tokens");
const rows = rowsOf("defaults");
const fields = rowsOf("events");

/** What is delivered under a key of an access log. */
function leaves(
  key: string,
  value: string,
  redaction?: RedactionSettings,
  output: "accessLog" | "event" = "accessLog",
) {
  const outcome = outcomeFor(base64(JSON.stringify(accessLog({ [key]: value }))), { ...settings, redaction, output });
  if (outcome.result !== "Ok") throw new Error(outcome.reason);
  const text = textOf(outcome.data);
  return { text, value: (JSON.parse(text) as Record<string, unknown>)[key] };
}

test.each(rows.map(([, what, key, before, after, leave]) => [what!, key!, before!, after!, leave!]))(
  "%s in %s: %s",
  (_, key, before, after, leave) => {
    expect(leaves(key, before).value).toBe(after === "removed" ? undefined : after);
    if (before !== after) {
      expect(leaves(key, before, undefined, "event").text).not.toContain(JSON.stringify(before).slice(1, -1));
      const [, emails] = /^path.emails: (keep)$/.exec(leave) ?? [];
      const [, allow] = /^allow: \["?(.*?)"?\]$/.exec(leave) ?? [];
      const redaction = emails ? { path: { emails: "keep" as const } } : { allow: [allow!] };
      expect(leaves(key, before, redaction).value).toBe(before);
    }
  },
);

test.each(names.map(([, what, list]) => [what!, list!.replaceAll("`", "")]))(
  "%s: none of %s leaves, as a key, in a query, a header or in JSON",
  (what, list) => {
    expect(list).toBe(NAMES[what]);
    for (const name of list.split(" ")) {
      expect(leaves(name, SECRET).value).toBeUndefined();
      for (const text of [`/a?${name}=${SECRET}`, `{"${name.toUpperCase()}": "${SECRET}"}`, `(${name}:${SECRET})`]) {
        for (const output of ["accessLog", "event"] as const) {
          expect(leaves("note", text, undefined, output).text).not.toContain(SECRET);
        }
        expect(leaves("note", text, { allow: [name, "authorization-scheme"] }).value).toBe(text);
      }
    }
  },
);

test("the names are those of the transformer, and each shape has a row", () => {
  expect(names).toHaveLength(Object.keys(NAMES).length);
  const allowed = rows.map(([, , , , , leave]) => /^allow: \[(.*)\]$/.exec(leave!)?.[1]);
  expect(allowed).toEqual(expect.arrayContaining(SHAPES.map(({ name }) => name)));
});

test("the services are those of the transformer, and what their tokens begin with", () => {
  const listed = tokens.map(([, service, prefixes]) => [service, prefixes!.replaceAll("`", "")]);
  expect(listed).toEqual(
    SERVICE_TOKENS.map(({ service, prefixes, marks }) => [service, (marks ? ["(its form)"] : prefixes).join(" ")]),
  );
});

test("the table has a row for each kind", () => {
  expect(rows.length).toBeGreaterThanOrEqual(10);
  expect(fields.length).toBeGreaterThanOrEqual(14);
});

const EVENT = {
  request: {
    time: "2026-11-17T10:05:03.000Z",
    uri: "https://canary.example.com/canary?a=canary",
    verb: "canary",
    ip_address: "canary",
    headers: { Host: "canary", "User-Agent": "canary", "X-Forwarded-For": "canary", "Content-Type": "canary" },
    body: "canary",
  },
  response: { time: "2026-11-17T10:05:03.038Z", status: 200, headers: {}, body: "canary" },
  user_id: "canary",
  company_id: "canary",
  session_token: "canary",
  tags: "canary",
};

/** The fields of an event that hold a canary, as the page calls them. */
function canariesIn(held: unknown, name = ""): string[] {
  if (typeof held === "object" && held !== null) {
    return Object.entries(held).flatMap(([key, value]) => canariesIn(value, name === "" ? key : `${name}.${key}`));
  }
  if (name === "request.uri") {
    const { hostname, pathname, search } = new URL(String(held));
    const parts = { "request.uri`, the host": hostname, "request.uri`, path and query": pathname + search };
    return Object.entries(parts).flatMap(([part, text]) => (text.includes("canary") ? [part] : []));
  }
  return held === "canary" ? [name] : [];
}

test.each([...new Set(fields.map(([, , key]) => key!))])("of an event, the rules of %s are about its fields", (key) => {
  const mask = [{ pattern: "canary", fields: [key], replacement: "[x]" }];
  const outcome = outcomeFor(base64(JSON.stringify(EVENT)), {
    ...settings,
    output: "event",
    redaction: { mask, allow: ["sessionToken"] },
  });
  if (outcome.result !== "Ok") throw new Error(outcome.reason);
  const masked = fields.filter(([, , other]) => other === key).map(([, field]) => field!.replace(/^`/, ""));
  const text = textOf(outcome.data).replace("https://[x].example", "https://x.example");
  const left = canariesIn(JSON.parse(text));
  expect(left.sort()).toEqual(
    canariesIn(EVENT)
      .filter((field) => !masked.includes(field))
      .sort(),
  );
});

test.each([
  ["missing", undefined, {}],
  ["removed", "203.0.113.7", { fields: { remove: ["ip"] } }],
  ["no address", "unknown", { ip: "truncate" }],
] as const)("if ip is %s, nothing is sent in its place", (_, ip, redaction) => {
  expect(page.replaceAll(/\s+/g, " ")).toContain(
    "If `ip` is missing, removed or no address, the transformer sends nothing in its place",
  );
  const record = accessLog({ ip, forwardedFor: "-" });
  for (const output of ["accessLog", "event"] as const) {
    const outcome = outcomeFor(base64(JSON.stringify(record)), { ...settings, redaction, output });
    if (outcome.result !== "Ok") throw new Error(outcome.reason);
    const sent = JSON.parse(textOf(outcome.data)) as { request?: object };
    expect(sent.request ?? sent).not.toHaveProperty(output === "event" ? "ip_address" : "ip");
    expect(JSON.stringify(sent)).not.toMatch(/203\.0\.113|unknown"/);
  }
});

test("the value of a header field is removed, also at the top of a record", () => {
  for (const name of ["name", "key", "header", "field"]) {
    const record = accessLog({ [name]: "X-Api-Key", value: SECRET });
    for (const output of ["accessLog", "event"] as const) {
      // Twice, by a transformer that has learnt the format from the first.
      const data = base64(JSON.stringify(record));
      for (const outcome of createTransformer({ ...settings, output }, { hashKey: HASH_KEY })([data, data], NOW)) {
        expect(outcome.result).toBe("Ok");
        expect(JSON.stringify(outcome.result === "Ok" && textOf(outcome.data))).not.toContain(SECRET);
      }
    }
  }
});
