/** Schedule expressions of EventBridge. */
import { text } from "../rules";

/** `rate()` and `cron()`, each field held to its range. */
export const scheduleExpression = text(
  `^(rate[(](1 (minute|hour|day)|([2-9]|[1-9][0-9]+) (minutes|hours|days))[)]|${cronPattern()})$`,
  "an EventBridge expression with each field in its range, such as rate(15 minutes) or cron(0/15 * * * ? *)",
  "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html",
);

/** EventBridge's cron(): minute, hour, day of month, month, day of week, year; one of the two days must be `?`. */
function cronPattern(): string {
  const anyCase = (names: string) =>
    names.split(" ").map((name) => name.replace(/[A-Z]/g, (letter) => `[${letter}${letter.toLowerCase()}]`));
  const field = (value: string, others = "") => {
    const item = `([*]|${value}(-${value})?)(/[0-9]+)?${others}`;
    return `(${item})(,(${item}))*`;
  };
  const day = "(0?[1-9]|[12][0-9]|3[01])";
  const weekday = `([1-7]|${anyCase("SUN MON TUE WED THU FRI SAT").join("|")})`;
  const months = anyCase("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC").join("|");
  const month = field(`(0?[1-9]|1[0-2]|${months})`);
  // The last day, the weekday that is nearest to a day, the last or the nth of its kind in the month.
  const dayOfMonth = field(day, `|L(-[0-9]+)?W?|${day}W`);
  const dayOfWeek = field(weekday, `|${weekday}?L|${weekday}#[1-5]`);
  const days = `(${dayOfMonth} +${month} +[?]|[?] +${month} +(${dayOfWeek}|[?]))`;
  const year = field("(19[7-9][0-9]|2[01][0-9][0-9])");
  return `cron[(]${field("[0-5]?[0-9]")} +${field("([01]?[0-9]|2[0-3])")} +${days} +${year}[)]`;
}
