/** Which stages of an app are logged, how, and what is said of the others. */
import { Apigatewayv2Api } from "@cdktf/provider-aws/lib/apigatewayv2-api";
import { Apigatewayv2Stage } from "@cdktf/provider-aws/lib/apigatewayv2-stage";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import {
  ApiGatewayLogRole,
  httpAccessLogFormat,
  logStages,
  type LogStagesOptions,
  type MoesifPipeline,
  restAccessLogFormat,
  type StageOutcome,
  websocketAccessLogFormat,
} from "../../modules";
import { type App, Construct, TerraformResource, type TerraformStack } from "../../modules/cdk";
import { app, manifestOf, pipelineIn, restStage, stackIn, synthesized, US, v2Stage } from "./app";

const STREAM = "${aws_kinesis_firehose_delivery_stream.moesif_delivery_stream.arn}";
const GROUP = "${aws_cloudwatch_log_group.moesif_stage_log_group.arn}";

/** One stack with a pipeline, and whatever stages are built into it. */
function oneStack(build: (stack: TerraformStack) => void, options: LogStagesOptions = {}) {
  const shop = app();
  const stack = stackIn(shop, "shop", US);
  const pipeline = pipelineIn(stack);
  build(stack);
  const outcomes = logStages(shop, pipeline, options);
  return { outcomes, stack: synthesized(shop)("shop") };
}

/** What became of each stage, without the reasons. */
const results = (outcomes: readonly StageOutcome[]) =>
  Object.fromEntries(outcomes.map(({ path, result }) => [path, result]));

const reasons = (outcomes: readonly StageOutcome[]) => outcomes.map(({ reason }) => reason).join("\n");

describe("logStages", () => {
  const { outcomes, stack } = oneStack((scope) => {
    restStage(scope, "orders");
    v2Stage(scope, "items", "HTTP");
    v2Stage(scope, "chat", "WEBSOCKET");
  });
  const settings = (type: string, name: string) => stack.json.resource[type][name].access_log_settings;

  it("sends REST stages to the stream, HTTP and WebSocket stages to the log group, each in its own format", () => {
    expect(settings("aws_api_gateway_stage", "orders")).toEqual({
      destination_arn: STREAM,
      format: restAccessLogFormat(),
    });
    expect(settings("aws_apigatewayv2_stage", "items")).toEqual({
      destination_arn: GROUP,
      format: httpAccessLogFormat(),
    });
    expect(settings("aws_apigatewayv2_stage", "chat")).toEqual({
      destination_arn: GROUP,
      format: websocketAccessLogFormat(),
    });
  });

  it("has stages wait until what they log is carried on: what is logged before would be lost", () => {
    const subscription = "aws_cloudwatch_log_subscription_filter.moesif_stage_log_group_to_stream";
    const { items, chat } = stack.json.resource.aws_apigatewayv2_stage;
    expect([items.depends_on, chat.depends_on]).toEqual([[subscription], [subscription]]);
    expect(stack.json.resource.aws_api_gateway_stage.orders.depends_on).toBeUndefined();
  });

  it("says what it did with each stage, and why", () => {
    expect(outcomes).toEqual([
      { path: "shop/orders", type: "REST", result: "logged", reason: "to the delivery stream" },
      {
        path: "shop/items",
        type: "HTTP",
        result: "logged",
        reason: "to the log group, which forwards events to the stream",
      },
      {
        path: "shop/chat",
        type: "WEBSOCKET",
        result: "logged",
        reason: expect.stringMatching(/until the account has a CloudWatch role in the region: see ApiGatewayLogRole$/),
      },
    ]);
  });

  it("makes no log group for REST stages alone", () => {
    const rest = oneStack((scope) => void restStage(scope, "orders"));
    expect(rest.stack.addresses().filter((address) => address.includes("stage_log_group"))).toEqual([]);
  });

  it("takes a scope within a stack", () => {
    const shop = app();
    const inside = stackIn(shop, "shop", US);
    restStage(inside, "outside");
    const service = new Construct(inside, "service");
    restStage(service, "orders");
    expect(results(logStages(service, pipelineIn(inside)))).toEqual({ "shop/service/orders": "logged" });
  });

  it("knows stages of another copy of the bindings by their resource type", () => {
    const other = oneStack((scope) => {
      const stage = new TerraformResource(scope, "orders", { terraformResourceType: "aws_api_gateway_stage" });
      stage.addOverride("rest_api_id", "a1b2c3d4e5");
    });
    expect(other.stack.resource("aws_api_gateway_stage").access_log_settings.destination_arn).toBe(STREAM);
  });

  it("takes formats, a log group and a type of one's own", () => {
    const format = restAccessLogFormat({ path: "route" });
    const arn = "arn:aws:logs:us-east-1:111111111111:log-group:/aws/vendedlogs/own";
    const own = oneStack(
      (scope) => {
        restStage(scope, "orders");
        new Apigatewayv2Stage(scope, "items", { apiId: "a1b2c3d4e5", name: "prod" });
      },
      {
        formats: { REST: format },
        logGroup: { arn },
        apiType: ({ api }) => (api.id === "a1b2c3d4e5" ? "HTTP" : undefined),
      },
    );
    expect(own.stack.resource("aws_api_gateway_stage").access_log_settings.format).toBe(format);
    expect(own.stack.resource("aws_apigatewayv2_stage").access_log_settings.destination_arn).toBe(arn);
    expect(own.stack.json.resource.aws_cloudwatch_log_subscription_filter).toBeUndefined();
  });

  it("refuses a format that API Gateway or Moesif would", () => {
    expect(() => oneStack((scope) => void restStage(scope, "orders"), { formats: { REST: "{}" } })).toThrow(
      /required keys are missing: apiId/,
    );
  });

  it("refuses to log an HTTP stage to a stream that bypasses the transformer", () => {
    const shop = app();
    const scope = stackIn(shop, "shop", US);
    const pipeline = pipelineIn(scope, { transformer: { enabled: false } });
    v2Stage(scope, "items", "HTTP");
    expect(() => logStages(shop, pipeline)).toThrow("HTTP and WebSocket stages require transformer.enabled");
  });
});

describe("a stage that is left alone", () => {
  const elsewhere = {
    destinationArn: "arn:aws:logs:us-east-1:111111111111:log-group:own",
    format: "$context.requestId",
  };

  it("says already where it logs, by a property or by an override", () => {
    const build = (scope: TerraformStack) => {
      restStage(scope, "by_property", { accessLogSettings: elsewhere });
      v2Stage(scope, "by_override", "HTTP").addOverride(
        "access_log_settings.destination_arn",
        elsewhere.destinationArn,
      );
      v2Stage(scope, "by_list", "HTTP").addOverride("access_log_settings", [{ format: "$context.requestId" }]);
      v2Stage(scope, "dynamic", "HTTP").addOverride("dynamic.access_log_settings", { for_each: [] });
      v2Stage(scope, "emptied", "HTTP", { accessLogSettings: elsewhere }).addOverride("access_log_settings", undefined);
    };
    const { outcomes, stack } = oneStack(build);
    expect(results(outcomes)).toEqual({
      "shop/by_property": "skipped",
      "shop/by_override": "skipped",
      "shop/by_list": "skipped",
      "shop/dynamic": "skipped",
      "shop/emptied": "logged",
    });
    expect(reasons(outcomes)).toContain("or set overwrite to true");
    expect(stack.resource("aws_api_gateway_stage").access_log_settings).toEqual({
      destination_arn: elsewhere.destinationArn,
      format: elsewhere.format,
    });
  });

  it("is taken over where that is wanted", () => {
    const { outcomes, stack } = oneStack(
      (scope) => {
        restStage(scope, "by_property", { accessLogSettings: elsewhere });
        v2Stage(scope, "by_list", "HTTP").addOverride("access_log_settings", [{ format: "$context.requestId" }]);
      },
      { overwrite: true },
    );
    expect(results(outcomes)).toEqual({ "shop/by_property": "logged", "shop/by_list": "logged" });
    expect(stack.resource("aws_api_gateway_stage").access_log_settings).toEqual({
      destination_arn: STREAM,
      format: restAccessLogFormat(),
    });
    expect(stack.resource("aws_apigatewayv2_stage").access_log_settings).toEqual({
      destination_arn: GROUP,
      format: httpAccessLogFormat(),
    });
  });

  it("ignores changes of what would be set", () => {
    const { outcomes } = oneStack((scope) => {
      restStage(scope, "all", { lifecycle: { ignoreChanges: "all" } });
      restStage(scope, "this", { lifecycle: { ignoreChanges: ["access_log_settings[0].format"] } });
      restStage(scope, "other", { lifecycle: { ignoreChanges: ["deployment_id"] } });
    });
    expect(results(outcomes)).toEqual({ "shop/all": "skipped", "shop/this": "skipped", "shop/other": "logged" });
  });

  it("is of an API of which nobody knows the type", () => {
    const { outcomes } = oneStack((scope) => {
      new Apigatewayv2Stage(scope, "literal", { apiId: "a1b2c3d4e5", name: "prod" });
      v2Stage(scope, "planned", "${var.protocol}");
    });
    expect(results(outcomes)).toEqual({ "shop/literal": "skipped", "shop/planned": "skipped" });
    expect(reasons(outcomes)).toContain("set the option apiType");
  });

  it("is in another region or account than the pipeline, as far as the providers say", () => {
    const shop = app();
    const home = stackIn(shop, "home", { ...US, allowedAccountIds: ["111111111111"] });
    const pipeline = pipelineIn(home);
    restStage(stackIn(shop, "europe", { region: "eu-west-1" }), "orders");
    restStage(stackIn(shop, "staging", { ...US, allowedAccountIds: ["222222222222"] }), "orders");
    restStage(stackIn(shop, "planned", { region: "${var.region}" }), "orders");
    const abroad = new AwsProvider(home, "abroad", { alias: "abroad", region: "eu-west-1" });
    restStage(home, "abroad_by_provider", { provider: abroad });
    restStage(home, "abroad_by_itself").addOverride("region", "eu-west-1");
    restStage(home, "orders");
    const outcomes = logStages(shop, pipeline);
    expect(results(outcomes)).toEqual({
      "europe/orders": "skipped",
      "staging/orders": "skipped",
      "planned/orders": "logged",
      "home/abroad_by_provider": "skipped",
      "home/abroad_by_itself": "skipped",
      "home/orders": "logged",
    });
    expect(reasons(outcomes)).toContain("it is in eu-west-1, and the pipeline is in account 111111111111, us-east-1");
    expect(reasons(outcomes)).toContain(
      "it is in account 222222222222, us-east-1, and the pipeline is in account 111111111111, us-east-1",
    );
  });

  it("is compared with the account and region that the pipeline is given, before its provider's", () => {
    const shop = app();
    const pipeline = pipelineIn(stackIn(shop, "home", { region: "${var.region}" }), {
      region: "eu-west-1",
      accountId: "111111111111",
    });
    restStage(stackIn(shop, "america", US), "orders");
    restStage(stackIn(shop, "europe", { region: "eu-west-1", allowedAccountIds: ["222222222222"] }), "orders");
    expect(results(logStages(shop, pipeline))).toEqual({
      "america/orders": "skipped",
      "europe/orders": "skipped",
    });
  });
});

describe("a stage that is selected", () => {
  const tagged = (scope: TerraformStack) => {
    restStage(scope, "orders", { tags: { tier: "public" } });
    v2Stage(scope, "items", "HTTP", {}, { tier: "public", team: "shop" });
    v2Stage(scope, "admin", "HTTP", { tags: { tier: "internal" } }, { tier: "public" });
    new Apigatewayv2Stage(scope, "foreign", { apiId: "a1b2c3d4e5", name: "prod" });
  };
  const logged = (options: LogStagesOptions) =>
    oneStack(tagged, { apiType: () => "HTTP", ...options })
      .outcomes.filter(({ result }) => result === "logged")
      .map(({ path }) => path);

  it.each<[string, LogStagesOptions, string[]]>([
    ["every one, where nothing is said", {}, ["shop/orders", "shop/items", "shop/admin", "shop/foreign"]],
    ["none, where nothing is included", { include: [] }, []],
    ["one by its path", { include: [{ path: "shop/orders" }] }, ["shop/orders"]],
    ["some by a pattern", { include: [{ path: "*/*o*r*" }] }, ["shop/orders", "shop/foreign"]],
    ["one by the id of its API", { include: [{ api: "a1b2c3d4e5" }] }, ["shop/foreign"]],
    ["one by the name of its API", { include: [{ api: "item*" }] }, ["shop/items"]],
    ["one by the construct of its API", { include: [{ api: "shop/admin_api" }] }, ["shop/admin"]],
    ["by a tag of the stage or its API", { include: [{ tags: { tier: "public" } }] }, ["shop/orders", "shop/items"]],
    ["by all that a selector says", { include: [{ path: "*items", tags: { tier: "public" } }] }, ["shop/items"]],
    ["by no half of it", { include: [{ path: "*orders", tags: { team: "shop" } }] }, []],
    ["by any of several", { include: [{ path: "*items" }, { path: "*orders" }] }, ["shop/orders", "shop/items"]],
    ["not if it is excluded", { exclude: [{ path: "shop/*i*" }] }, ["shop/orders"]],
    [
      "not if it is both",
      { include: [{ path: "*" }], exclude: [{ tags: { tier: "internal" } }] },
      ["shop/orders", "shop/items", "shop/foreign"],
    ],
  ])("is %s", (_, options, expected) => {
    expect(logged(options)).toEqual(expected);
  });

  it("says by which option it was excluded", () => {
    expect(oneStack(tagged, { include: [] }).outcomes[0]).toEqual({
      path: "shop/orders",
      type: "REST",
      result: "excluded",
      reason: "not matched by include",
    });
    expect(reasons(oneStack(tagged, { exclude: [{}] }).outcomes)).toContain("excluded by exclude");
  });
});

describe("several pipelines", () => {
  /** A pipeline and a REST stage in each of two regions of one app. */
  function twoRegions(log: (app: App, us: MoesifPipeline, eu: MoesifPipeline) => StageOutcome[]) {
    const shop = app();
    const [us, eu] = (["us-east-1", "eu-west-1"] as const).map((region) => {
      const stack = stackIn(shop, region, { region });
      restStage(stack, "orders");
      return pipelineIn(stack);
    });
    return { outcomes: log(shop, us!, eu!), stack: synthesized(shop) };
  }

  it("each get the stages of their own region", () => {
    const { outcomes, stack } = twoRegions((shop, us, eu) => logStages(shop, [us, eu]));
    expect(results(outcomes)).toEqual({ "us-east-1/orders": "logged", "eu-west-1/orders": "logged" });
    for (const region of ["us-east-1", "eu-west-1"]) {
      expect(stack(region).resource("aws_api_gateway_stage").access_log_settings.destination_arn).toBe(STREAM);
    }
  });

  it("can be given one by one: the advice about a stage that an earlier call set is true", () => {
    const { outcomes } = twoRegions((shop, us, eu) => [us, eu, us].flatMap((one) => logStages(shop, one)));
    const byCall = [outcomes.slice(0, 2), outcomes.slice(2, 4), outcomes.slice(4)];
    expect(byCall.map(results)).toEqual([
      { "us-east-1/orders": "logged", "eu-west-1/orders": "skipped" },
      { "us-east-1/orders": "skipped", "eu-west-1/orders": "logged" },
      { "us-east-1/orders": "skipped", "eu-west-1/orders": "skipped" },
    ]);
    expect(byCall[1]![0]!.reason).toBe("an earlier call has it log to the pipeline us-east-1/moesif already");
    expect(byCall[2]!.map(({ reason }) => reason)).toEqual([
      "an earlier call has it log to the pipeline us-east-1/moesif already",
      "an earlier call has it log to the pipeline eu-west-1/moesif already",
    ]);
  });

  it("do not serve a stage of a third region", () => {
    const { outcomes } = twoRegions((shop, us, eu) => {
      restStage(stackIn(shop, "asia", { region: "ap-south-1" }), "orders");
      return logStages(shop, [us, eu]);
    });
    expect(reasons(outcomes)).toContain("it is in ap-south-1, and the pipelines are in us-east-1 and eu-west-1");
  });

  it("are told apart by their providers where regions are unknown", () => {
    const shop = app();
    const [one, other] = ["one", "other"].map((name) => {
      const stack = stackIn(shop, name, { region: `\${var.${name}}` });
      restStage(stack, "orders");
      return pipelineIn(stack);
    });
    const foreign = stackIn(shop, "foreign", { region: "${var.region}" });
    restStage(foreign, "orders");
    const outcomes = logStages(shop, [one!, other!]);
    expect(results(outcomes)).toEqual({
      "one/orders": "logged",
      "other/orders": "logged",
      "foreign/orders": "skipped",
    });
    expect(reasons(outcomes)).toContain("it may belong to each of the pipelines one/moesif, other/moesif");
    expect(synthesized(shop)("other").resource("aws_api_gateway_stage").access_log_settings.destination_arn).toBe(
      STREAM,
    );
  });
});

describe("an app of several stacks", () => {
  /** The pipeline, an API, its stage and another API's in stacks of their own. */
  function severalStacks(options: (pipeline: MoesifPipeline) => LogStagesOptions = () => ({})) {
    const shop = app();
    const home = stackIn(shop, "home", US);
    const pipeline = pipelineIn(home);
    const api = new Apigatewayv2Api(stackIn(shop, "apis", US), "api", { name: "items", protocolType: "HTTP" });
    const stages = stackIn(shop, "stages", US);
    // An API by the same address in the stage's own stack is not the one that is meant.
    new Apigatewayv2Api(stages, "api", { name: "chat", protocolType: "WEBSOCKET" });
    new Apigatewayv2Stage(stages, "items", { apiId: api.id, name: "prod" });
    v2Stage(stackIn(shop, "chat", US), "chat", "WEBSOCKET");
    return { shop, home, outcomes: logStages(shop, pipeline, options(pipeline)) };
  }

  it("gets references that Terraform resolves by the state of the pipeline's stack", () => {
    const { shop } = severalStacks();
    const stack = synthesized(shop);
    const output = "cross-stack-output-aws_cloudwatch_log_groupmoesif_stage_log_grouparn";
    for (const name of ["stages", "chat"]) {
      expect(stack(name).resource("aws_apigatewayv2_stage").access_log_settings.destination_arn).toBe(
        `\${data.terraform_remote_state.cross-stack-reference-input-home.outputs.${output}}`,
      );
      expect(manifestOf(shop, name).dependencies).toContain("home");
    }
    expect(stack("home").json.output[output].value).toBe(GROUP);
  });

  it("knows the type of an API in another stack than its stage", () => {
    expect(severalStacks().outcomes.map(({ path, type }) => [path, type])).toEqual([
      ["stages/items", "HTTP"],
      ["chat/chat", "WEBSOCKET"],
    ]);
  });

  it("has WebSocket stages wait for the CloudWatch role, in their own stack or another", () => {
    const shop = app();
    const home = stackIn(shop, "home", US);
    const roleStack = stackIn(shop, "account", US);
    const logRole = new ApiGatewayLogRole(roleStack, "log_role");
    v2Stage(roleStack, "chat", "WEBSOCKET", { dependsOn: [] });
    v2Stage(roleStack, "items", "HTTP");
    v2Stage(stackIn(shop, "chat", US), "chat", "WEBSOCKET");
    const outcomes = logStages(shop, pipelineIn(home), { logRole });
    expect(reasons(outcomes)).not.toContain("ApiGatewayLogRole");
    const { chat, items } = synthesized(shop)("account").json.resource.aws_apigatewayv2_stage;
    expect(chat.depends_on).toEqual(["aws_api_gateway_account.log_role_account"]);
    expect(items.depends_on).toBeUndefined();
    expect(manifestOf(shop, "chat").dependencies).toContain("account");
  });
});
