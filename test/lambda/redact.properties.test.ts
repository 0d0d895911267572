/** What holds of the redaction for any records and any rules. */
import { createHmac } from "node:crypto";
import * as fc from "fast-check";
import { type AccessLog, REQUIRED_KEYS } from "../../lambda/transformer/access-log";
import { isDedupeId } from "../../lambda/transformer/call";
import { MARK_VALUE } from "../../lambda/transformer/access-log";
import { MASK } from "../../lambda/secrets/placeholders";
import { createRedaction } from "../../lambda/transformer/redact";
import { reportOf } from "../../lambda/transformer/report";
import type { RedactionSettings, TransformerSettings } from "../../lambda/transformer/settings";
import { accessLog, base64, eventOf, HASH_KEY, NOW, outcomeFor, settings, textOf } from "./support";

type Log = Record<string, unknown>;

const OPTIONAL = [
  "ip",
  "user",
  "companyId",
  "apiKeyId",
  "principalId",
  "caller",
  "stage",
  "orgId",
  "note",
  "sessionToken",
  "__proto__",
];
const REMOVABLE = ["resourcePath", "requestHostHeader", "requestUserAgentHeader", "requestId"];
const HASHABLE = [...OPTIONAL, ...REMOVABLE].filter((name) => name !== "__proto__");
const JWT = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJqYW5lIn0.c2ln";

/** Pieces of which values are made, so that rules find something, and nearly find something. */
const piece = fc.oneof(
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 4 }) },
  fc.constantFrom(
    MASK,
    "[card]",
    "[",
    "redacted",
    "-",
    "a",
    "aa",
    "b",
    "jane",
    "acct_1",
    "4111111111111111",
    "x=",
    " ",
  ),
  fc.constantFrom("hmac:", "hmac:abcdefghijklmnopqrstuv", "abcdefghijklmnopqrstuv"),
  fc.constantFrom("Bearer ", "bearer+", "BASIC ", "amFuZTpz", JWT, "eyJ", ".", "jane@example.com", "%40", "\uFDD0"),
  fc.constantFrom(
    "/",
    "?",
    "&",
    "=",
    "users",
    "/users/",
    "token=",
    "%2F",
    "203.0.113.7",
    "2001:db8::1",
    "::ffff:1.2.3.4",
  ),
);
const text = fc.oneof(
  { weight: 6, arbitrary: fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join("")) },
  fc.constantFrom("203.0.113.7", "2001:db8:1:2::3", "::ffff:203.0.113.7", MASK),
  fc.nat(9000).map((length) => "ab".repeat(length / 2)),
);
const value: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: text },
  fc.constantFrom<unknown>(4111111111111111, 0, null, true),
  fc.dictionary(fc.constantFrom("apiKey", "user", "stage", "deep", "__proto__"), fc.oneof(text, fc.array(text)), {
    maxKeys: 3,
  }),
);
const log = fc
  .tuple(
    fc.dictionary(fc.constantFrom(...OPTIONAL, "metadata", "apiKey"), value, { maxKeys: 6 }),
    fc.dictionary(fc.constantFrom(...REQUIRED_KEYS), text, { maxKeys: 4 }),
  )
  .map(([optional, required]) =>
    Object.fromEntries([...Object.entries(optional), ...Object.entries({ ...accessLog(), ...required })]),
  );

const key = fc.constantFrom(...OPTIONAL, "metadata");
const keys = fc.uniqueArray(key, { maxLength: 5 });
const mask = fc.record(
  {
    pattern: fc.constantFrom(
      "\\d{13,16}",
      "acct_[a-z0-9]+",
      "jane",
      "[a-z]+",
      ".",
      ".+",
      "^a",
      "a$",
      "^.",
      "[^b]b",
      "\\bjane\\b",
      "[\\]\\[]",
      "x=.+",
    ),
    fields: fc.uniqueArray(fc.oneof(key, fc.constantFrom(...REQUIRED_KEYS)), { minLength: 1, maxLength: 4 }),
    replacement: fc.constantFrom("[card]", "[x]", MASK),
  },
  { requiredKeys: ["pattern"] },
);
const redaction: fc.Arbitrary<RedactionSettings> = fc.record(
  {
    fields: fc.oneof(
      keys.map((keep) => ({ keep })),
      fc.uniqueArray(fc.oneof(key, fc.constantFrom(...REMOVABLE))).map((remove) => ({ remove })),
    ),
    mask: fc.array(mask, { maxLength: 3 }),
    ip: fc.constantFrom("keep" as const, "truncate" as const),
    hash: fc.uniqueArray(fc.constantFrom(...HASHABLE), { maxLength: 4 }),
    path: fc.record(
      {
        emails: fc.constantFrom("mask" as const, "keep" as const),
        segmentsAfter: fc.constantFrom(["users"], ["users", "jane"]),
        queryParameters: fc.constantFrom(["token"], ["*"]),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);
const order = fc.option(
  fc.uniqueArray(
    fc.constantFrom(
      ...OPTIONAL,
      "ip",
      "requestUserAgentHeader",
      "metadata",
      "metadata.orgId",
      "metadata.note",
      "note.deep",
    ),
  ),
  { nil: undefined },
);
const anySettings: fc.Arbitrary<TransformerSettings> = fc
  .record({ user: order, company: order, redaction, costCentre: text })
  .map(({ user, company, redaction: rules, costCentre }) => ({
    ...settings,
    identity: { user, company },
    metadata: { ...settings.metadata, costCentre },
    redaction: rules,
  }));

/** The text that is delivered, and the log line. */
function transformed(one: unknown, of: TransformerSettings): { delivered: string; logged: string } {
  const data = base64(typeof one === "string" ? one : JSON.stringify(one));
  const outcome = outcomeFor(data, of);
  if (outcome.result !== "Ok") throw new Error(outcome.reason);
  return { delivered: textOf(outcome.data), logged: JSON.stringify(reportOf(eventOf([data]), [outcome], NOW, 1)) };
}

/** What is delivered, but for what is the transformer's own: the mark, and the id that it has made. */
function theirs(delivered: string): Log {
  const { requestId, metadata = {}, ...log } = JSON.parse(delivered) as Log;
  expect(isDedupeId(requestId)).toBe(true);
  const { transformer, ...rest } = metadata as Log;
  expect(transformer).toBe(MARK_VALUE);
  return { ...log, metadata: rest };
}

/** Every text in a value, however deep. */
function textsOf(held: unknown): string[] {
  if (typeof held === "string") return [held];
  if (typeof held === "number") return [String(held)];
  return typeof held === "object" && held !== null ? Object.values(held).flatMap(textsOf) : [];
}

const MARK = /\[redacted\]|\[card\]|\[x\]/;
const HASH = /hmac:[\w-]{22}/;
const MARK_OR_HASH = new RegExp(`${MARK.source}|${HASH.source}`);

/** Where a hash may stand: in a key that is hashed, in those that identities are copied to, and in metadata. */
function mayHoldHash(name: string, { hash = [] }: RedactionSettings): boolean {
  return hash.length > 0 && [...hash, "user", "companyId", "sessionToken", "metadata"].includes(name);
}

/** A record whose every value is like no other, but for the copies that a format may make. */
const canaries = fc.record({ copied: key, metadata: fc.uniqueArray(key) }).map(({ copied, metadata }) => {
  const canary = (name: string) => `canary of ${name}.`;
  const own = Object.fromEntries(OPTIONAL.filter((name) => name !== "__proto__").map((name) => [name, canary(name)]));
  return {
    canary,
    record: {
      ...accessLog(Object.fromEntries(REMOVABLE.map((name) => [name, canary(name)]))),
      ...own,
      ...(copied !== "metadata" && copied !== "__proto__" && { user: canary(copied), companyId: canary(copied) }),
      metadata: { free: canary("metadata"), ...Object.fromEntries(metadata.map((name) => [name, canary(name)])) },
      apiKey: canary("apiKey"),
    },
  };
});

describe("for any records and rules, the redaction", () => {
  it("lets no value of a removed key leave, by whichever way", () => {
    fc.assert(
      fc.property(canaries, anySettings, ({ record, canary }, { redaction: rules, ...of }) => {
        const fields = rules?.fields ?? { remove: [] };
        const { delivered, logged } = transformed(record, { ...of, redaction: { fields } });
        const inMetadata = Object.keys(record.metadata);
        const gone = fields.keep
          ? OPTIONAL.filter((name) => !fields.keep.includes(name) && (name === "stage" || !inMetadata.includes(name)))
          : fields.remove;
        for (const name of [...gone, "apiKey"]) {
          expect(delivered).not.toContain(canary(name));
          expect(logged).not.toContain(canary(name));
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("lets no value of a hashed key leave, by whichever way", () => {
    fc.assert(
      fc.property(canaries, anySettings, ({ record, canary }, { redaction: rules, ...of }) => {
        const { fields, hash = [] } = rules ?? {};
        const { delivered, logged } = transformed(record, { ...of, redaction: { hash, ...(fields && { fields }) } });
        for (const name of hash) {
          expect(delivered).not.toContain(canary(name));
          expect(logged).not.toContain(canary(name));
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("gives equal values equal hashes, whichever keys hold them, and hashes nothing twice", () => {
    const some = fc.string({ unit: "binary" }).map((end) => `jane ${end}`);
    fc.assert(
      fc.property(some, redaction, fc.uniqueArray(fc.constantFrom(...HASHABLE), { minLength: 1 }), (held, of, hash) => {
        // A user of which a mark alone is left would be none.
        const masks = of.mask?.filter(({ pattern }) => !pattern.startsWith(".")) ?? [];
        const { record } = createRedaction(
          { mask: masks, path: of.path, hash, allow: ["sessionToken"] },
          { hashKey: HASH_KEY },
        );
        // A format may write what is hashed into a key that is not.
        const keys = hash.includes("user") ? hash : ["user", ...hash];
        const one: AccessLog = Object.fromEntries(keys.map((name) => [name, held]));
        one.metadata = Object.fromEntries(hash.map((name) => [name, held]));
        expect(record(one)).toBe(true);
        const expected = `hmac:${createHmac("sha256", HASH_KEY).update(held).digest("base64url").slice(0, 22)}`;
        expect(new Set([...keys.map((name) => one[name]), ...Object.values(one.metadata!)])).toEqual(
          new Set([expected]),
        );
        expect(record(one)).toBe(false);
      }),
    );
  });

  it("leaves nothing that a mask finds", () => {
    const patterns = ["\\d{13,16}", "acct_[a-z0-9]+", "jane", ".+", "[^b]b", "x=.+"];
    fc.assert(
      fc.property(log, anySettings, fc.constantFrom(...patterns), fc.boolean(), (one, of, pattern, everywhere) => {
        const fields = everywhere ? undefined : ["user", "note", "metadata", "resourcePath"];
        const own = { pattern, ...(fields && { fields }) };
        const rules = { ...of.redaction, mask: [...(of.redaction?.mask ?? []), own] };
        const left = theirs(transformed(one, { ...of, redaction: rules }).delivered);
        for (const name of fields ?? Object.keys(left)) {
          for (const held of textsOf(left[name])) {
            for (const part of held.split(mayHoldHash(name, rules) ? MARK_OR_HASH : MARK)) {
              // In a key that is hashed, what is absent stays.
              if (part !== "-") expect(part).not.toMatch(new RegExp(pattern, "u"));
            }
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("leaves no secret by its nature, whatever the settings", () => {
    fc.assert(
      fc.property(log, anySettings, (one, of) => {
        const left = JSON.parse(transformed(one, of).delivered) as Log;
        expect(JSON.stringify(left)).not.toMatch(/"apiKey":(?!true|false|null)/);
        for (const held of Object.values(left).flatMap(textsOf)) {
          expect(held).not.toMatch(/eyJ[\w-]+\./);
          // No token has a colon: what looks like a hash is none.
          expect(held).not.toMatch(/\b(?:Bearer|bearer)[ +]+(?!bearer|basic|hmac:|token\W*$)\w/i);
        }
        if (of.redaction?.path?.emails !== "keep") expect(left.resourcePath).not.toContain("jane@example.com");
      }),
      { numRuns: 1000 },
    );
  });

  it("finds what is a secret by its nature behind escapes, too", () => {
    const escaped = JSON.stringify(accessLog({ note: `id ${JWT}`, apiKey: "k" }))
      .replaceAll("eyJ", "\\u0065\\u0079J")
      .replace('"apiKey"', '"api\\u004bey"');
    const { delivered } = transformed(escaped, settings);
    expect(JSON.parse(delivered)).toMatchObject({ note: `id ${MASK}` });
    expect(delivered).not.toMatch(/apiKey|u004b/);
  });

  it("makes the same bytes of what it has made, and keeps every required key", () => {
    fc.assert(
      fc.property(log, anySettings, (one, of) => {
        const once = transformed(one, of).delivered;
        expect(transformed(once, of).delivered).toBe(once);
        expect(Object.keys(JSON.parse(once) as Log)).toEqual(expect.arrayContaining([...REQUIRED_KEYS]));
      }),
      { numRuns: 1500 },
    );
  });

  it("leaves only networks of addresses that are to be truncated", () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), text), (ip) => {
        const { ip: left } = JSON.parse(
          transformed(accessLog({ ip }), { ...settings, redaction: { ip: "truncate" } }).delivered,
        ) as Log;
        expect(
          left === undefined ||
            /^(?:\d+\.\d+\.\d+\.0|::|(?:[0-9a-f]+:){1,3}:|::ffff:\d+\.\d+\.\d+\.0)$/.test(left as string),
        ).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
