/** A report as newline-delimited JSON, for programs. */
import type { Report } from "../report";

export function json({ objects }: Report): string {
  return objects.map((object) => JSON.stringify(object)).join("\n");
}
