/** Metrics of a run, as an alarm would evaluate them. */
import { Metrics } from "../../local/metrics";

const dimensions = { DeliveryStreamName: "amazon-apigateway-moesif" };
const success = { namespace: "AWS/Firehose", metric: "DeliveryToHttpEndpoint.Success", dimensions };

test("gives a statistic of each period, and nothing for a period without values", () => {
  const metrics = new Metrics();
  for (const [time, value] of [
    [0, 1],
    [30_000, 0],
    [59_999, 1],
    [120_000, 1],
  ] as const)
    metrics.put(success, time, value);
  const minutes = { from: 0, to: 180_000, seconds: 60 };
  expect(metrics.periods(success, "Minimum", minutes)).toEqual([0, undefined, 1]);
  expect(metrics.periods(success, "Average", minutes)).toEqual([2 / 3, undefined, 1]);
  expect(metrics.periods(success, "SampleCount", minutes)).toEqual([3, undefined, 1]);
  expect(metrics.total(success, "Sum")).toBe(3);
});

test("takes metrics from lines in CloudWatch's embedded metric format, and from no others", () => {
  const metrics = new Metrics();
  const directive = {
    Namespace: "MoesifFirehose",
    Dimensions: [["DeliveryStreamName"]],
    Metrics: [{ Name: "EventsFailed", Unit: "Count" }],
  };
  const line = { _aws: { Timestamp: 5, CloudWatchMetrics: [directive] }, ...dimensions, EventsFailed: 3, other: 1 };
  metrics.takeLine(JSON.stringify(line));
  metrics.takeLine("START RequestId: 1");
  expect(metrics.names).toEqual([{ namespace: "MoesifFirehose", metric: "EventsFailed", dimensions }]);
  expect(metrics.datapoints(metrics.names[0]!)).toEqual([{ time: 5, value: 3 }]);
});
