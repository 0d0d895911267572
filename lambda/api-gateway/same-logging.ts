/** When two texts that API Gateway gives of a stage's logging mean the same. */
import type { AccessLogSettings } from "./stage";

/** A log group's ARN may end with `:*`, and means the same. */
export function isSameDestination(one: string, other: string): boolean {
  return one.replace(/:\*$/, "") === other.replace(/:\*$/, "");
}

/** A format may end with a line break, and nothing says that API Gateway keeps it. */
export function isSameLogging(one: AccessLogSettings, other: AccessLogSettings): boolean {
  return isSameDestination(one.destinationArn, other.destinationArn) && one.format.trimEnd() === other.format.trimEnd();
}
