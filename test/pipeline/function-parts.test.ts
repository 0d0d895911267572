/** Where the zips of the functions lie. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { MoesifPipeline } from "../../modules";
import { builtBundle, shipBundlesBeside } from "../../modules/pipeline/function-parts";
import { synthesize } from "../support/synth";

const SECRET = "arn:aws:secretsmanager:us-east-1:111111111111:secret:moesif-AbC123";

describe("the zip of a function", () => {
  it("is beside a stack that is shipped with it, and no asset of it", () => {
    const stack = synthesize((scope) => {
      shipBundlesBeside(scope, (bundle) => `\${path.module}/${bundle}.zip`);
      new MoesifPipeline(scope, "pipeline", { applicationId: { secretArn: SECRET } });
    });
    const { filename, source_code_hash: hash } = stack.resource("aws_lambda_function");
    expect(filename).toBe("${path.module}/transformer.zip");
    expect(hash).toBe(
      createHash("sha256")
        .update(readFileSync(builtBundle("transformer")))
        .digest("base64"),
    );
    expect(existsSync(join(stack.directory, "assets"))).toBe(false);
  });
});
