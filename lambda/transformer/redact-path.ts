/** What of a path must not be sent: e-mail addresses, chosen segments, and values of query parameters. */
import { HIDDEN_MASK, isMarkAlone, type Rule } from "../secrets/placeholders";
import type { PathRedaction } from "./settings";

/** Prepares the rules for a path, in their order. */
export function pathRules({ emails = "mask", segmentsAfter = [], queryParameters = [] }: PathRedaction = {}): Rule[] {
  return [
    ...(emails === "mask" ? [maskEmails] : []),
    ...(segmentsAfter.length > 0 ? [maskSegmentsAfter(new Set(segmentsAfter))] : []),
    ...(queryParameters.length > 0 ? [maskQuery(new Set(queryParameters))] : []),
  ];
}

const PART = /[^/?&=#]+/g;
const AT = /%(?:25)*40/g;
const DOT = /%(?:25)*2e/gi;
/** An address has something before its `@`, and a domain of several names that is no number: `react@18.2` is none. */
const EMAIL = /[^@]@[^@]*?\.\p{L}/u;

/** Masks each segment, and each value of a parameter, that holds an e-mail address; percent-encoded or not. */
function maskEmails(path: string): string {
  return mayHoldEmail(path) ? path.replace(PART, (part) => (holdsEmail(part) ? HIDDEN_MASK : part)) : path;
}

/** Cheap, since every path is asked. */
export function mayHoldEmail(path: string): boolean {
  return path.includes("@") || (path.includes("%") && path.includes("40"));
}

function holdsEmail(part: string): boolean {
  return mayHoldEmail(part) && EMAIL.test(part.replace(AT, "@").replace(DOT, "."));
}

/** Masks each segment that follows one of these names, as `42` in `/users/42/orders`. */
function maskSegmentsAfter(names: ReadonlySet<string>): Rule {
  return (path) => {
    const [, route = "", query = ""] = /^([^?]*)(.*)$/s.exec(path) ?? [];
    let before = "";
    const segments = route.split("/").map((segment) => {
      const masked = names.has(before) && segment !== "" && !isMarkAlone(segment) ? HIDDEN_MASK : segment;
      // Two slashes make no segment.
      before = segment === "" ? before : decoded(segment);
      return masked;
    });
    return segments.join("/") + query;
  };
}

/** Masks the values of these parameters; `*` stands for every one. */
function maskQuery(names: ReadonlySet<string>): Rule {
  const all = names.has("*");
  return (path) => {
    const start = path.indexOf("?") + 1;
    if (start === 0) {
      return path;
    }
    const parameters = path
      .slice(start)
      .split("&")
      .map((parameter) => {
        const equals = parameter.indexOf("=");
        const value = parameter.slice(equals + 1);
        const chosen = all || (equals > 0 && names.has(decoded(parameter.slice(0, equals).replaceAll("+", " "))));
        return chosen && value !== "" && !isMarkAlone(value) ? parameter.slice(0, equals + 1) + HIDDEN_MASK : parameter;
      });
    return path.slice(0, start) + parameters.join("&");
  };
}

function decoded(text: string): string {
  try {
    return text.includes("%") ? decodeURIComponent(text) : text;
  } catch {
    return text;
  }
}
