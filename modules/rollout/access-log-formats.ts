/** The access-log formats that the settings of a target make, one for each type of API. */
import type { ApiType } from "../../lambda/api-gateway/stage";
import { FORMAT_BUILDERS } from "../access-log-format/build";
import { identityFrom, type IdentitySource, type RequestSources, sourceIssues } from "../access-log-format/sources";
import { type AccessLogSettings, HTTP_SOURCES, WEBSOCKET_SOURCES } from "../settings/access-log";
import { InvalidValueError } from "../settings/checks";
import type { Issue } from "../settings/issue";

/** What of the settings counts for one type of API. */
type TypeSettings = Pick<AccessLogSettings, "path" | "request"> & {
  readonly user?: AnyIdentity;
  readonly company?: AnyIdentity;
};

type AnyIdentity = NonNullable<AccessLogSettings["user"] | NonNullable<AccessLogSettings["http"]>["user"]>;

/** The section of each type; those of REST APIs are the settings themselves. */
const SECTIONS = { HTTP: "http", WEBSOCKET: "websocket" } as const;
const SOURCES = { HTTP: HTTP_SOURCES, WEBSOCKET: WEBSOCKET_SOURCES } as const;
const NAMES = { REST: "REST APIs", HTTP: "HTTP APIs", WEBSOCKET: "WebSocket APIs" } as const;

/**
 * The formats, each made when it is asked for. Who a caller is, HTTP and WebSocket APIs take from `accessLog` as far as
 * they know it: {@link formatIssue} says what they do not.
 *
 * @throws InvalidValueError where {@link formatIssue} has something to say about the length of that type's format
 */
export function accessLogFormats(accessLog: AccessLogSettings = {}): { readonly [type in ApiType]: string } {
  return {
    get REST() {
      return formatOf("REST", accessLog);
    },
    get HTTP() {
      return formatOf("HTTP", accessLog);
    },
    get WEBSOCKET() {
      return formatOf("WEBSOCKET", accessLog);
    },
  };
}

/**
 * What keeps the settings from making a whole format for a type of API, for targets that have stages of it;
 * `undefined` if nothing does.
 */
export function formatIssue(type: ApiType, accessLog: AccessLogSettings = {}): Issue | undefined {
  for (const part of ["user", "company"] as const) {
    const source = accessLog[part];
    if (source !== undefined && type !== "REST" && unknownTo(type, source) && !overridden(type, accessLog, part)) {
      return {
        id: "access-log-source",
        path: ["accessLog", part],
        message: `accessLog.${part} is ${source.from}, which ${NAMES[type]} do not have`,
        fix: `write accessLog.${SECTIONS[type]}.${part}, from ${SOURCES[type].join(", ")}`,
      };
    }
  }
  try {
    formatOf(type, accessLog);
    return undefined;
  } catch (error) {
    if (!(error instanceof InvalidValueError)) throw error;
    return {
      id: "access-log-format",
      path: ["accessLog"],
      message: error.issues.map(({ message }) => message).join("; "),
      fix: "give the properties and claims shorter names",
    };
  }
}

function formatOf(type: ApiType, accessLog: AccessLogSettings): string {
  const { user, company, path, request } = settingsOf(type, accessLog);
  return FORMAT_BUILDERS[type]({
    user: user && sourceOf(user),
    company: company && sourceOf(company),
    path,
    request: requestSources(request),
  });
}

/** The settings of a type: its own section's, and those of all as far as the type knows them. */
function settingsOf(type: ApiType, accessLog: AccessLogSettings): TypeSettings {
  if (type === "REST") return accessLog;
  const { user, company, path, request } = accessLog;
  return {
    path,
    request,
    ...(user && !unknownTo(type, user) && { user }),
    ...(company && !unknownTo(type, company) && { company }),
    ...accessLog[SECTIONS[type]],
  };
}

function overridden(type: "HTTP" | "WEBSOCKET", accessLog: AccessLogSettings, part: "user" | "company"): boolean {
  return accessLog[SECTIONS[type]]?.[part] !== undefined;
}

function unknownTo(type: ApiType, source: AnyIdentity): boolean {
  return sourceIssues(type, { user: sourceOf(source) }).length > 0;
}

function sourceOf(setting: AnyIdentity): IdentitySource {
  return "name" in setting ? identityFrom[setting.from](setting.name) : identityFrom[setting.from]();
}

function requestSources(properties: TypeSettings["request"] = {}): RequestSources {
  const entries = Object.entries(properties);
  return Object.fromEntries(entries.map(([part, property]) => [part, identityFrom.authorizerProperty(property)]));
}
