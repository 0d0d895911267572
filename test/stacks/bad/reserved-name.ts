import { restAccessLogFormat } from "cdktf-moesif-firehose";

restAccessLogFormat({ extra: { requestTime: "$context.requestTime" } });
