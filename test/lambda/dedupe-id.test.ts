/** The id by which Moesif knows a call. */
import { createHash } from "node:crypto";
import * as fc from "fast-check";
import type { AccessLog } from "../../lambda/transformer/access-log";
import { quoteAny } from "../../lambda/transformer/json";
import { callName, createIds, isDedupeId } from "../../lambda/transformer/call";
import { accessLog } from "./support";

/** A UUID of version 5 (RFC 9562, section 5.5) by its octets. */
function uuid5(namespace: Buffer, name: string): string {
  const bytes = createHash("sha1").update(namespace).update(name).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

const idOf = (log: Record<string, unknown>, accountId = "111111111111", region = "us-east-1") =>
  createIds(accountId, region).uuidOf(callName(log as AccessLog, quoteAny));
const call = accessLog({ stage: "prod", extendedRequestId: "JKJaXmPLvHcESHA=" });

describe("the dedupe id", () => {
  it("is a name-based UUID", () => {
    // RFC 9562, appendix A.4, holds the check itself to account.
    const dns = Buffer.from("6ba7b8109dad11d180b400c04fd430c8", "hex");
    expect(uuid5(dns, "www.example.com")).toBe("2ed6657d-e927-568b-95e1-2665a8aea6a2");
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (name) => {
        const id = createIds("111111111111", "us-east-1").uuidOf(name);
        expect(id).toBe(uuid5(Buffer.from("moesif-firehose!"), `111111111111/us-east-1/${name}`));
        expect(isDedupeId(id)).toBe(true);
      }),
    );
  });

  it("is the same for every retry, and for ever", () => {
    expect(idOf({ ...call })).toBe(idOf(call));
    expect(idOf(call)).toBe(
      uuid5(Buffer.from("moesif-firehose!"), "111111111111/us-east-1/a1b2c3d4e5/prod/JKJaXmPLvHcESHA="),
    );
  });

  it.each<readonly [string, string]>([
    ["account", idOf(call, "222222222222")],
    ["region", idOf(call, undefined, "eu-west-1")],
    ["API", idOf({ ...call, apiId: "k1l2m3n4o5" })],
    ["stage", idOf({ ...call, stage: "test" })],
    ["extended request id", idOf({ ...call, extendedRequestId: "JKJbXmPLvHcESHA=" })],
  ])("differs by %s", (_, other) => {
    expect(other).not.toBe(idOf(call));
  });

  it("does not differ by the request id, which a caller can choose, where there is an extended one", () => {
    expect(idOf({ ...call, requestId: "chosen" })).toBe(idOf(call));
  });

  it("differs by the request id where there is nothing else", () => {
    const without = { ...call, extendedRequestId: "-" };
    expect(idOf({ ...without, requestId: "other" })).not.toBe(idOf(without));
  });

  it("does not become one for many calls by a request id that a caller chose, where there is nothing else", () => {
    const chosen = { ...call, extendedRequestId: "-", requestId: "chosen" };
    expect(idOf({ ...chosen, requestTime: "17/Nov/2026:10:05:04 +0000" })).not.toBe(idOf(chosen));
    expect(idOf({ ...chosen, resourcePath: "/orders/43" })).not.toBe(idOf(chosen));
  });

  it("tells calls without any id by what else they say", () => {
    const without = { ...call, extendedRequestId: "-", requestId: "-" };
    expect(idOf({ ...without, ip: "203.0.113.7" })).not.toBe(idOf(without));
    expect(idOf({ ...without })).toBe(idOf(without));
  });
});

it.each([
  ["a random UUID", "5597dec0-7dcf-4ab1-aae9-94545f4ce403"],
  ["a name-based one of another variant", "3f966c47-3f1c-53a1-c6e0-1a7bccc1c87a"],
  ["one in capitals", "3F966C47-3F1C-53A1-A6E0-1A7BCCC1C87A"],
  ["one with more around it", " 3f966c47-3f1c-53a1-a6e0-1a7bccc1c87a"],
  ["no text", 5],
])("%s is not of its form", (_, value) => {
  expect(isDedupeId(value)).toBe(false);
});
