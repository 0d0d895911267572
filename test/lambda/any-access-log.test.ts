/** Access logs of every type of API, in the formats of this package with any values, on their road to Moesif. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import type { ApiType } from "../../lambda/api-gateway/stage";
import type { Outcome, Returned } from "../../lambda/transformer/outcome";
import { REQUIRED_KEYS } from "../../local/moesif-contract";
import { eventFlaw } from "../../local/moesif-event";
import { httpAccessLogFormat, identityFrom, restAccessLogFormat, websocketAccessLogFormat } from "../../modules";
import { base64, envelope, outcomeFor, settings, textOf } from "./support";

const company = identityFrom.authorizerProperty("org");
const request = { query: identityFrom.authorizerProperty("query") };
const metadata = { plan: "$context.authorizer.plan" };

const FORMATS: { readonly [type in ApiType]: readonly string[] } = {
  REST: [restAccessLogFormat(), restAccessLogFormat({ path: "route", company, request, metadata })],
  HTTP: [httpAccessLogFormat(), httpAccessLogFormat({ path: "route", company, request, metadata })],
  WEBSOCKET: [websocketAccessLogFormat(), websocketAccessLogFormat({ company, request, metadata })],
};

/** What API Gateway prints for a variable without a value. */
const ABSENT = "-";

const usual: Readonly<Record<string, fc.Arbitrary<string>>> = {
  requestTime: fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom("17/Nov/2026:10:05:03 +0000", "17/Nov/2026:09:00:00 +0000") },
    { weight: 1, arbitrary: fc.constant("01/Jan/2020:00:00:00 +0000") },
  ),
  requestTimeEpoch: fc.constantFrom("1794909903123", "1794909903"),
  status: fc.constantFrom("200", "101", "404", "504"),
  routeKey: fc.constantFrom("GET /orders/{id}", "ANY /{proxy+}", "$default", "$connect", "sendMessage"),
  eventType: fc.constantFrom("CONNECT", "MESSAGE", "DISCONNECT"),
  domainName: fc.constantFrom("api.example.com", "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com"),
  path: fc.constantFrom("/", "/prod/orders/42", "/prod/jane@example.com?token=secret"),
  httpMethod: fc.constantFrom("GET", "OPTIONS"),
};
const anything = fc.oneof(fc.string({ unit: "grapheme" }), fc.string({ unit: "binary", maxLength: 30 }), fc.webUrl());

/** The value of a variable: a usual one most of the time, none often, and now and then whatever a caller can send. */
function valueOf(variable: string): fc.Arbitrary<string> {
  const known = usual[nameOf(variable)] ?? fc.constantFrom("42", "jane", "a1b2c3d4e5");
  return fc.oneof(
    { weight: 8, arbitrary: known },
    { weight: 2, arbitrary: fc.constant(ABSENT) },
    // API Gateway answers under no other names than its own: this one no caller can choose.
    { weight: 1, arbitrary: nameOf(variable) === "domainName" ? known : anything },
  );
}

function nameOf(variable: string): string {
  return variable.split(".").at(-1)!;
}

const VARIABLE = /\$context\.[A-Za-z0-9_.]+/g;

/** Access logs in a format; AWS does not say whether it escapes values, so they are escaped or not. */
function logsIn(format: string, escaped: boolean): fc.Arbitrary<string> {
  const variables = [...new Set(format.match(VARIABLE))];
  return fc.tuple(...variables.map(valueOf)).map((values) => {
    const byVariable = new Map(variables.map((variable, index) => [variable, values[index]!]));
    return format.replace(VARIABLE, (variable) => {
      const value = byVariable.get(variable)!;
      return escaped ? JSON.stringify(value).slice(1, -1) : value;
    });
  });
}

/** The record of some calls as it comes on the road of their type of API, and how many they are. */
function recordsOf(type: ApiType, escaped: boolean): fc.Arbitrary<{ readonly data: string; readonly calls: number }> {
  const log = fc.constantFrom(...FORMATS[type]).chain((format) => logsIn(format, escaped));
  return type === "REST"
    ? log.map((text) => ({ data: base64(text), calls: 1 }))
    : fc.array(log, { minLength: 1, maxLength: 5 }).map((texts) => ({ data: envelope(texts), calls: texts.length }));
}

/** Reasons of records that are no access logs: a sound one in our formats never has one of these. */
const NO_ACCESS_LOG = ["not-json", "not-an-object", "in-doubt", "unknown-shape", "unwanted-event"];

const REASONS = readFileSync(join(__dirname, "..", "..", "docs", "internals", "records.md"), "utf8");

/** What is wrong with an outcome; undefined for one that Moesif takes, or whose reason docs/internals/records.md names. */
function flawOf(outcome: Outcome, calls: number, output: "accessLog" | "event"): string | undefined {
  if (outcome.result !== "Ok") {
    const documented = outcome.reason !== "unexpected" && REASONS.includes(`\`${outcome.reason}\``);
    return documented ? undefined : outcome.reason;
  }
  const objects = textOf(outcome.data)
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const back = outcome.returned?.events ?? 0;
  if (objects.length + back !== calls) return `${objects.length} of ${calls} calls are delivered, ${back} put back`;
  const flaws = objects.map((object) =>
    output === "event" ? eventFlaw(object) : REQUIRED_KEYS.find((key) => typeof object[key] !== "string"),
  );
  return flaws.find((flaw) => flaw !== undefined);
}

/** What API Gateway always knows. */
const USUAL_VALUES: Readonly<Record<string, string>> = {
  apiId: "a1b2c3d4e5",
  requestId: "JKJaXmPLvHcESHA=",
  requestTime: "17/Nov/2026:10:05:03 +0000",
  domainName: "api.example.com",
  status: "200",
  httpMethod: "GET",
  path: "/orders/42",
  resourcePath: "/orders/{id}",
  routeKey: "GET /orders/{id}",
  eventType: "MESSAGE",
  protocol: "HTTP/1.1",
};

describe.each(["accessLog", "event"] as const)("with the output %s", (output) => {
  const of = { ...settings, output };

  it.each(["REST", "HTTP", "WEBSOCKET"] as const)(
    "an access log of a %s API has what Moesif asks for, or fails for a reason that is documented",
    (type) => {
      fc.assert(
        fc.property(recordsOf(type, false), ({ data, calls }) => {
          expect(flawOf(outcomeFor(data, of), calls, output)).toBeUndefined();
        }),
      );
    },
  );

  it.each(["REST", "HTTP", "WEBSOCKET"] as const)(
    "an access log of a %s API whose values are escaped is always understood",
    (type) => {
      fc.assert(
        fc.property(recordsOf(type, true), ({ data, calls }) => {
          const outcome = outcomeFor(data, of);
          expect(flawOf(outcome, calls, output)).toBeUndefined();
          const { reason, returned } = outcome as { reason?: string; returned?: Returned };
          expect(NO_ACCESS_LOG).not.toContain(reason);
          expect(NO_ACCESS_LOG).not.toContain(returned?.reason);
        }),
      );
    },
  );

  it.each(["REST", "HTTP", "WEBSOCKET"] as const)("the calls of an envelope of %s APIs are all delivered", (type) => {
    const texts = FORMATS[type].map((format) =>
      format.replace(VARIABLE, (variable) => USUAL_VALUES[nameOf(variable)] ?? ABSENT),
    );
    expect(flawOf(outcomeFor(envelope(texts), of), texts.length, output)).toBeUndefined();
    expect(outcomeFor(envelope(texts), of)).toMatchObject({ result: "Ok", events: texts.length });
  });
});
