import { httpAccessLogSettings } from "cdktf-moesif-firehose";

httpAccessLogSettings({
  arn: "arn:aws:firehose:eu-west-1:111111111111:deliverystream/amazon-apigateway-moesif",
});
