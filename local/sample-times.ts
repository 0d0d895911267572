/**
 * Gives the sample log times of today: its calls are of some days in November 2026, and Moesif takes none that is older
 * than 30 days (https://www.moesif.com/docs/api#log-an-event).
 */

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const TIME = /(?<="requestTime":")(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d:\d\d:\d\d) \+0000(?=")/;

/** What Firehose gathers before it delivers, by default. */
const MINUTE_MS = 60_000;

/**
 * Moves the records of a log into the last minute, as a stream would get them: the newest is of this moment, and the
 * others keep their order and their proportions.
 *
 * @param records - Those of a whole log, each with a `requestTime` in UTC as `$context.requestTime` has it.
 * @param now - Milliseconds since the epoch.
 */
export function inLastMinute(records: readonly Buffer[], now: number): Buffer[] {
  const texts = records.map((record) => record.toString("utf8"));
  const times = texts.map(timeOf);
  // Not Math.min(...times): a log has more records than a call may have arguments.
  const [oldest, newest] = times.reduce(
    ([least, most], time) => [Math.min(least, time), Math.max(most, time)],
    [Infinity, -Infinity],
  );
  const scale = MINUTE_MS / Math.max(MINUTE_MS, newest - oldest);
  return texts.map((text, index) => Buffer.from(text.replace(TIME, clfOf(now - (newest - times[index]!) * scale))));
}

/** When the call of a record was made, in milliseconds since the epoch. */
export function timeOf(text: string): number {
  const [, day, month = "", year, time] = TIME.exec(text) ?? [];
  return Date.parse(`${year}-${String(MONTHS.indexOf(month) + 1).padStart(2, "0")}-${day}T${time}Z`);
}

/** As `$context.requestTime` has it, in whole seconds. */
export function clfOf(ms: number): string {
  const [year, month, day, time] = new Date(ms).toISOString().slice(0, 19).split(/[-T]/);
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${time} +0000`;
}
