/** Work on many things at a time, with the results in order. */

/** So many calls at a time keep the pace although each takes longer than its share of a second. */
const WIDTH = 4;

/** Results in the order of the items; a few items ahead are worked on already. */
export async function* mapAhead<T, R>(
  items: Iterable<T>,
  work: (item: T) => Promise<R>,
  width = WIDTH,
): AsyncGenerator<R> {
  const pending: Promise<R>[] = [];
  for (const item of items) {
    const result = work(item);
    // Its turn to be awaited may never come: that must not end the process.
    result.catch(() => {});
    pending.push(result);
    if (pending.length >= width) {
      yield await pending.shift()!;
    }
  }
  for (const result of pending) {
    yield await result;
  }
}
