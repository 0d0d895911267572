/** The access-log settings of one stage. */
import {
  httpAccessLogSettings,
  InvalidValueError,
  restAccessLogSettings,
  websocketAccessLogSettings,
} from "../../modules";
import { synthesize, variable } from "../support/synth";

const stream = (name: string) => ({ arn: `arn:aws:firehose:us-east-1:111111111111:deliverystream/${name}` });
const logGroup = (name: string) => ({ arn: `arn:aws-cn:logs:cn-north-1:111111111111:log-group:${name}` });

describe("the access-log settings of a REST stage", () => {
  it("are the stream and a format", () => {
    expect(restAccessLogSettings(stream("amazon-apigateway-moesif"))).toEqual({
      destinationArn: stream("amazon-apigateway-moesif").arn,
      format: expect.stringContaining('"requestId":"$context.requestId"'),
    });
  });

  it("refuse a stream that API Gateway would not write to", () => {
    expect(() => restAccessLogSettings(stream("moesif"))).toThrow(
      /not a delivery stream whose name begins with amazon-apigateway-/,
    );
  });

  it("refuse a format that Moesif would not read", () => {
    expect(() => restAccessLogSettings(stream("amazon-apigateway-moesif"), '{"id":"$context.requestId"}')).toThrow(
      /required keys are missing: apiId, requestId/,
    );
  });
});

describe.each([
  ["an HTTP", httpAccessLogSettings],
  ["a WebSocket", websocketAccessLogSettings],
])("the access-log settings of %s stage", (_, settings) => {
  it("are the log group and a format", () => {
    expect(settings(logGroup("/aws/vendedlogs/apigateway/moesif"))).toEqual({
      destinationArn: logGroup("/aws/vendedlogs/apigateway/moesif").arn,
      format: expect.stringContaining('"requestId":"$context.requestId"'),
    });
  });

  it("leave a destination and a format that only Terraform knows to Terraform", () => {
    synthesize((stack) => {
      const planned = {
        destinationArn: variable(stack, "group", "string", "").stringValue,
        format: variable(stack, "format", "string", "").stringValue,
      };
      expect(settings({ arn: planned.destinationArn }, planned.format)).toEqual(planned);
    });
  });

  it("refuse a stream, to which it cannot write, and an ARN that matches more than the group", () => {
    const refused = /the destination is not the ARN of a log group without ':\*' at its end/;
    expect(() => settings(stream("amazon-apigateway-moesif"))).toThrow(refused);
    expect(() => settings(logGroup("moesif:*"))).toThrow(refused);
  });

  it("refuse a format that API Gateway or Moesif would", () => {
    expect(() => settings(logGroup("moesif"), "$context.status")).toThrow(InvalidValueError);
  });
});
