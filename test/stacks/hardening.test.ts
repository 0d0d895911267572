/** What security teams ask for, from the rollout file to the Terraform JSON. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { synthesizeRollout } from "../../modules";
import { Synthesized } from "../support/synth";

const KEY = "arn:aws:kms:us-east-1:111111111111:key/11111111-2222-3333-4444-555555555555";
const SIGNING = "arn:aws:lambda:us-east-1:111111111111:code-signing-config:csc-0123456789abcdef0";

const ROLLOUT = `
version: 1
defaults:
  applicationId: {secretName: moesif/application-id}
  iam: {path: /moesif/}
  backup: {accessLog: {bucket: access-logs, prefix: moesif/}, bucketPrefix: acme-moesif-}
accounts:
  - id: "111111111111"
    name: production
    settings:
      iam: {namePrefix: acme-}
      logs: {kmsKeyArn: "${KEY}"}
    regions:
      - name: us-east-1
        settings:
          transformer:
            tracing: true
            vpc: {subnetIds: [subnet-1a, subnet-1b], securityGroupIds: [sg-1]}
            codeSigningConfigArn: ${SIGNING}
            reservedConcurrency: 20
        apis: [{id: a1b2c3d4e5, name: orders, type: HTTP, stages: [prod]}]
`;

describe("a rollout with the settings of a security team", () => {
  const folder = mkdtempSync(join(tmpdir(), "hardening-"));
  writeFileSync(join(folder, "rollout.yaml"), ROLLOUT);
  const [directory] = synthesizeRollout(join(folder, "rollout.yaml"), join(folder, "out")).folders;
  const stack = new Synthesized(directory!);
  const all = (type: string) => Object.values<Record<string, unknown>>(stack.json.resource[type]);

  it("names and places every role as it says", () => {
    for (const role of all("aws_iam_role")) {
      expect(role).toMatchObject({ name_prefix: expect.stringMatching(/^acme-/), path: "/moesif/" });
    }
  });

  it("encrypts every log group by the key", () => {
    const groups = all("aws_cloudwatch_log_group");
    expect(groups).toHaveLength(4);
    for (const group of groups) expect(group.kms_key_id).toBe(KEY);
  });

  it("logs the requests to the bucket, whose name begins as it says", () => {
    expect(stack.resource("aws_s3_bucket").bucket_prefix).toBe("acme-moesif-");
    expect(stack.resource("aws_s3_bucket_logging")).toMatchObject({
      target_bucket: "access-logs",
      target_prefix: "moesif/",
    });
  });

  it("runs the transformer as it says", () => {
    expect(stack.json.resource.aws_lambda_function.pipeline_transformer).toMatchObject({
      tracing_config: { mode: "Active" },
      vpc_config: { subnet_ids: ["subnet-1a", "subnet-1b"], security_group_ids: ["sg-1"] },
      code_signing_config_arn: SIGNING,
      reserved_concurrent_executions: 20,
    });
  });
});
