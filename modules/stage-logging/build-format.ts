/** What the builders of access-log formats of all types of API have in common. */
import type { ApiType } from "../../lambda/api-gateway/stage";
import { MARK_KEY } from "../../lambda/transformer/mark";
import { METADATA_OF_ACCESS_LOG } from "../../lambda/transformer/places";
import { Token } from "../cdk";
import { InvalidValueError } from "../value-checks";
import { accessLogFormatProblems, variableProblem } from "./access-log-format";
import { variablesIn } from "./context-variables";
import { FORMAT_KINDS } from "./format-kinds";
import {
  certainText,
  type ChosenKeys,
  type FormatKeys,
  formatText,
  literalOf,
  orDefault,
  unlessNull,
} from "./format-text";
import type { IdentitySource } from "./identity";

/** What the transformer puts into metadata; what a caller brings may not pass for it. */
const FACTS: readonly string[] = [
  ...["accountId", "region", "environment", "apiName", "apiVersion", "stage", "tags", "requestId", "late", MARK_KEY],
  ...[...METADATA_OF_ACCESS_LOG].flatMap(([key, { name }]) => [key, name]),
];

/** Keys that the formats set where they are told from what. */
const OPTIONAL_KEYS: readonly string[] = ["companyId", "queryString", "forwardedFor", "contentType", "metadata"];

/**
 * Parts of a request for which API Gateway has no variable. A Lambda authorizer that is told of them can return each as
 * a property of its context: `identityFrom.authorizerProperty("query_string")`.
 */
export interface RequestSources {
  /** The query string. What of it may not leave, the redaction masks. */
  readonly query?: IdentitySource;
  /** The header `X-Forwarded-For`. */
  readonly forwardedFor?: IdentitySource;
  /** The header `Content-Type`. */
  readonly contentType?: IdentitySource;
}

/** What the format of any type of API can be told. */
export interface AccessLogFormatProps {
  /**
   * Who is the user of a call.
   *
   * @default `$context.identity.user`; where that is absent, Moesif takes API key id, authorizer principal, Cognito
   * identity and caller, in this order, as far as the type of API has them
   */
  readonly user?: IdentitySource;
  /**
   * Which company a call belongs to.
   *
   * @default none
   */
  readonly company?: IdentitySource;
  /**
   * Parts of the request that a Lambda authorizer passes on.
   *
   * @default none
   */
  readonly request?: RequestSources;
  /**
   * Keys with one `$context` variable each that appear in Moesif as `metadata`. Of a plan-time map the names are not
   * checked, and null is none.
   *
   * @default none
   */
  readonly metadata?: ChosenKeys;
  /**
   * Further keys of the record, with one `$context` variable each. Moesif ignores keys that it does not know. Of a
   * plan-time map the names are not checked, and null is none.
   *
   * @default none
   */
  readonly extra?: ChosenKeys;
}

/** What API Gateway itself has for the user. */
const DEFAULT_USER = "$context.identity.user";

/** The user's variable. */
export function userVariable(user: IdentitySource | undefined): string {
  return user ? orDefault(user.variable, DEFAULT_USER) : DEFAULT_USER;
}

/** The company's key, where there is one. */
export function companyKey(company: IdentitySource | undefined): FormatKeys {
  return company ? { companyId: unlessNull(company.variable) } : {};
}

/**
 * One line of JSON in which every variable is quoted, since API Gateway writes `-` for what is absent.
 *
 * @param builder name of the builder, for the error
 * @param own keys that the type of API has by itself
 * @throws InvalidValueError naming each property that is wrong
 */
export function buildFormat(
  type: ApiType,
  builder: string,
  own: FormatKeys,
  props: AccessLogFormatProps & { readonly path?: string },
): string {
  const { request: { query, forwardedFor, contentType } = {}, extra = {}, metadata = {} } = props;
  const keys = {
    ...own,
    ...(query && { queryString: unlessNull(query.variable) }),
    ...(forwardedFor && { forwardedFor: unlessNull(forwardedFor.variable) }),
    ...(contentType && { contentType: unlessNull(contentType.variable) }),
  };
  const taken = Object.keys(literalOf(extra)).filter((key) => key in keys || OPTIONAL_KEYS.includes(key));
  const known = Object.keys(literalOf(metadata)).filter((key) => FACTS.includes(key));
  const certain = certainText(keys, extra, metadata);
  const sources = sourceProblems(type, props);
  const problems = [
    ...pathProblems(props.path),
    ...known.map((key) => `metadata.${key}: the transformer knows this for sure; choose another name`),
    ...taken.map((key) => `extra.${key}: the format sets this key itself; choose another name`),
    ...sources.map(({ property, problem }) => `${property}: ${problem}`),
    ...accessLogFormatProblems(type, certain).filter((told) => !sources.some(({ problem }) => problem === told)),
  ];
  if (problems.length > 0) throw new InvalidValueError(builder, problems);
  return formatText(keys, extra, metadata);
}

/** The properties whose variable a type of API does not have, by their own names. */
export function sourceProblems(type: ApiType, { user, company, request }: AccessLogFormatProps) {
  const named = { user, company, ...withPrefix("request.", { ...request }) };
  return Object.entries(named).flatMap(([property, source]) =>
    variablesIn(source?.variable ?? "").flatMap((variable) => {
      const problem = variableProblem(FORMAT_KINDS[type], variable);
      return problem === undefined ? [] : [{ property, problem: problem.message }];
    }),
  );
}

function withPrefix<T>(prefix: string, values: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [prefix + key, value]));
}

/** What is wrong with the choice of a path. */
function pathProblems(path: string | undefined): string[] {
  if (path === undefined || Token.isUnresolved(path) || ["real", "route"].includes(path)) return [];
  return [`path must be real or route, and is ${JSON.stringify(path)}`];
}
