/** Calls that go in, as API Gateway logs them: each has a name that is found again wherever it ends. */
import { gunzipSync, gzipSync } from "node:zlib";
import { clfOf } from "../../local/sample-times";
import type { Random } from "../fuzz/random";

/** What must become of a call where nothing fails. */
export type Expected = "delivered" | "dropped by a rule" | "failed";

/** A record that is put on the stream. */
export interface Traffic {
  readonly data: Buffer;
  readonly names: readonly string[];
}

/** Drops calls by their method, as settings of a user do. */
export const FILTER = [{ drop: { httpMethod: "OPTIONS" } }];

const NAME = /call-[0-9a-z]+-[0-9]{4}/g;

/** The names of calls in a record, whatever it is and whether its bytes are gzip. */
export function namesIn(data: Buffer): string[] {
  const bytes = data[0] === 0x1f && data[1] === 0x8b ? gunzipSync(data) : data;
  return [...new Set(bytes.toString("latin1").match(NAME) ?? [])];
}

/** Makes calls. */
export class Calls {
  /** By name. */
  readonly expected = new Map<string, Expected>();

  /** @param run a word of its own for each run: small letters and digits */
  constructor(
    private readonly run: string,
    private readonly random: Random,
    private readonly account: string,
    private readonly options: {
      /** Default: one of eight. */
      readonly isDropped?: () => boolean;
      /** Some records are damaged. Default: true. */
      readonly hasDamaged?: boolean;
    } = {},
  ) {}

  /** One record: a call, a damaged one, or an envelope of CloudWatch Logs with several. */
  next(now: number): Traffic {
    const kind = this.random.below(10);
    const { hasDamaged = true } = this.options;
    if (kind === 0 && hasDamaged) return this.#traffic([this.#damaged()]);
    if (kind > 2) return this.#traffic([this.#call(now)]);
    const calls = this.random.times(2 + this.random.below(4), () =>
      this.random.oneIn(6) && hasDamaged ? this.#damaged() : this.#call(now),
    );
    const envelope = {
      messageType: "DATA_MESSAGE",
      owner: this.account,
      logGroup: "/aws/vendedlogs/moesif",
      logStream: "stage",
      subscriptionFilters: ["moesif"],
      logEvents: calls.map(({ text }, index) => ({
        id: String(index).padStart(56, "0"),
        timestamp: now,
        message: text,
      })),
    };
    return this.#traffic(calls, gzipSync(JSON.stringify(envelope)));
  }

  #traffic(calls: readonly { readonly name: string; readonly text: string }[], data?: Buffer): Traffic {
    return { names: calls.map(({ name }) => name), data: data ?? Buffer.from(calls[0]!.text) };
  }

  #named(expected: Expected): string {
    const name = `call-${this.run}-${String(this.expected.size).padStart(4, "0")}`;
    this.expected.set(name, expected);
    return name;
  }

  #damaged(): { name: string; text: string } {
    const name = this.#named("failed");
    return { name, text: `{"resourcePath":"/${name}",` };
  }

  #call(now: number): { name: string; text: string } {
    const isDropped = this.options.isDropped?.() ?? this.random.oneIn(8);
    const name = this.#named(isDropped ? "dropped by a rule" : "delivered");
    const log = {
      accountId: this.account,
      apiId: "a1b2c3d4e5",
      stage: "prod",
      requestId: this.random.uuid(),
      extendedRequestId: Buffer.from(name).toString("base64"),
      requestTime: clfOf(now),
      protocol: "HTTP/1.1",
      httpMethod: isDropped ? "OPTIONS" : "GET",
      resourcePath: `/${name}`,
      requestHostHeader: "a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com",
      requestUserAgentHeader: "curl/8.9.1",
      ip: "192.0.2.10",
      status: this.random.pick(["200", "201", "404", "500"]),
      responseLength: "17",
      durationMs: "12",
      user: this.random.pick(["ann", "bob", "-"]),
    };
    return { name, text: JSON.stringify(log) };
  }
}
