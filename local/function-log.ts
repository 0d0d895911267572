/** What the transformer's log tells of a run: each invocation writes a line of JSON with its counts. */
import { readFileSync } from "node:fs";

/**
 * Events that the transformer dropped, or that failed, by the reasons that its log lines count under that name. To
 * Firehose what it put back is dropped, too.
 */
export function eventsByReason(logFile: string, result: "dropped" | "failed"): Record<string, number> {
  const sums = new Map<string, number>();
  for (const line of readFileSync(logFile, "utf8").split("\n")) {
    for (const [reason, count] of countsIn(line, result)) sums.set(reason, (sums.get(reason) ?? 0) + count);
  }
  return Object.fromEntries(sums);
}

/** None in a line of another form, such as an error's. */
function countsIn(line: string, result: "dropped" | "failed"): [string, number][] {
  if (!line.startsWith("{")) return [];
  try {
    const { [result]: byReason, EventsPutBack: putBack } = JSON.parse(line) as { readonly [key: string]: unknown };
    const counts = typeof byReason === "object" && byReason !== null ? Object.entries(byReason) : [];
    if (result === "dropped" && putBack !== 0) counts.push(["put-back", putBack]);
    return counts.filter((entry): entry is [string, number] => typeof entry[1] === "number");
  } catch {
    return [];
  }
}
