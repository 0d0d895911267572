/** The model of the comparison: what counts as the same in it, and what never does. */
import { createHash } from "node:crypto";
import { ROOT } from "../support/rollout";
import { differences } from "./parity/differences";
import { grantsOf } from "./parity/grants";
import { type Model, modelOf } from "./parity/model";
import { asVariables } from "./parity/variables";

const statement = {
  sid: "Read",
  effect: null,
  actions: ["s3:GetObject", "s3:ListBucket"],
  resources: ["arn:aws:s3:::a", "arn:aws:s3:::b"],
  principals: [],
  condition: [{ test: "StringEquals", variable: "s3:prefix", values: ["y", "x"] }],
};

const grants = (...statements: object[]) =>
  grantsOf({ document: "data.d" }, new Map([["data.d", { statement: statements }]])).sort();

describe("the grants of a policy", () => {
  it("are the same however they are cut, named and ordered", () => {
    const [get, list] = statement.actions;
    expect(
      grants(
        { ...statement, sid: "List", actions: [list], condition: [{ ...statement.condition[0], values: ["x", "y"] }] },
        { ...statement, sid: "Get", effect: "Allow", actions: [get] },
      ),
    ).toEqual(grants(statement));
  });

  it("are the same in IAM's JSON and in a block of Terraform's", () => {
    const policy = {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: statement.actions,
          Resource: statement.resources,
          Condition: { StringEquals: { "s3:prefix": ["x", "y"] } },
        },
      ],
    };
    expect(grantsOf(policy, new Map()).sort()).toEqual(grants(statement));
  });

  it.each([
    ["action", { actions: ["s3:*"] }],
    ["resource", { resources: ["*"] }],
    ["effect", { effect: "Deny" }],
    ["principal", { principals: [{ type: "AWS", identifiers: ["*"] }] }],
    ["condition", { condition: [] }],
    ["value of a condition", { condition: [{ ...statement.condition[0], values: ["x"] }] }],
    ["test of a condition", { condition: [{ ...statement.condition[0], test: "StringLike" }] }],
  ])("are others with another %s", (_, other) => {
    expect(grants({ ...statement, ...other })).not.toEqual(grants(statement));
  });

  it("are refused where a statement says what is not compared", () => {
    expect(() => grants({ ...statement, not_actions: ["s3:PutObject"] })).toThrow("not_actions");
  });
});

const content = '{"version":1,"rate":5}';
const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");

const model = (values: object, { dependsOn = [] as string[], block = {}, outputs = {} } = {}): Model =>
  modelOf({
    resources: [{ address: "aws_s3_object.settings", values, dependsOn }],
    blocks: { resource: { aws_s3_object: { settings: block } } },
    outputs,
    folder: ROOT,
    caller: ROOT,
  });

describe("the model of a plan", () => {
  const one = model({ content, revision: hashOf(content) });

  it("takes settings for the same that say the same, each with its own hash", () => {
    const other = '{"rate":5, "version":1}';
    expect(differences(one, model({ content: other, revision: hashOf(other) }))).toEqual([]);
  });

  it("tells settings with a hash that is not theirs", () => {
    expect(differences(one, model({ content, revision: hashOf("") }))).toEqual([
      expect.stringMatching(/^aws_s3_object\.settings: arguments › revision: the construct has "\(hash of aws_s3/),
    ]);
  });

  it("takes null and nothing for what was left out, and never false, 0 or an empty text", () => {
    expect(differences(one, model({ content, revision: hashOf(content), tags: {}, source: null, rule: [] }))).toEqual(
      [],
    );
    for (const value of [false, 0, ""]) {
      expect(differences(one, model({ content, revision: hashOf(content), value }))).toHaveLength(1);
    }
  });

  it("takes nothing of the settings for what was left out", () => {
    for (const other of ['{"version":1,"rate":5,"filter":[]}', '{"version":1,"rate":5,"filter":null}']) {
      expect(differences(one, model({ content: other, revision: hashOf(other) }))).toHaveLength(1);
    }
  });

  it("tells order, lifecycle and outputs by themselves", () => {
    const values = { content, revision: hashOf(content) };
    const block = { lifecycle: { create_before_destroy: true, precondition: [{ condition: "${true}" }] } };
    const other = model(values, { dependsOn: ["aws_s3_bucket.a"], block, outputs: { arn: "a" } });
    expect(differences(one, other)).toEqual([
      "aws_s3_object.settings: after › aws_s3_bucket.a: the module has it, the construct does not",
      'aws_s3_object.settings: lifecycle: the construct has nothing, the module {"create_before_destroy":true}',
      "output.arn: the module alone has it",
    ]);
  });
});

describe("the variables of a module", () => {
  const schema = {
    properties: {
      logGroup: { properties: { retentionDays: {} } },
      apis: { additionalProperties: { properties: { apiName: {} } } },
      filter: { items: { properties: { drop: { form: "matches", additionalProperties: {} } } } },
    },
  };

  it("have Terraform's names, but for the keys of maps, and its unions", () => {
    const given = {
      logGroup: { retentionDays: 7 },
      apis: { anyKey: { apiName: "orders" } },
      filter: [{ drop: { resourcePath: ["/a", "/b"], httpMethod: { pattern: "^G" } } }],
    };
    expect(asVariables(schema, given)).toEqual({
      log_group: { retention_days: 7 },
      apis: { anyKey: { api_name: "orders" } },
      filter: [{ drop: { resourcePath: { values: ["/a", "/b"] }, httpMethod: { pattern: "^G" } } }],
    });
  });

  it("are refused what the module does not know", () => {
    expect(() => asVariables(schema, { logGroup: { days: 7 } })).toThrow("no variable or field is named days");
  });
});
