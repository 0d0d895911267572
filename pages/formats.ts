/** Numbers, sizes and times as the pages show them. */

/** Such as `1,234`. */
export function count(value: number): string {
  return Math.round(value).toLocaleString("en");
}

/** Three digits and a unit. */
function scaled(value: number, units: readonly string[]): string {
  let [rest, unit] = [value, 0];
  while (rest >= 999.5 && unit < units.length - 1) [rest, unit] = [rest / 1000, unit + 1];
  const digits = unit === 0 || rest >= 99.95 ? 0 : rest >= 9.995 ? 1 : 2;
  return `${rest.toFixed(digits)}${units[unit]}`;
}

/** Such as `1.20 MB`, of 1,000 kB. */
export function size(bytes: number): string {
  return scaled(bytes, [" B", " kB", " MB", " GB", " TB", " PB"]);
}

/** For an axis: `0.25`, `800`, `1.2k`. */
export function short(value: number): string {
  if (value < 10) return String(Number(value.toPrecision(2)));
  return scaled(value, ["", "k", "M", "G", "T"]).replace(/\.(\d*?)0+(?=\D|$)/, (_, kept: string) =>
    kept ? `.${kept}` : "",
  );
}

/** Such as `38 ms` or `1.25 s`. */
export function duration(ms: number | undefined): string {
  return ms === undefined ? "–" : scaled(ms, [" ms", " s"]);
}

/** Such as `12.3%`; what is not all of it is never shown as `100%`, and what is not none never as `0%`. */
export function share(part: number, whole: number): string {
  if (whole === 0) return "–";
  const percent = (100 * part) / whole;
  if (part > 0 && percent < 0.05) return "<0.1%";
  if (part < whole && percent >= 99.95) return ">99.9%";
  return `${percent === 100 || percent === 0 ? percent : percent.toFixed(1)}%`;
}

const SECOND = 1;
const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** Such as `15 minutes`. */
export function span(seconds: number): string {
  const [unit, name] = (
    [
      [DAY, "day"],
      [HOUR, "hour"],
      [MINUTE, "minute"],
      [SECOND, "second"],
    ] as const
  ).find(([length]) => seconds % length === 0)!;
  const number = seconds / unit;
  return `${count(number)} ${name}${number === 1 ? "" : "s"}`;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Such as `17 Nov 2026`, in UTC. */
export function day(ms: number): string {
  const date = new Date(ms);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

/** Such as `10:05`, or `10:05:03` if seconds matter; in UTC. */
export function clock(ms: number, withSeconds = false): string {
  return new Date(ms).toISOString().slice(11, withSeconds ? 19 : 16);
}
