/** Which stages of an app are meant. */
import type { WrittenStage } from "./written-stage";

/** A stage by what it is like: all that is given must hold. In a text, `*` stands for any characters. */
export interface StageSelector {
  /** Path of the stage's construct, such as `shop/orders/*`. */
  readonly path?: string;
  /** Id or name of the API where they are literals, or the path of its construct. */
  readonly api?: string;
  /**
   * Tags that the stage or its API carries as literals; of a tag on both, the stage's counts. Tags by which a provider
   * marks everything (`default_tags`) are not looked at.
   */
  readonly tags?: Readonly<Record<string, string>>;
}

/** Whether one of the selectors means the stage. */
export function isMeant(stage: WrittenStage, selectors: readonly StageSelector[]): boolean {
  return selectors.some((selector) => matches(stage, selector));
}

function matches({ path, api, tags }: WrittenStage, selector: StageSelector): boolean {
  const names = [api.id, api.name, api.path].filter((name) => name !== undefined);
  return (
    (selector.path === undefined || fits(path, selector.path)) &&
    (selector.api === undefined || names.some((name) => fits(name, selector.api!))) &&
    Object.entries(selector.tags ?? {}).every(([key, value]) => tags[key] === value)
  );
}

/** Each part between stars is looked for behind the one before it, so that no pattern takes long. */
function fits(text: string, pattern: string): boolean {
  const [head = "", ...parts] = pattern.split("*");
  if (parts.length === 0) return text === pattern;
  const tail = parts.pop()!;
  if (!text.startsWith(head) || text.length < head.length + tail.length || !text.endsWith(tail)) return false;
  let rest = text.slice(head.length, text.length - tail.length);
  for (const part of parts) {
    const at = rest.indexOf(part);
    if (at < 0) return false;
    rest = rest.slice(at + part.length);
  }
  return true;
}
