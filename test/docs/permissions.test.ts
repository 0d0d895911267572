/** docs/permissions.md has a policy that IAM takes. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { deployPolicy } from "../../scripts/permissions";
import { ROOT } from "../support/rollout";

const recorded = JSON.parse(readFileSync(join(ROOT, "test", "terraform", "deploy-actions.json"), "utf8"));
const policy = deployPolicy(recorded);

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html, without white space. */
const MOST_CHARACTERS = 6144;

test("it fits into a managed policy", () => {
  expect(JSON.stringify(policy).length).toBeLessThan(MOST_CHARACTERS);
});

test("each recorded action is in one statement, which names resources", () => {
  const actions = policy.Statement.flatMap(({ Action }) => Action);
  for (const command of ["plan", "apply", "destroy"]) {
    expect(recorded[command].length).toBeGreaterThan(20);
    expect(actions).toEqual(expect.arrayContaining(recorded[command]));
  }
  expect(new Set(actions).size).toBe(actions.length);
  // AWS takes no resource where a mapping is made or read: the condition names the functions.
  const onAll = policy.Statement.filter(({ Resource }) => Resource.includes("*"));
  expect(onAll.map(({ Sid, Condition }) => [Sid, Condition])).toEqual([
    ["Mappings", { ArnLike: { "lambda:FunctionArn": "arn:aws:lambda:*:<account>:function:moesif-*" } }],
    ["FindMappings", undefined],
  ]);
});

test("a role is passed to the services that the pipeline uses only", () => {
  const [passing] = policy.Statement.filter(({ Action }) => Action === "iam:PassRole");
  expect(passing).toMatchObject({
    Condition: { StringEquals: { "iam:PassedToService": expect.arrayContaining(["lambda.amazonaws.com"]) } },
  });
});
