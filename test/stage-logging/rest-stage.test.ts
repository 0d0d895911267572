import { restAccessLogSettings } from "../../modules";

const arn = (stream: string) => `arn:aws:firehose:us-east-1:111111111111:deliverystream/${stream}`;

describe("the access-log settings of a REST stage", () => {
  it("are the stream and a format", () => {
    expect(restAccessLogSettings({ arn: arn("amazon-apigateway-moesif") })).toEqual({
      destinationArn: arn("amazon-apigateway-moesif"),
      format: expect.stringContaining('"requestId":"$context.requestId"'),
    });
  });

  it("refuse a stream that API Gateway would not write to", () => {
    expect(() => restAccessLogSettings({ arn: arn("moesif") })).toThrow(/streams named amazon-apigateway-… alone/);
  });

  it("refuse a format that Moesif would not read", () => {
    expect(() =>
      restAccessLogSettings({ arn: arn("amazon-apigateway-moesif") }, '{"id":"$context.requestId"}'),
    ).toThrow(/rejects records without apiId, requestId/);
  });
});
