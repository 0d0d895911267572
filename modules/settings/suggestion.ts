/** Finds what a misspelt word may mean. */

/** The nearest of some words by edits of one letter, or one that begins so, if it is near enough to be meant. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const written = word.toLowerCase();
  const far = Math.min(word.length - 1, Math.max(2, Math.floor(word.length / 4)));
  return known
    .map((candidate) => ({ candidate, edits: distance(written, candidate.toLowerCase()) }))
    .filter(({ candidate, edits }) => edits <= far || (word.length > 2 && candidate.toLowerCase().startsWith(written)))
    .sort((a, b) => a.edits - b.edits)[0]?.candidate;
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
