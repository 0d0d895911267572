/** The versions of the AWS provider that the synthesized JSON runs on. */
import type { TerraformStack } from "./cdk";

/**
 * CDKTF's prebuilt bindings pin the provider to one exact version. What the constructs of this package synthesize
 * runs on both majors: this widens the constraint of a stack, which a construct does not do by itself to a stack
 * that is not its own.
 */
export function widenAwsProvider(stack: TerraformStack): void {
  stack.addOverride("terraform.required_providers.aws", {
    source: "hashicorp/aws",
    version: ">= 5.100.0, < 7.0.0",
  });
}
