import { ApplicationId, type ApplicationIdProps } from "../../modules";
import { synthesize, variable } from "../support/synth";

const ARN = "arn:aws:secretsmanager:us-east-1:111111111111:secret:moesif/application-id-AbC123";
const secret = (props: ApplicationIdProps) => {
  let arn = "";
  const stack = synthesize((scope) => (arn = new ApplicationId(scope, "app", props).secretArn));
  return { stack, arn };
};

describe("the application id", () => {
  it("is a secret by its ARN, without any look-up", () => {
    const { stack, arn } = secret({ secretArn: ARN });
    expect(arn).toBe(ARN);
    expect(stack.addresses()).toEqual([]);
  });

  it("is a secret by its name, which is looked up", () => {
    const { stack } = secret({ secretName: "moesif/application-id" });
    expect(stack.data("aws_secretsmanager_secret")).toEqual({ name: "moesif/application-id" });
  });

  it("is a secret that is created with a write-only value in the form that Firehose reads", () => {
    const stack = synthesize((scope) => {
      const value = variable(scope, "application_id", "string", undefined).stringValue;
      new ApplicationId(scope, "app", { createSecret: { name: "moesif", value, version: 3 } });
    });
    expect(stack.resource("aws_secretsmanager_secret")).toMatchObject({ name: "moesif", recovery_window_in_days: 30 });
    expect(stack.resource("aws_secretsmanager_secret_version")).toMatchObject({
      secret_id: "${aws_secretsmanager_secret.app.id}",
      secret_string_wo: '${jsonencode({"api_key" = var.application_id})}',
      secret_string_wo_version: 3,
    });
  });

  it("is never a literal, which would be written into the Terraform JSON", () => {
    expect(() => secret({ createSecret: { name: "moesif", value: "eyJhcHA" } })).toThrow(
      /createSecret.value: a literal .*\n {2}fix: write a variable or a reference/,
    );
  });

  // The compiler refuses both; JavaScript does not.
  it.each([
    ["nothing", {} as ApplicationIdProps],
    ["two sources", { secretArn: ARN, secretName: "moesif" } as unknown as ApplicationIdProps],
  ])("is refused when given %s", (_, props) => {
    expect(() => secret(props)).toThrow("exactly one of secretArn, secretName, createSecret");
  });

  it.each(["moesif", "arn:aws:secretsmanager:us-east-1:111111111111:secret:moesif", ARN.replace("us-east-1", "")])(
    "is refused by an ARN such as %s",
    (secretArn) => {
      expect(() => secret({ secretArn })).toThrow(
        /secretArn: invalid value .*\n {2}fix: write the whole ARN of a secret/,
      );
    },
  );

  it.each([ARN.replace("arn:aws:", "arn:aws-cn:"), ARN.replace("arn:aws:", "arn:aws-us-gov:")])(
    "may be in any partition: %s",
    (secretArn) => {
      expect(secret({ secretArn }).arn).toBe(secretArn);
    },
  );
});
