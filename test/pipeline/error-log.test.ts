import { ErrorLog } from "../../modules";
import { synthesize } from "../support/synth";

describe("the error log", () => {
  const stack = synthesize((scope) => void new ErrorLog(scope, "log", { streamName: "amazon-apigateway-orders" }));

  it("is the group that the Firehose console shows, kept for 30 days", () => {
    expect(stack.resource("aws_cloudwatch_log_group")).toEqual({
      name: "/aws/kinesisfirehose/amazon-apigateway-orders",
      retention_in_days: 30,
      lifecycle: { create_before_destroy: true },
    });
  });

  it("has a stream for the destination and one for the backup", () => {
    const streams = Object.values<Record<string, unknown>>(stack.json.resource.aws_cloudwatch_log_stream);
    expect(streams.map(({ name }) => name).sort()).toEqual(["BackupDelivery", "DestinationDelivery"]);
  });

  it("takes only a retention that CloudWatch Logs offers", () => {
    expect(() =>
      synthesize((scope) => void new ErrorLog(scope, "log", { streamName: "x", retentionDays: 31 })),
    ).toThrow("retentionDays: invalid value 31  [invalid-value]\n  fix: write one of 0, 1, 3, 5, 7, 14, 30");
  });
});
