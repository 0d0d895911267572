/** The lines of each invocation, in CloudWatch's embedded metric format. */
import * as fc from "fast-check";
import { dropped, failed, type Outcome } from "../../lambda/transformer/outcome";
import { NAMESPACE, reasonLines, reportOf } from "../../lambda/transformer/report";
import { eventOf, NOW } from "./support";

const returned = { datas: [], events: 3, reason: "not-json" } as const;
const outcomes: Outcome[] = [
  { result: "Ok", data: "e30=", events: 1, withUser: 1, withCompany: 1 },
  {
    result: "Ok",
    data: "e30=",
    events: 10,
    repaired: 2,
    replaced: 3,
    dropped: { filtered: 3, sampled: 5 },
    weight: 8,
    withUser: 2,
  },
  { result: "Ok", data: "e30=", events: 1, weight: 4 },
  dropped("empty"),
  { ...dropped("filtered", 2), dropped: { filtered: 1, sampled: 1 } },
  { ...dropped("put-back", 3), returned },
  { ...dropped("put-back", 5), dropped: { filtered: 2 }, returned },
  { ...dropped("filtered", 4), dropped: { filtered: 1 }, returned },
  { result: "Ok", data: "e30=", events: 9, dropped: { sampled: 2 }, returned },
  failed("not-json"),
  failed("unknown-shape", 4),
];

describe("reportOf", () => {
  it("counts events by what became of them, and sizes", () => {
    const event = eventOf(["e30=", "e30=", "e30=", "", "AAAA", "AAAA", undefined]);
    const { _aws, ...report } = reportOf(event, outcomes, NOW, 1.26);
    expect(report).toEqual({
      DeliveryStreamName: "amazon-apigateway-moesif",
      invocationId: "2b4d1ad9-2f48-94bd-a088-767c317e994a",
      RecordsIn: 11,
      EventsIn: 41,
      EventsKept: 8,
      EventsDropped: 16,
      EventsFailed: 5,
      EventsPutBack: 12,
      EventsRepaired: 2,
      EventsInvalidUtf8: 3,
      SampledWeight: 17,
      EventsWithUser: 3,
      EventsWithCompany: 1,
      BytesIn: 15,
      BytesOut: 12,
      DurationMs: 1.3,
      dropped: { filtered: 7, sampled: 8, empty: 1 },
      failed: { "not-json": 1, "unknown-shape": 4 },
    });
  });

  it("tells CloudWatch of each metric that is there, with its unit and dimension", () => {
    const config = { state: "stale", ageSeconds: 90.4, failures: { timeout: 2, "http-500": 1 }, skipped: 1 } as const;
    const report = reportOf(eventOf([]), [], NOW, 1, { config });
    const [{ Namespace, Dimensions, Metrics }] = report._aws.CloudWatchMetrics as [never] as [
      (typeof report._aws.CloudWatchMetrics)[0],
    ];
    expect(report._aws.Timestamp).toBe(NOW);
    expect(Namespace).toBe(NAMESPACE);
    expect(Dimensions).toEqual([["DeliveryStreamName"]]);
    for (const { Name } of Metrics) expect(report[Name]).toEqual(expect.any(Number));
    expect(report).toMatchObject({ ConfigAgeSeconds: 90, ConfigFailures: 3, config });
  });

  it("counts whether the application id could be read, where it is", () => {
    const config = { state: "none", ageSeconds: 60, failures: {}, skipped: 0 } as const;
    expect(reportOf(eventOf([]), [], NOW, 1, { config })).toMatchObject({ SecretFailures: 0 });
    const problem = { config, applicationIdProblem: "APPLICATION_ID_SECRET is not set" };
    expect(reportOf(eventOf([]), [], NOW, 1, problem)).toMatchObject({ SecretFailures: 1 });
    expect(reportOf(eventOf([]), [], NOW, 1)).not.toHaveProperty("SecretFailures");
  });

  it("gives a line of each reason that occurs, and none where there is none", () => {
    const lines = reasonLines(reportOf(eventOf([]), outcomes, NOW, 1));
    expect(lines.map(({ _aws, ...line }) => line)).toEqual([
      { DeliveryStreamName: "amazon-apigateway-moesif", Reason: "not-json", EventsFailed: 1 },
      { DeliveryStreamName: "amazon-apigateway-moesif", Reason: "unknown-shape", EventsFailed: 4 },
      { DeliveryStreamName: "amazon-apigateway-moesif", Reason: "filtered", EventsDropped: 7 },
      { DeliveryStreamName: "amazon-apigateway-moesif", Reason: "sampled", EventsDropped: 8 },
      { DeliveryStreamName: "amazon-apigateway-moesif", Reason: "empty", EventsDropped: 1 },
    ]);
    expect(lines[0]!._aws.CloudWatchMetrics).toEqual([
      {
        Namespace: NAMESPACE,
        Dimensions: [["DeliveryStreamName", "Reason"]],
        Metrics: [{ Name: "EventsFailed", Unit: "Count" }],
      },
    ]);
    expect(reasonLines(reportOf(eventOf([]), [{ result: "Ok", data: "e30=", events: 1 }], NOW, 1))).toEqual([]);
  });

  it("says what stood in the way of the application id, and of putting back", () => {
    const circumstances = { applicationIdProblem: "APPLICATION_ID_SECRET is not set", putBackFailures: { denied: 2 } };
    expect(reportOf(eventOf([]), [], NOW, 1, circumstances)).toMatchObject(circumstances);
    expect(Object.keys(reportOf(eventOf([]), [], NOW, 1))).not.toContain("putBackFailures");
  });

  it("accounts for every event that came in", () => {
    const count = fc.integer({ min: 0, max: 5 });
    const outcome: fc.Arbitrary<Outcome> = fc.oneof(
      fc
        .record({ kept: fc.integer({ min: 1, max: 5 }), filtered: count, sampled: count })
        .map(({ kept, ...drops }) => ({
          result: "Ok" as const,
          data: "",
          events: kept + drops.filtered + drops.sampled,
          dropped: drops,
        })),
      fc.constantFrom("empty" as const, "put-back" as const, "sampled" as const).map((reason) => dropped(reason)),
      fc.option(count, { nil: undefined }).map((events) => failed("too-old", events)),
    );
    fc.assert(
      fc.property(fc.array(outcome), (all) => {
        const { EventsIn, EventsKept, EventsDropped, EventsFailed, EventsPutBack } = reportOf(
          eventOf([]),
          all,
          NOW,
          1,
        ) as Record<string, number>;
        expect(EventsKept! + EventsDropped! + EventsFailed! + EventsPutBack!).toBe(EventsIn);
      }),
    );
  });
});
