/** What API Gateway makes of a format. */
import type { AccessLog } from "../../lambda/transformer/access-log";

/**
 * The record of a call, read back.
 *
 * @param values by variable; `$` is the value of those that are not named
 */
export function recordOf(format: string, values: Readonly<Record<string, string>>): AccessLog {
  const text = format.replace(/\$context[A-Za-z0-9_.]+/g, (variable) => values[variable] ?? values["$"] ?? "-");
  return JSON.parse(text) as AccessLog;
}
