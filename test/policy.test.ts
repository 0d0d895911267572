/** IAM policies as Terraform reads them: what is literal stays as it is, what is a token is completed. */
import { TerraformOutput } from "../modules/cdk";
import { policyJson, trustJson } from "../modules/policy";
import { synthesizeExpressions, variable } from "./support/synth";
import { describeWithTerraform, Terraform } from "./support/terraform";

describe("a policy", () => {
  it("has a condition for each operator and variable, and no condition where none is given", () => {
    const document = policyJson([
      {
        sid: "Put",
        actions: ["s3:PutObject"],
        resources: ["arn:aws:s3:::backup/*"],
        condition: [
          { test: "StringEquals", variable: "a", values: ["1"] },
          { test: "StringEquals", variable: "b", values: ["2", "3"] },
          { test: "StringLike", variable: "c", values: ["4*"] },
        ],
      },
      { actions: ["s3:GetObject"], resources: ["*"] },
    ]);
    expect(JSON.parse(document)).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "Put",
          Effect: "Allow",
          Action: ["s3:PutObject"],
          Resource: ["arn:aws:s3:::backup/*"],
          Condition: { StringEquals: { a: "1", b: ["2", "3"] }, StringLike: { c: "4*" } },
        },
        { Effect: "Allow", Action: ["s3:GetObject"], Resource: ["*"] },
      ],
    });
  });

  it("of trust names the one service", () => {
    expect(JSON.parse(trustJson("logs.amazonaws.com")).Statement).toEqual([
      { Effect: "Allow", Principal: { Service: "logs.amazonaws.com" }, Action: "sts:AssumeRole" },
    ]);
  });
});

describeWithTerraform("a policy with tokens", () => {
  it("is in Terraform what it is with literals", async () => {
    const arn = "arn:aws:s3:::backup";
    const format = '{"a":"$context.status \\ ${x} %{y}"}';
    const policyOf = (bucket: string, text: string) =>
      policyJson([
        {
          actions: ["s3:GetObject"],
          resources: [bucket, `${bucket}/\${aws:username}/*`],
          condition: [{ test: "StringEquals", variable: "format", values: [text] }],
        },
      ]);
    const stack = synthesizeExpressions((scope) => {
      const given = (name: string, value: string) => variable(scope, name, "string", value).stringValue;
      const tokens = policyOf(given("arn", arn), given("format", format));
      new TerraformOutput(scope, "policies", { value: `[${tokens},${policyOf(arn, format)}]` });
    });
    const terraform = new Terraform(stack.directory);
    await terraform.must(["init", "-input=false", "-no-color"]);
    await terraform.apply();
    const [withTokens, withLiterals] = JSON.parse(await terraform.must(["output", "-raw", "policies"]));
    expect(withTokens).toEqual(withLiterals);
    expect(withLiterals.Statement[0]).toMatchObject({
      Resource: [arn, `${arn}/\${aws:username}/*`],
      Condition: { StringEquals: { format } },
    });
  });
});
