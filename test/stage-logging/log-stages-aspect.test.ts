/** The aspect does in the pipeline's stack what logStages does, and says what it cannot do. */
import { Aspects } from "cdktf";
import { Apigatewayv2Stage } from "@cdktf/provider-aws/lib/apigatewayv2-stage";
import { logStages, LogStagesAspect, type LogStagesOptions } from "../../modules";
import { type App, Construct, type TerraformStack } from "../../modules/cdk";
import { app, manifestOf, pipelineIn, restStage, stackIn, synthesized, US, v2Stage } from "./app";

function stages(scope: TerraformStack): void {
  restStage(scope, "orders");
  v2Stage(scope, "items", "HTTP");
  v2Stage(scope, "chat", "WEBSOCKET", { tags: { internal: "true" } });
}

/** A stack with a pipeline and stages, logged by what is given. */
function shop(log: (shop: App, home: TerraformStack, pipeline: ReturnType<typeof pipelineIn>) => void) {
  const shop = app();
  const home = stackIn(shop, "home", US);
  const pipeline = pipelineIn(home);
  stages(home);
  log(shop, home, pipeline);
  return shop;
}

/** Without CDKTF's notes of where a construct was made. */
const resourcesOf = (app: App) =>
  JSON.parse(
    JSON.stringify(synthesized(app)("home").json.resource, (key, value) => (key === "//" ? undefined : value)),
  );

describe("the aspect", () => {
  it.each<[string, LogStagesOptions]>([
    ["without options", {}],
    ["with options", { exclude: [{ tags: { internal: "true" } }], formats: { HTTP: undefined } }],
  ])("does in one stack what logStages does, %s", (_, options) => {
    const byAspect = shop((_app, home, pipeline) => Aspects.of(home).add(new LogStagesAspect(pipeline, options)));
    const byFunction = shop((all, _home, pipeline) => void logStages(all, pipeline, options));
    expect(resourcesOf(byAspect)).toEqual(resourcesOf(byFunction));
  });

  it("logs stages that are made after it was attached", () => {
    const late = shop((_app, home, pipeline) => {
      Aspects.of(home).add(new LogStagesAspect(pipeline));
      restStage(home, "late");
    });
    expect(synthesized(late)("home").json.resource.aws_api_gateway_stage.late.access_log_settings).toBeDefined();
  });

  it("logs the stages below the construct that it is attached to, and no others", () => {
    const part = shop((_app, home, pipeline) => {
      const service = new Construct(home, "service");
      restStage(service, "inside");
      Aspects.of(service).add(new LogStagesAspect(pipeline));
    });
    const { orders, service_inside } = withoutHashes(synthesized(part)("home").json.resource.aws_api_gateway_stage);
    expect(service_inside.access_log_settings).toBeDefined();
    expect(orders.access_log_settings).toBeUndefined();
  });

  it("warns of what it leaves alone", () => {
    const one = shop((_app, home, pipeline) => {
      new Apigatewayv2Stage(home, "foreign", { apiId: "a1b2c3d4e5", name: "prod" });
      Aspects.of(home).add(new LogStagesAspect(pipeline));
    });
    one.synth();
    expect(manifestOf(one, "home").annotations.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^its access log does not go to Moesif: its API is not in this app/),
    ]);
  });

  it("does not warn of a stage that logStages has set", () => {
    const both = shop((all, home, pipeline) => {
      logStages(all, pipeline);
      Aspects.of(home).add(new LogStagesAspect(pipeline));
    });
    both.synth();
    expect(manifestOf(both, "home").annotations).toEqual([]);
  });

  it("refuses a stage in another stack than the pipeline's, and says what to do", () => {
    const two = shop((all, home, pipeline) => {
      const other = stackIn(all, "other", US);
      restStage(other, "orders");
      const aspect = new LogStagesAspect(pipeline);
      for (const stack of [home, other]) Aspects.of(stack).add(aspect);
    });
    expect(() => two.synth()).toThrow(
      /\[other\/orders\] LogStagesAspect cannot set its access logging.*call logStages\(app/,
    );
  });

  it("does not mind a stage in another stack that is not meant", () => {
    const two = shop((all, home, pipeline) => {
      const other = stackIn(all, "other", US);
      restStage(other, "orders");
      const aspect = new LogStagesAspect(pipeline, { exclude: [{ path: "other/*" }] });
      for (const stack of [home, other]) Aspects.of(stack).add(aspect);
    });
    expect(() => two.synth()).not.toThrow();
  });

  it("says so where nobody calls it, as on an app", () => {
    const never = shop((all, _home, pipeline) => Aspects.of(all).add(new LogStagesAspect(pipeline)));
    expect(() => never.synth()).toThrow(/LogStagesAspect was never called: attach it to the pipeline's stack/);
  });
});

function withoutHashes(byName: Record<string, any>): Record<string, any> {
  return Object.fromEntries(Object.entries(byName).map(([name, one]) => [name.replace(/_[0-9A-F]{8}$/, ""), one]));
}
