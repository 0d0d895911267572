/** An event before and after the transformer, to be shown. */
import { splitValues } from "./events";
import { textsIn } from "./packed-events";
import type { Processed } from "./processing";

/** One event before and after the transformer. */
export interface EventSample {
  readonly before: string;
  readonly after: string;
}

/** Of the first events of these records, the one to which the transformer added most. */
export function mostTelling(records: Processed["ok"]): EventSample | undefined {
  const added = ({ before, after }: EventSample): number => after.length - before.length;
  const samples = records.flatMap((record) => sampleOf(record) ?? []);
  return samples.reduce<EventSample | undefined>(
    (best, sample) => (best === undefined || added(sample) > added(best) ? sample : best),
    undefined,
  );
}

/** The first event of a record; none where some were taken out, since what is left may be others. */
function sampleOf({ before, after }: Processed["ok"][number]): EventSample | undefined {
  const [first, ...others] = textsIn(before.data).flatMap(splitValues);
  const [delivered, ...othersDelivered] = splitValues(after.data.toString());
  if (first === undefined || delivered === undefined || others.length !== othersDelivered.length) return undefined;
  return { before: first.trim(), after: delivered.trim() };
}
