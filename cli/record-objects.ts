/** The objects in the data of a record, and what of one is told in a row. */

/** One object by its keys. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The objects of a record: one, an array, or one in each line; none where it holds anything else. */
export function objectsOf(data: string): JsonObject[] {
  const text = Buffer.from(data, "base64").toString("utf8");
  try {
    const value: unknown = JSON.parse(text);
    return (Array.isArray(value) ? value : [value]).filter(isObject);
  } catch {
    return linesOf(text);
  }
}

function linesOf(text: string): JsonObject[] {
  try {
    return text
      .split("\n")
      .filter((line) => line.trim() !== "")
      .map((line): unknown => JSON.parse(line))
      .filter(isObject);
  } catch {
    return [];
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What of a call is told in a row; empty where there is no value. */
export interface Summary {
  readonly verb: string;
  readonly path: string;
  readonly status: string;
  readonly user: string;
  readonly company: string;
  readonly weight: string;
}

/** The summary of an access log, or of an object in Moesif's event model. */
export function summaryOf(object: JsonObject = {}): Summary {
  const { request, response } = object;
  if (!isObject(request)) {
    const { httpMethod, resourcePath, status, user, companyId, weight } = object;
    return texts({ verb: httpMethod, path: resourcePath, status, user, company: companyId, weight });
  }
  const { verb, uri } = request;
  const { status } = isObject(response) ? response : {};
  const { user_id: user, company_id: company, weight } = object;
  return texts({ verb, path: pathOf(uri), status, user, company, weight });
}

function pathOf(uri: unknown): unknown {
  if (typeof uri !== "string") return undefined;
  const path = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*(.*)$/is.exec(uri)?.[1];
  return path ?? uri;
}

/** API Gateway writes `-` where there is no value. */
function texts(values: Readonly<Record<keyof Summary, unknown>>): Summary {
  const text = (value: unknown) => (value === undefined || value === null || value === "-" ? "" : String(value));
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, text(value)])) as unknown as Summary;
}
