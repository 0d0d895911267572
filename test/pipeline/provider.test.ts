/** The provider of a construct, and where it deploys to. */
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as moesif from "../../modules";
import { AwsProvider } from "../../modules/aws";
import * as cdk from "../../modules/cdk";
import { synthesizeExpressions } from "../support/synth";

const { MoesifPipeline } = moesif;
const applicationId = { secretName: "moesif/application-id" };

/** Builds into a stack with a provider for us-east-1, and one for eu-west-1 by an alias. */
const twoRegions = (build: (stack: cdk.TerraformStack, eu: AwsProvider) => void) =>
  synthesizeExpressions((stack) => {
    new AwsProvider(stack, "aws", { region: "us-east-1", allowedAccountIds: ["111111111111"] });
    build(stack, new AwsProvider(stack, "aws_eu", { region: "eu-west-1", alias: "eu" }));
  });

/** The providers of all AWS resources and data sources. */
function providersOf({ json }: ReturnType<typeof twoRegions>): string[] {
  const blocks = [...Object.entries<object>(json.resource ?? {}), ...Object.entries<object>(json.data ?? {})];
  const aws = blocks.filter(([type]) => type.startsWith("aws_")).flatMap(([, byName]) => Object.values(byName));
  return aws.map(({ provider }) => provider ?? "aws");
}

describe("the provider of a pipeline", () => {
  it("is that of every resource and data source in it, whatever is in use", () => {
    const stack = twoRegions((scope, provider) => {
      new MoesifPipeline(scope, "pipeline", {
        provider,
        applicationId: { ...applicationId, kmsKey: "alias/secret" },
        backup: { kmsKey: "alias/backup", accessLog: { bucket: "access-logs" } },
        redaction: { hash: ["user"] },
        hashKey: { secretName: "moesif/hash-key" },
      }).stageLogGroup();
    });
    const providers = providersOf(stack);
    expect(providers.length).toBeGreaterThan(25);
    expect(new Set(providers)).toEqual(new Set(["aws.eu"]));
  });

  it("is the stack's where none is given", () => {
    const stack = twoRegions((scope) => void new MoesifPipeline(scope, "pipeline", { applicationId }));
    expect(new Set(providersOf(stack))).toEqual(new Set(["aws"]));
  });

  it("lets one stack hold a pipeline for each of two regions, of one name", () => {
    const stack = twoRegions((scope, provider) => {
      new MoesifPipeline(scope, "us", { applicationId });
      new MoesifPipeline(scope, "eu", { applicationId, provider });
    });
    expect(providersOf(stack).filter((provider) => provider === "aws.eu")).toHaveLength(providersOf(stack).length / 2);
  });

  it("may not serve two pipelines of one name", () => {
    const both = (...names: (string | undefined)[]) =>
      twoRegions((scope, provider) => {
        for (const [index, name] of names.entries()) {
          const parent = new cdk.Construct(scope, `team${index}`);
          new MoesifPipeline(parent, "pipeline", { applicationId, provider, name });
        }
      });
    expect(() => both("moesif", undefined)).toThrow(
      'team1/pipeline: name: name "moesif" is also that of test/team0/pipeline, of the same provider  [duplicate-name]\n  fix: give one of the two another name',
    );
    expect(() => both("a", "b")).not.toThrow();
  });
});

describe("a literal region or account", () => {
  it.each([
    [{ region: "eu-west-1" }, 'region is "eu-west-1", and that of the provider "us-east-1"'],
    [{ accountId: "222222222222" }, 'accountId is "222222222222", and the provider allows 111111111111'],
  ])("%j is refused where the provider says otherwise", (place, message) => {
    expect(() =>
      twoRegions((scope) => void new MoesifPipeline(scope, "pipeline", { applicationId, ...place })),
    ).toThrow(message);
  });

  it("is refused in synthesis where the provider comes after the construct", () => {
    const build = () =>
      synthesizeExpressions((scope) => {
        new MoesifPipeline(scope, "pipeline", { applicationId, region: "eu-west-1" });
        new AwsProvider(scope, "aws", { region: "us-east-1" });
      });
    expect(build).toThrow('region is "eu-west-1", and that of the provider "us-east-1"');
  });

  it("is taken where it is the provider's, given to the construct or around it", () => {
    expect(() =>
      twoRegions((scope, provider) => {
        new MoesifPipeline(scope, "pipeline", { applicationId, region: "eu-west-1", provider });
        new MoesifPipeline(scope, "other", { name: "other", applicationId, region: "us-east-1" });
      }),
    ).not.toThrow();
  });
});

describe("a stack of another core", () => {
  const coreOf = (version: string) => {
    let stack: cdk.TerraformStack | undefined;
    // Another copy of the core, as that of another package is.
    jest.isolateModules(() => {
      const { App, TerraformStack: OtherStack } = jest.requireActual<typeof cdk>("cdktf");
      const app = new App({ outdir: mkdtempSync(join(tmpdir(), "core-")) });
      app.node.setContext("cdktfVersion", version);
      stack = new OtherStack(app, "orders");
    });
    return stack!;
  };

  it("is refused by the name of the recipe that helps", () => {
    expect(() => new MoesifPipeline(coreOf("0.24.0"), "pipeline", { applicationId })).toThrow(
      readFileSync(join(__dirname, "..", "stacks", "bad", "other-core.txt"), "utf8").trimEnd(),
    );
  });

  it("is taken if it is a second copy of the same", () => {
    expect(() => new MoesifPipeline(coreOf(cdk.CORE_VERSION), "pipeline", { applicationId })).not.toThrow();
  });
});

/** Each public construct with no more than it needs, given a provider. */
const CONSTRUCTS: Record<string, (scope: cdk.Construct, provider: AwsProvider) => unknown> = {
  ApplicationId: (scope, provider) => new moesif.ApplicationId(scope, "it", { secretName: "moesif", provider }),
  AwsEnvironment: (scope, provider) => new moesif.AwsEnvironment(scope, "it", { provider }),
  BackupBucket: (scope, provider) =>
    new moesif.BackupBucket(scope, "it", { name: "moesif", environment: { partition: "aws" }, provider }),
  ErrorLog: (scope, provider) => new moesif.ErrorLog(scope, "it", { streamName: "stream", provider }),
  HashKey: (scope, provider) => new moesif.HashKey(scope, "it", { secretName: "moesif", provider }),
};

describe.each(Object.entries(CONSTRUCTS))("the provider of %s", (_, construct) => {
  it("is that of everything in it", () => {
    const stack = twoRegions((scope, provider) => void construct(scope, provider));
    expect(new Set(providersOf(stack))).toEqual(new Set(["aws.eu"]));
  });
});
