/** Which variable of a type of API is meant by one that it does not have. */
import { distance, nearest } from "../suggestion";
import type { ContextVariables } from "./context-variables";

const PREFIX = "$context.";

/** A variable that may be meant. */
export interface SuggestedVariable {
  readonly variable: string;
  /** Whether nothing else can be meant: it may be put in the place of the other. */
  readonly certain: boolean;
}

/** The variable that is most likely meant; `undefined` where none is near. */
export function suggestVariable({ names, instead }: ContextVariables, unknown: string): SuggestedVariable | undefined {
  const known = [...names].map((name) => name.slice(PREFIX.length));
  // `$Context.status` and `$requestId` are meant so; `$input.path` is another thing.
  const word = /^\$context\./i.test(unknown) ? unknown.slice(PREFIX.length) : /^\$(\w+)$/.exec(unknown)?.[1];
  if (word === undefined) return undefined;
  const meant = Object.hasOwn(instead, unknown) ? instead[unknown]!.slice(PREFIX.length) : onlyOne(word, known);
  if (meant !== undefined) return { variable: PREFIX + meant, certain: true };
  const near = nearest(word, known);
  return near === undefined ? undefined : { variable: PREFIX + near, certain: false };
}

/** The one name that differs by capitals, by `_` and `-`, by one letter, or by the group that it stands in. */
function onlyOne(word: string, known: readonly string[]): string | undefined {
  const plain = (name: string) => name.replace(/[_-]/g, "").toLowerCase();
  const last = (name: string) => plain(name.slice(name.lastIndexOf(".") + 1));
  const alike = [
    (name: string) => plain(name) === plain(word),
    (name: string) => plain(name).endsWith(`.${plain(word)}`),
    (name: string) => plain(name) === last(word),
    (name: string) => word.length > 4 && distance(plain(word), plain(name)) === 1,
  ];
  for (const isAlike of alike) {
    const found = known.filter(isAlike);
    if (found.length === 1) return found[0];
  }
  return undefined;
}
