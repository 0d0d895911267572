/** Records as Firehose could hand them over: calls in all framings, and whatever else bytes can be. */
import { gzipSync } from "node:zlib";
import { asEvent, asHttpLog, NOW, restLog } from "./logs";
import type { Random } from "./random";
import { createPlanter, plantHeaders, type Secrets } from "./secrets";
import type { FuzzSettings } from "./settings";
import { anyObject, anyValue, type Json, unusualText } from "./values";

/** A made-up record. */
export interface Made {
  readonly kind: string;
  /** What Firehose would hand over: mostly base64. */
  readonly data: unknown;
  readonly secrets: Secrets;
  /** Whether its calls are written as their producers write them. */
  readonly wellFormed: boolean;
  /** How many calls were made, where a caller has written a hostile text into one; none of them is of {@link FORGED}. */
  readonly calls?: number;
}

/** Whom a hostile text names as the caller. */
export const FORGED = "forged-victim";

/** Makes a record. `earlier` are delivered ones, of any settings. */
export type MakeRecord = (random: Random, earlier: readonly string[]) => Made;

/** Makes the text of calls, with secrets. */
type MakeText = (random: Random, secrets: Secrets) => string;

/** Prepares the making of records for these settings. */
export function createMakeRecord({ settings }: FuzzSettings): MakeRecord {
  const plant = createPlanter(settings);

  function call(random: Random, secrets: Secrets): Json {
    const log = restLog(random);
    secrets.push(...plant(random, log));
    return random.weighted([
      [6, () => log],
      [3, () => asHttpLog(random, log)],
      [settings.output === "event" ? 4 : 1, () => withHeaders(random, asEvent(random, log), secrets)],
    ])();
  }

  const single: MakeText = (random, secrets) => JSON.stringify(call(random, secrets));
  const several = (random: Random, secrets: Secrets): string[] =>
    random.times(1 + random.below(4), () => single(random, secrets));

  const texts: readonly (readonly [number, string, MakeText])[] = [
    [40, "single", single],
    [3, "with white space", (random, secrets) => `\ufeff \r\n${pretty(call(random, secrets))}\n\n`],
    [5, "lines", (random, secrets) => several(random, secrets).join(random.pick(["\n", "\r\n", " ", "\n\n"]))],
    [5, "run together", (random, secrets) => several(random, secrets).join("")],
    [5, "array", (random, secrets) => `[${several(random, secrets).join(random.pick([",", " ,\n"]))}]`],
    [5, "keys twice", (random, secrets) => withKeyTwice(random, call(random, secrets), secrets)],
    [4, "escapes", (random, secrets) => escaped(random, single(random, secrets))],
    [5, "damaged values", (random, secrets) => damaged(random, plant, secrets)],
  ];

  function ofCalls(random: Random): Made {
    const [, kind, text] = random.weighted(texts.map((one) => [one[0], one] as const));
    const secrets: Secrets = [];
    const whole = text(random, secrets);
    const bytes = random.oneIn(12) ? gzipSync(whole) : Buffer.from(whole);
    return { kind, data: bytes.toString("base64"), secrets, wellFormed: true };
  }

  function envelope(random: Random): Made {
    const secrets: Secrets = [];
    const [, , text] = random.weighted(texts.map((one) => [one[0], one] as const));
    const messages = [...random.times(random.below(4), () => single(random, secrets)), text(random, secrets)];
    const logEvents = messages.map((message, index) => ({ id: String(index), timestamp: NOW, message }));
    const messageType = random.oneIn(15) ? "CONTROL_MESSAGE" : "DATA_MESSAGE";
    const head = { messageType, owner: "1", logGroup: "g", logStream: "s", subscriptionFilters: ["f"] };
    const json = JSON.stringify({ ...head, logEvents });
    return {
      kind: "envelope",
      data: (random.oneIn(4) ? Buffer.from(json) : gzipSync(json)).toString("base64"),
      secrets,
      wellFormed: true,
    };
  }

  /** A caller has written a hostile text into a value that was not escaped; in an envelope, others have made calls, too. */
  function hostile(random: Random): Made {
    const attacked = hostileLog(random);
    if (random.oneIn(2)) {
      const data = (random.oneIn(8) ? gzipSync(attacked) : Buffer.from(attacked)).toString("base64");
      return { ...unsound("hostile value", data), calls: 1 };
    }
    const messages = [
      attacked,
      ...random.times(random.below(3), () => random.pick(["plain text", "{", hostileLog(random)])),
    ];
    const logEvents = messages.map((message, index) => ({ id: String(index), timestamp: NOW, message }));
    const head = { messageType: "DATA_MESSAGE", owner: "1", logGroup: "g", logStream: "s", subscriptionFilters: ["f"] };
    const data = gzipSync(JSON.stringify({ ...head, logEvents })).toString("base64");
    return { ...unsound("envelope with hostile values", data), calls: messages.length };
  }

  /** Without secrets: a byte that is gone may make one something else. */
  function broken(random: Random): Made {
    const whole = random.oneIn(4) ? gzipSync(plainLines(random)) : Buffer.from(plainLines(random));
    const cut = random.oneIn(2);
    if (!cut)
      for (let flips = 1 + random.below(3); flips > 0; flips--)
        whole[random.below(whole.length)]! ^= 1 << random.below(8);
    const bytes = cut ? whole.subarray(0, random.below(whole.length)) : whole;
    return unsound(cut ? "cut short" : "bytes flipped", bytes.toString("base64"));
  }

  function again(random: Random, earlier: readonly string[]): Made {
    return earlier.length === 0 ? ofCalls(random) : unsound("transformed before", random.pick(earlier));
  }

  return (random, earlier) =>
    random.weighted<(random: Random, earlier: readonly string[]) => Made>([
      [640, ofCalls],
      [80, envelope],
      [80, hostile],
      [120, broken],
      [80, again],
      [75, other],
      [1, huge],
      [1, deep],
    ])(random, earlier);
}

function unsound(kind: string, data: unknown): Made {
  return { kind, data, secrets: [], wellFormed: false };
}

function plainLines(random: Random): string {
  const calls = random.times(1 + random.below(3), () => {
    const log = restLog(random);
    return random.pick([log, asHttpLog(random, log), asEvent(random, log)]);
  });
  return calls.map((one) => JSON.stringify(one)).join("\n");
}

/** What is no call at all. */
function other(random: Random): Made {
  const base64 = (text: string | Buffer) => Buffer.from(text as string).toString("base64");
  return random.pick([
    () => unsound("bytes", random.bytes(random.below(200)).toString("base64")),
    () => unsound("gzip of bytes", gzipSync(random.bytes(random.below(200))).toString("base64")),
    () => unsound("JSON", base64(JSON.stringify(anyValue(random)))),
    () => unsound("object", base64(JSON.stringify(anyObject(random)))),
    () => unsound("text", base64(unusualText(random))),
    () => unsound("no base64", unusualText(random)),
    () =>
      unsound("almost base64", random.digits(random.below(50), 36) + random.pick(["", "=", "==", "===", "\n", "-_"])),
    () => unsound("no text", random.pick<unknown>([null, undefined, 1, true, {}, [], ["e30="]])),
    () => unsound("white space", base64(random.pick(["", " ", "\r\n\t", "\ufeff", "[]", "[ ]"]))),
  ])();
}

/** Up to the most that Firehose takes, and beyond what Moesif does. */
function huge(random: Random): Made {
  const filler = random.pick(["x", "é", "\\", "[redacted]", "eyJ", "Bearer ", "a@b.", "/users", '"', "\u0000"]);
  const text = filler.repeat(Math.ceil((100_000 + random.below(950_000)) / filler.length));
  const log = { ...restLog(random), [random.pick(["note", "resourcePath", "requestUserAgentHeader", "user"])]: text };
  return unsound("huge", Buffer.from(JSON.stringify(log)).toString("base64"));
}

function deep(random: Random): Made {
  const depth = 1 + random.below(random.oneIn(3) ? 100_000 : 2000);
  const [open, close] = random.pick([
    ["[", "]"],
    ['{"a":', "}"],
  ]);
  const nested = open.repeat(depth) + (open === "[" ? "" : "1") + close.repeat(random.oneIn(5) ? depth - 1 : depth);
  const key = random.pick(["note", "metadata", "httpMethod"]);
  const text = random.oneIn(4) ? nested : `${JSON.stringify(restLog(random)).slice(0, -1)},"${key}":${nested}}`;
  return unsound("deep", Buffer.from(text).toString("base64"));
}

function withHeaders(random: Random, event: Json, secrets: Secrets): Json {
  if (random.oneIn(3)) plantHeaders(random, event, secrets);
  return event;
}

function pretty(value: unknown): string {
  return JSON.stringify(value, undefined, 2).replaceAll("\n", "\r\n");
}

/** The first of the two is not read, and must not be delivered. */
function withKeyTwice(random: Random, log: Json, secrets: Secrets): string {
  const key = random.pick(Object.keys(log));
  const first = `leak${random.digits(12)}`;
  secrets.push(first);
  return `{${JSON.stringify(key)}:"${first}",${JSON.stringify(log).slice(1)}`;
}

/** ASCII letters and digits written as escapes, keys with them. */
function escaped(random: Random, json: string): string {
  return json.replace(/(?<!\\|\\u[0-9a-f]{0,3})[a-zA-Z0-9@](?=[^"\\]*")/g, (character) =>
    random.oneIn(5) && !/[0-9]/.test(character)
      ? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`
      : character,
  );
}

/** A value of the default format as API Gateway may write it: without any escapes. */
function damaged(random: Random, plant: ReturnType<typeof createPlanter>, secrets: Secrets): string {
  const log = restLog(random);
  const keys = Object.keys(log).slice(0, 21);
  const agent = random.pick(['a "quoted" name', "C:\\Users\\", 'x"', "tab\there", '","status":"200']);
  secrets.push(...plant(random, log));
  const members = keys.map((key) => {
    const value = typeof log[key] === "string" ? log[key] : "-";
    const raw = key === "requestUserAgentHeader" ? `${agent} ${value}` : JSON.stringify(value).slice(1, -1);
    return `"${key}":"${raw}"`;
  });
  return `{${members.join()}}`;
}

/** The first format of REST APIs. */
const REST_KEYS = [
  ...["apiId", "requestId", "extendedRequestId", "requestTime", "protocol", "httpMethod", "resourcePath"],
  ...["requestHostHeader", "requestUserAgentHeader", "ip", "status", "responseLength", "durationMs", "caller", "user"],
  ...["principalId", "cognitoIdentityId", "userArn", "apiKeyId", "stage", "accountId"],
];

/** An access log in this format, with a hostile text in a value that a caller chooses. */
function hostileLog(random: Random): string {
  const log = restLog(random);
  // As Terraform's `jsonencode` writes it, too.
  const keys = random.oneIn(3) ? [...REST_KEYS].sort() : REST_KEYS;
  const written = (values: Json) => `{${keys.map((key) => `"${key}":"${String(values[key] ?? "-")}"`).join()}}`;
  const isSafe = (value: unknown) => typeof value === "string" && /^[\w ./:+=-]*$/.test(value);
  const safe = Object.fromEntries(keys.map((key) => [key, isSafe(log[key]) ? log[key] : "-"]));
  const forged = written({ ...safe, user: FORGED, requestId: "forged" });
  const member = () => `"${random.pick([...keys, "companyId", "metadata", "weight", "z", "tenantId"])}":"${FORGED}"`;
  const members = [...random.times(1 + random.below(3), member), ...random.pick([[], ['"y":-'], ['"y":""b""']])].join();
  const head = { messageType: "DATA_MESSAGE", owner: "1", logGroup: "g", logStream: "s", subscriptionFilters: ["f"] };
  const envelope = JSON.stringify({ ...head, logEvents: [{ id: "0", timestamp: NOW, message: forged }] }).slice(1, -1);
  const harm = random.pick([
    `x",${members},"z":"`,
    `x",${members},"n":{"z":"`,
    `x",${envelope},"z":"`,
    `x"}${forged}{"z":"`,
    `x",${members}}${forged}{${members},"z":"`,
    `x"}\n${forged}\n{"z":"`,
    `x\n${forged}\n`,
    forged,
  ]);
  return written({ ...safe, [random.pick(["resourcePath", "requestUserAgentHeader", "user", "principalId"])]: harm });
}
