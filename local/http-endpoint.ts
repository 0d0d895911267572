/** One attempt to deliver a request to the HTTP endpoint, and how Firehose takes its reply. */
import { request as httpRequest, type Agent, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { MIB } from "./stream-record";

/** A request, ready to be sent as often as it takes. */
export interface EndpointRequest {
  readonly url: URL;
  readonly requestId: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What came of an attempt. */
export type Attempt =
  | { readonly outcome: "acknowledged" }
  | { readonly outcome: "too-large" | "failed"; readonly errorCode: string; readonly errorMessage: string };

/** How attempts are made. */
export interface AttemptOptions {
  readonly agent?: Agent;
  /** An endpoint has 3 minutes to reply; in real time, since it is this machine that works. */
  readonly replySeconds?: number;
  readonly signal?: AbortSignal;
  /** How the request gets to the endpoint. Default: by HTTP. */
  readonly post?: (request: EndpointRequest) => Promise<Reply>;
}

/** What the endpoint replied. */
export interface Reply {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** The fields of a reply; others make it invalid (https://docs.aws.amazon.com/firehose/latest/dev/http_troubleshooting.html#invalid_response). */
const REPLY_FIELDS = ["requestId", "timestamp", "errorMessage"];

const REPLY_LIMIT = MIB;

/** Codes of https://docs.aws.amazon.com/firehose/latest/dev/http_troubleshooting.html#others */
const CONNECTION_ERRORS: Record<string, { errorCode: string; errorMessage: string }> = {
  timeout: {
    errorCode: "HttpEndpoint.RequestTimeout",
    errorMessage: "The endpoint took longer than 3 minutes to respond.",
  },
  tooLarge: {
    errorCode: "HttpEndpoint.ResponseTooLarge",
    errorMessage: "The response is too large. The response must be less than 1 MiB including headers.",
  },
  reset: {
    errorCode: "HttpEndpoint.ConnectionReset",
    errorMessage: "A connection was made but reset or prematurely closed by the endpoint.",
  },
  tls: {
    errorCode: "HttpEndpoint.SSLHandshakeFailure",
    errorMessage: "An SSL handshake could not be successfully completed with the endpoint.",
  },
  failed: {
    errorCode: "HttpEndpoint.ConnectionFailed",
    errorMessage: "A connection could not be established with the endpoint.",
  },
};

/** No reply came. */
export class ConnectionError extends Error {
  constructor(readonly kind: "timeout" | "tooLarge" | "reset" | "tls" | "failed") {
    super(kind);
  }
}

/**
 * Posts the request once. Only 200 with a proper acknowledgement is success; 413 is final; all else is to be retried
 * (https://docs.aws.amazon.com/firehose/latest/dev/httpdeliveryrequestresponse.html#responseformat).
 */
export async function attemptDelivery(request: EndpointRequest, options: AttemptOptions = {}): Promise<Attempt> {
  try {
    const { post = (one: EndpointRequest) => postByHttp(one, options) } = options;
    return judge(await post(request), request.requestId);
  } catch (error) {
    options.signal?.throwIfAborted();
    return { outcome: "failed", ...(CONNECTION_ERRORS[kindOf(error)] as (typeof CONNECTION_ERRORS)[string]) };
  }
}

function kindOf(error: unknown): string {
  if (error instanceof ConnectionError) return error.kind;
  const code = String((error as NodeJS.ErrnoException).code);
  if (code === "ECONNRESET" || code === "EPIPE") return "reset";
  return /SSL|TLS|CERT|EPROTO/.test(code) ? "tls" : "failed";
}

function postByHttp({ url, headers, body }: EndpointRequest, options: AttemptOptions): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === "https:" ? httpsRequest : httpRequest;
    const { agent, signal } = options;
    const request = send(url, {
      method: "POST",
      headers: { ...headers, "Content-Length": String(body.length) },
      agent,
      signal,
    });
    let timedOut = false;
    const onTimeout = (): void => {
      timedOut = true;
      request.destroy();
    };
    const timer = setTimeout(onTimeout, (options.replySeconds ?? 180) * 1000);
    const fail = (error: unknown): void => reject(timedOut ? new ConnectionError("timeout") : (error as Error));
    request.on("close", () => clearTimeout(timer));
    request.on("error", fail);
    request.on("response", (response) => readReply(response).then(resolve, fail));
    request.end(body);
  });
}

async function readReply(response: IncomingMessage): Promise<Reply> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > REPLY_LIMIT) throw new ConnectionError("tooLarge");
    chunks.push(chunk);
  }
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString("utf8") };
}

function judge(reply: Reply, requestId: string): Attempt {
  if (reply.status === 200) {
    const flaw = flawOf(reply, requestId);
    return flaw ? { outcome: "failed", ...invalidResponse(reply, requestId, flaw) } : { outcome: "acknowledged" };
  }
  return {
    outcome: reply.status === 413 ? "too-large" : "failed",
    errorCode: "HttpEndpoint.DestinationException",
    errorMessage: `Received the following response from the endpoint destination. ${reply.body.slice(0, 8192)}`,
  };
}

function invalidResponse(reply: Reply, requestId: string, flaw: string): { errorCode: string; errorMessage: string } {
  return {
    errorCode: "HttpEndpoint.InvalidResponseFromDestination",
    errorMessage:
      "The response received from the specified endpoint is invalid. Contact the owner of the endpoint to resolve the " +
      `issue. Response for request ${requestId} ${flaw}. Raw response received: ${reply.status} ${reply.body.slice(0, 1024)}`,
  };
}

/** What is wrong with the acknowledgement, if anything; it counts as a 500 then. */
function flawOf({ headers, body }: Reply, requestId: string): string | undefined {
  if (!/^application\/json\s*(;|$)/i.test(headers["content-type"] ?? "")) return "has no content type application/json";
  if (headers["content-encoding"]) return "is content-encoded";
  if (headers["content-length"] === undefined) return "has no Content-Length";
  let reply: unknown;
  try {
    reply = JSON.parse(body);
  } catch {
    return "is not recognized as valid JSON";
  }
  if (typeof reply !== "object" || reply === null) return "is not a JSON object";
  const fields = reply as Record<string, unknown>;
  const unexpected = Object.keys(fields).find((name) => !REPLY_FIELDS.includes(name));
  if (unexpected) return `has the unexpected field ${unexpected}`;
  if (fields["requestId"] !== requestId) return "does not carry the requestId of the request";
  if (typeof fields["timestamp"] !== "number") return "has no timestamp that is a number";
  return undefined;
}
