/** Finds what a misspelt word may mean. */

/**
 * The nearest of some words by edits of one letter, or one that holds it or is held by it, if it is near enough to be
 * meant. Case, `_` and `-` make no difference.
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const written = plain(word);
  const far = Math.min(written.length - 1, Math.max(2, Math.floor(written.length / 4)));
  return known
    .map((candidate) => ({ candidate, edits: distance(written, plain(candidate)) }))
    .filter(({ candidate, edits }) => edits <= far || holdsOther(written, plain(candidate)))
    .sort((a, b) => a.edits - b.edits)[0]?.candidate;
}

function plain(word: string): string {
  return word.toLowerCase().replaceAll(/[_-]/g, "");
}

/** `bucketName` for `bucket`, `retentionDays` for `logRetentionDays`. */
function holdsOther(one: string, other: string): boolean {
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  return (short.length > 2 && long.startsWith(short)) || (short.length > 3 && long.endsWith(short));
}

/** Levenshtein's distance. */
export function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (let j = 1; j <= to.length; j++) {
      const kept = row[j - 1]! + (letter === to[j - 1] ? 0 : 1);
      next.push(Math.min(kept, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}
