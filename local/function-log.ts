/** What the transformer's log tells of a run: each invocation writes a line of JSON with its counts. */
import { readFileSync } from "node:fs";

/** Records that the transformer dropped, by the reasons that its log lines count under `dropped`. */
export function droppedByReason(logFile: string): Record<string, number> {
  const sums = new Map<string, number>();
  for (const line of readFileSync(logFile, "utf8").split("\n")) {
    for (const [reason, count] of countsIn(line)) sums.set(reason, (sums.get(reason) ?? 0) + count);
  }
  return Object.fromEntries(sums);
}

/** None in a line of another form, such as an error's. */
function countsIn(line: string): [string, number][] {
  if (!line.startsWith("{")) return [];
  try {
    const { dropped } = JSON.parse(line) as { readonly dropped?: unknown };
    const counts = typeof dropped === "object" && dropped !== null ? Object.entries(dropped) : [];
    return counts.filter((entry): entry is [string, number] => typeof entry[1] === "number");
  } catch {
    return [];
  }
}
