/** docs/operate.md names each metric with its unit, and its example is what the function would write. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { reportOf as enrollmentReportOf } from "../../lambda/stage-enrollment/report";
import { dropped, failed, type Outcome } from "../../lambda/transformer/outcome";
import { NAMESPACE, reportOf } from "../../lambda/transformer/report";
import { eventOf, NOW } from "./support";

const whole = readFileSync(join(__dirname, "..", "..", "docs", "operate.md"), "utf8");
const [page = "", enrollment = ""] = whole.split("\n## Stage enrollment\n");
const [, json = ""] = /<!-- example -->\n```json\n(.*?)```/s.exec(page) ?? [];

/** Data of so many bytes. */
const data = (bytes: number) => Buffer.alloc(bytes).toString("base64");

const outcomes: readonly Outcome[] = [
  { result: "Ok", data: data(900), events: 1, weight: 4, withUser: 1 },
  { ...dropped("filtered", 3), dropped: { filtered: 1, sampled: 2 } },
  dropped("put-back", 1),
  failed("not-json"),
];
const config = { state: "stale", ageSeconds: 42, failures: { "http-503": 1 }, skipped: 0 } as const;
const report = reportOf(eventOf([data(600), data(900), data(300), data(300)]), outcomes, NOW, 12.3, { config });

describe("docs/operate.md", () => {
  it("has the line that the function would write", () => {
    expect(JSON.parse(json)).toEqual(report);
    expect(page).toContain(`namespace \`${NAMESPACE}\``);
  });

  it("has a row for each metric, in order, with its unit", () => {
    const rows = [...page.matchAll(/^\| `([A-Z]\w+)` \| (\w+) \| .+ \|$/gm)].map(([, Name, Unit]) => ({ Name, Unit }));
    expect(rows).toEqual(report._aws.CloudWatchMetrics[0]!.Metrics);
  });

  it("has a row for each metric of the enrollment, in order, with its unit", () => {
    const rows = [...enrollment.matchAll(/^\| `([A-Z]\w+)` \| (\w+) \| .+ \|$/gm)];
    const line = enrollmentReportOf({ run: 1, problems: [], warnings: [], stages: [], totals: {} }, "enroll", NOW, 1);
    expect(rows.map(([, Name, Unit]) => ({ Name, Unit }))).toEqual(line._aws.CloudWatchMetrics[0]!.Metrics);
  });

  it("has a row for each other property", () => {
    const rows = [...page.matchAll(/^\| `([a-z]\w+)` \| .+ \|$/gm)].map(([, name]) => name!);
    const metrics = report._aws.CloudWatchMetrics[0]!.Metrics.map(({ Name }) => Name);
    const others = Object.keys(report).filter((key) => ![...metrics, "_aws", "DeliveryStreamName"].includes(key));
    expect(rows.sort()).toEqual(others.sort());
  });
});
