/** Makes a rollout of the text of its file, or says everything that is wrong with it. */
import { dirname, resolve } from "node:path";
import { crossChecks } from "./cross-checks";
import { type Finding, inOrder, RolloutError } from "./mistakes";
import { type RolloutDocument, rolloutSchema } from "./schema";
import { refusedPaths, schemaFindings } from "./schema-findings";
import { soundPart } from "./sound";
import type { Rollout } from "./targets";
import { YamlSource } from "./yaml-source";

/**
 * Parses the text of a rollout file.
 *
 * @param text YAML 1.2 or JSON
 * @param file path of the file, for the mistakes, and for what is relative to it
 * @throws RolloutError naming every mistake, with its position
 */
export function parseRollout(text: string, file: string): Rollout {
  const source = new YamlSource(text, file);
  if (!source.content) throw new RolloutError(inOrder(source.mistakes));
  const { document, findings } = check(source.content.value, source);
  const mistakes = [...source.mistakes, ...source.locate(findings)];
  if (mistakes.length > 0 || !document) throw new RolloutError(inOrder(mistakes));
  return { ...document, directory: dirname(resolve(file)) };
}

/** Checks each value, and then, on what is well-formed, the values against each other. */
function check(raw: unknown, source: YamlSource): { document?: RolloutDocument; findings: Finding[] } {
  const { data, error } = rolloutSchema.safeParse(raw);
  const issues = error?.issues ?? [];
  const sound = soundPart<RolloutDocument>(raw, refusedPaths(issues));
  return {
    ...(data && { document: data }),
    findings: [...schemaFindings(issues, raw, (path) => source.writtenAs(path)), ...(sound ? crossChecks(sound) : [])],
  };
}
