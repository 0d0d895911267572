/** What the tests of the transformer share: settings, one access log, and records as Firehose sends them. */
import { gzipSync } from "node:zlib";
import { RE2JS } from "re2js";
import { useEngine } from "../../lambda/re2/pattern";
import type { FirehoseEvent, FirehoseRecord } from "../../lambda/transformer/outcome";
import type { Outcome } from "../../lambda/transformer/outcome";
import type { TransformerSettings } from "../../lambda/transformer/settings";
import { createTransformer } from "../../lambda/transformer/transform";

useEngine(RE2JS);

export const settings: TransformerSettings = {
  version: 1,
  accountId: "111111111111",
  region: "us-east-1",
  environment: "production",
  metadata: { team: "platform", costCentre: "4711" },
  apis: { a1b2c3d4e5: { name: "Orders", metadata: { team: "payments" } } },
};

export const HASH_KEY = "a key of the tests, 32 characters long";

/** An access log with the keys that Moesif requires, and more. */
export function accessLog(more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    apiId: "a1b2c3d4e5",
    requestId: "5597dec0-7dcf-4ab1-aae9-94545f4ce403",
    requestTime: "17/Nov/2026:10:05:03 +0000",
    protocol: "HTTP/1.1",
    httpMethod: "GET",
    resourcePath: "/orders/42",
    requestHostHeader: "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com",
    requestUserAgentHeader: "curl/8.5.0",
    status: "200",
    responseLength: "253",
    durationMs: "38",
    ...more,
  };
}

/** Just after the calls of the tests. */
export const NOW = Date.parse("2026-11-17T10:06:00Z");

/** What the transformer makes of the data of one record. */
export function outcomeFor(data: unknown, of: TransformerSettings = settings, now = NOW): Outcome {
  return createTransformer(of, { hashKey: HASH_KEY })([data], now)[0]!;
}

export function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

export function gzip(text: string): string {
  return gzipSync(text).toString("base64");
}

/** The record in which CloudWatch Logs sends these messages. */
export function envelope(messages: readonly string[]): string {
  const logEvents = messages.map((message, index) => ({ id: String(index), timestamp: 1_795_000_000_000, message }));
  const head = { messageType: "DATA_MESSAGE", owner: "111111111111", logGroup: "orders", logStream: "orders" };
  return gzip(JSON.stringify({ ...head, subscriptionFilters: ["moesif"], logEvents }));
}

export function textOf(data: string): string {
  return Buffer.from(data, "base64").toString("utf8");
}

/** Records with ids of their own, in the form of Firehose's. */
export function recordsOf(datas: readonly unknown[]): FirehoseRecord[] {
  return datas.map((data, index) => ({
    recordId: `4954698668313554428650745793632162567570019247115678${index}`,
    approximateArrivalTimestamp: 1_795_000_000_000,
    data: data as string,
  }));
}

export function eventOf(datas: readonly unknown[]): FirehoseEvent {
  return {
    invocationId: "2b4d1ad9-2f48-94bd-a088-767c317e994a",
    deliveryStreamArn: "arn:aws:firehose:us-east-1:111111111111:deliverystream/amazon-apigateway-moesif",
    region: "us-east-1",
    records: recordsOf(datas),
  };
}
