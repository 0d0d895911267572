/** A preview as newline-delimited JSON, for programs. */
import type { PreviewedRecord } from "./previewed-record";
import { Totals } from "./totals";

/**
 * A line for each record, and a last one with the totals:
 *
 *     {"line":1,"result":"Ok","events":1,"delivered":[{…}]}
 *     {"line":2,"result":"Dropped","reason":"empty","events":0,"delivered":[]}
 *     {"totals":[{"result":"Ok","records":1,"events":1},{"result":"Dropped","reason":"empty","records":1,"events":0}]}
 */
export async function* jsonLinesOf(records: AsyncIterable<PreviewedRecord>): AsyncGenerator<string> {
  const totals = new Totals();
  for await (const record of records) {
    totals.add(record);
    const { before: _, ...told } = record;
    yield JSON.stringify(told);
  }
  yield JSON.stringify({ totals: totals.list() });
}
