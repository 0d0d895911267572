import { App, TerraformStack } from "cdktf";
import { MoesifPipeline, restAccessLogSettings, StageEnrollment } from "cdktf-moesif-firehose";

const stack = new TerraformStack(new App(), "orders");
const applicationId = { secretName: "moesif/application-id" };
for (const name of ["moesif", "moesif-events"]) {
  const pipeline = new MoesifPipeline(stack, name, { name, applicationId });
  new StageEnrollment(stack, `${name}_enrollment`, {
    pipeline,
    destinations: { REST: restAccessLogSettings(pipeline.stream) },
    match: [{ tags: { moesif: "true" }, overwrite: true }],
  });
}
