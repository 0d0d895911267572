/** The module knows every key that a record can have: of all formats, and of the transformer. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { REQUIRED_KEYS } from "../../lambda/transformer/access-log";
import { IDENTITY_TARGETS } from "../../lambda/transformer/redact";
import { METADATA_OF_ACCESS_LOG } from "../../lambda/transformer/metadata";
import { httpAccessLogFormat, identityFrom, restAccessLogFormat, websocketAccessLogFormat } from "../../modules";
import { EVENT_FIELDS, meantKey, RECORD_KEYS } from "../../modules/settings/record-keys";
import { ROOT } from "../support/rollout";

const property = identityFrom.authorizerProperty("p");
const request = { query: property, forwardedFor: property, contentType: property };

const FORMATS = [
  restAccessLogFormat({ company: property, request, metadata: { m: "$context.stage" } }),
  httpAccessLogFormat({ company: property, request: { query: property } }),
  websocketAccessLogFormat({ company: property }),
];

const text = readFileSync(join(ROOT, "terraform", "record_keys.tf"), "utf8");
const listed = (name: string) => new RegExp(`${name} += \\[(.*?)\\]`, "s").exec(text)![1]!.match(/[\w.]+/g)!;
const known = listed("record_keys");

it("has them in its list, in order and once", () => {
  const written = FORMATS.flatMap((format) => Object.keys(JSON.parse(format)));
  const keys = [...written, ...REQUIRED_KEYS, ...IDENTITY_TARGETS, ...METADATA_OF_ACCESS_LOG.keys(), "weight"];
  expect(keys.filter((key) => !known.includes(key))).toEqual([]);
  expect(known).toEqual([...new Set(known)].sort());
});

it("has the lists that the constructs have", () => {
  expect(RECORD_KEYS).toEqual(known);
  expect(EVENT_FIELDS).toEqual(listed("event_fields"));
});

it.each([
  ["Caller", "caller"],
  ["compnayId", "companyId"],
  ["usr", "user"],
  ["IP", "ip"],
  ["statuss", "status"],
  ["principleId", "principalId"],
  ["api_key_id", "apiKeyId"],
  ["user-agent", "userAgent"],
  ["metadta.team", "metadata.team"],
  ["Metadata.team", "metadata.team"],
  ["request.verbs", "request.verb"],
  ["Request.ipAddress", "request.ip_address"],
])("takes %s for %s", (written, meant) => {
  expect(meantKey(written)).toBe(meant);
});

it.each([
  "caller",
  "user_id",
  "metadata.orgId",
  "request.verb",
  "request.team",
  "ids",
  "emailAddress",
  "tenant",
  "client_ip",
  "requestSize",
])("takes %s for itself", (written) => {
  expect(meantKey(written)).toBeUndefined();
});
