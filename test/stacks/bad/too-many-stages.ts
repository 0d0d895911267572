import { App, TerraformStack } from "cdktf";
import { MoesifPipeline, restAccessLogSettings, StageEnrollment } from "cdktf-moesif-firehose";

const stack = new TerraformStack(new App(), "orders");
const pipeline = new MoesifPipeline(stack, "moesif", { applicationId: { secretName: "moesif/application-id" } });
new StageEnrollment(stack, "enrollment", {
  pipeline,
  destinations: { REST: restAccessLogSettings(pipeline.stream) },
  stages: Array.from({ length: 500 }, (_, index) => ({ type: "REST", apiId: `api${index}`, stage: "prod" })),
});
