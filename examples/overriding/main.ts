/** What no property of the constructs sets, set on their resources. */
import { App, Aspects, LocalBackend, TerraformResource, TerraformStack } from "cdktf";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { type S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { MoesifPipeline, widenAwsProvider } from "cdktf-moesif-firehose";

const app = new App();
const stack = new TerraformStack(app, "overriding");
new LocalBackend(stack, { path: "terraform.tfstate" });
new AwsProvider(stack, "aws", { region: "us-east-1" });
widenAwsProvider(stack);
const pipeline = new MoesifPipeline(stack, "moesif", {
  applicationId: { secretName: "moesif/application-id" },
});

// 1. An argument that the bindings know, with its type.
pipeline.transformer.resource.putEphemeralStorage({ size: 1024 });

// 2. Any argument, by Terraform's name for it, at any depth.
pipeline.stream.resource.addOverride("http_endpoint_configuration.request_configuration.content_encoding", "NONE");

// 3. Another permission: a policy attached to the role.
new IamRolePolicyAttachment(stack, "insights", {
  role: pipeline.transformer.role.name,
  policyArn: "arn:aws:iam::aws:policy/CloudWatchLambdaInsightsExecutionRolePolicy",
});

// 4. Terraform's own arguments, such as the lifecycle of a resource.
pipeline.bucket.resource?.addOverride("lifecycle.prevent_destroy", true);

// 5. A resource that no property exposes, by its id in the construct.
const expiry = pipeline.bucket.node.findChild("lifecycle") as S3BucketLifecycleConfiguration;
expiry.addOverride("rule.0.noncurrent_version_expiration.0.noncurrent_days", 30);

// 6. Every resource of a type, whichever construct creates it.
Aspects.of(stack).add({
  visit(node) {
    if (TerraformResource.isTerraformResource(node) && node.terraformResourceType === "aws_cloudwatch_log_group") {
      node.addOverride("skip_destroy", true);
    }
  },
});

app.synth();
