/** The constructs and the module make the same of the same input: the same resources, grants, references and order. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { MoesifPipeline, type MoesifPipelineProps } from "../../modules";
import { ROOT } from "../support/rollout";
import { synthesize } from "../support/synth";
import { describeWithTerraform } from "../support/terraform";
import { type Model, MOCKED, type ModuleCall, models } from "./planned-model";

const secret = (name: string) => `arn:aws:secretsmanager:${MOCKED.region}:${MOCKED.accountId}:secret:${name}-a1B2c3`;
const key = (name: string) => `arn:aws:kms:${MOCKED.region}:${MOCKED.accountId}:key/${name}`;

const MINIMAL: MoesifPipelineProps = { applicationId: { secretArn: secret("moesif") } };

const COMPLETE: MoesifPipelineProps = {
  ...MINIMAL,
  name: "Orders_1",
  environment: "production",
  baseUrl: "https://proxy.example.com/moesif/",
  metadata: { cell: 3, teamName: { lead: "checkout" } },
  eventTags: ["public"],
  apis: { a1b2c3d4e5: { name: "orders", version: "v2", tags: ["checkout"], metadata: { ownTeam: "x" } }, z9y8x7: {} },
  identity: {
    user: ["principalId", { template: "{stage}:{caller}", lowerCase: true }],
    company: [{ from: "apiKeyId", extract: "^[a-z]+", map: { k1a2B3: "acme" } }],
  },
  redaction: {
    fields: { remove: ["userArn"] },
    mask: [{ pattern: "[0-9]{16}", fields: ["resourcePath"], replacement: "[card]" }],
    ip: "truncate",
    path: { emails: "keep", segmentsAfter: ["users"], queryParameters: ["token"] },
    hash: ["user"],
  },
  hashKey: { secretArn: secret("hash") },
  filter: [{ drop: { resourcePath: { pattern: "^/health" }, stage: "test" } }, { keep: { status: ["500"] } }],
  sampling: { rate: 25, by: "user", keepErrors: "server", companyLimit: 9, refreshSeconds: 90, timeoutSeconds: 5 },
  delivery: {
    bufferIntervalSeconds: 30,
    bufferSizeMb: 4,
    retrySeconds: 60,
    commonAttributes: { ownCell: "3" },
    logRetentionDays: 7,
  },
  transformer: {
    memoryMb: 512,
    timeoutSeconds: 90,
    reservedConcurrency: 5,
    architecture: "x86_64",
    logRetentionDays: 1,
    bufferSizeMb: 2,
    bufferIntervalSeconds: 90,
    retries: 1,
    tracing: true,
    vpc: { subnetIds: ["subnet-1"], securityGroupIds: ["sg-1"] },
  },
  backup: {
    expirationDays: 30,
    abortIncompleteUploadDays: 1,
    forceDestroy: true,
    bucketPrefix: "acme-",
    accessLog: { bucket: "access-logs", prefix: "moesif/" },
  },
  iam: {
    namePrefix: "acme-",
    path: "/acme/",
    permissionsBoundary: `arn:aws:iam::${MOCKED.accountId}:policy/boundary`,
    confusedDeputyGuard: "sourceAccount",
  },
  tags: { costCentre: "7" },
};

const KEYS: MoesifPipelineProps = {
  applicationId: { secretArn: secret("moesif"), kmsKey: key("secret") },
  redaction: { hash: ["user"] },
  hashKey: { secretArn: secret("hash"), kmsKey: key("hash") },
  backup: { kmsKey: key("bucket") },
  delivery: { kmsKeyArn: key("stream") },
  logs: { kmsKeyArn: key("logs") },
};

const CASES: Readonly<Record<string, MoesifPipelineProps>> = {
  minimal: MINIMAL,
  complete: COMPLETE,
  existing_bucket: { ...MINIMAL, backup: { existingBucketName: "logs-of-all", mode: "AllData" } },
  existing_bucket_with_a_key: { ...KEYS, backup: { existingBucketName: "logs-of-all", kmsKey: key("bucket") } },
  customer_keys: KEYS,
  bypass: { applicationId: KEYS.applicationId, delivery: KEYS.delivery, transformer: { enabled: false } },
  pass_through: { ...KEYS, transformer: { passThrough: true } },
  event_output: {
    ...MINIMAL,
    output: "event",
    enrichment: "none",
    identity: { sessionToken: ["metadata.session"] },
    sampling: { remote: false },
  },
  no_guard: { ...MINIMAL, iam: { confusedDeputyGuard: "none" } },
};

/** Names of fields that the module has otherwise. */
const RENAMED: Readonly<Record<string, string>> = { kmsKey: "kms_key_arn", existingBucketName: "bucket" };

/** Maps of which the keys are the user's. */
const OWN_KEYS = new Set(["metadata", "map", "tags", "commonAttributes", "drop", "keep"]);

/** The module's variables of a construct's properties. */
function asVariables(value: unknown): any {
  if (Array.isArray(value)) return value.map(asVariables);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      RENAMED[name] ?? name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      OWN_KEYS.has(name) ? one : asVariables(one),
    ]),
  );
}

const ofModule = (props: MoesifPipelineProps): ModuleCall => ({
  source: join(ROOT, "terraform"),
  variables: asVariables(props),
});

/** A stack that is called as a module: provider and state are the caller's. */
function ofConstructs(props: MoesifPipelineProps): ModuleCall {
  const { directory, json } = synthesize((stack) => void new MoesifPipeline(stack, "pipeline", props));
  const { provider: _, ...module } = json;
  delete module.terraform.backend;
  writeFileSync(join(directory, "cdk.tf.json"), JSON.stringify(module));
  return { source: directory, variables: {} };
}

describeWithTerraform("constructs and module", () => {
  let all: Record<string, Model>;

  beforeAll(async () => {
    const calls = Object.entries(CASES).flatMap(([name, props]): [string, ModuleCall][] => [
      [`constructs_${name}`, ofConstructs(props)],
      [`module_${name}`, ofModule(props)],
    ]);
    const changed: MoesifPipelineProps = {
      applicationId: { secretArn: secret("moesif"), kmsKey: key("secret") },
      environment: "live",
      transformer: { memoryMb: 512 },
    };
    all = await models(Object.fromEntries([...calls, ["changed", ofConstructs(changed)]]));
  }, 300_000);

  it.each(Object.keys(CASES))("plan the same in the case %s", (name) => {
    expect(Object.keys(all[`module_${name}`]!).length).toBeGreaterThanOrEqual(10);
    expect(all[`module_${name}`]).toEqual(all[`constructs_${name}`]);
  });

  it("would be found to differ in a value, a setting and a grant", () => {
    const { changed, module_minimal: minimal } = all as { changed: Model; module_minimal: Model };
    const different = Object.keys(minimal).filter(
      (one) => JSON.stringify(minimal[one]) !== JSON.stringify(changed[one]),
    );
    expect(different.sort()).toEqual([
      "aws_iam_role_policy deliver",
      "aws_iam_role_policy transform",
      "aws_lambda_function",
      "aws_s3_object",
    ]);
  });
});
