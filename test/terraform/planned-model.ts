/**
 * One form for what a stack of constructs and a module in HCL plan: arguments, grants, references and order, by what a
 * resource is and not by its address. What is equal in it though it is written otherwise is said here.
 */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { Terraform } from "../support/terraform";

type Json = any;

export const MOCKED = { accountId: "111111111111", region: "us-east-1" } as const;

/** A folder that is called as a module, with its variables. */
export interface ModuleCall {
  readonly source: string;
  readonly variables: object;
  /** Names of outputs that are part of its model. */
  readonly outputs?: readonly string[];
}

/** By what a resource is. */
export type Model = Readonly<Record<string, Json>>;

/** What the provider says of a resource once it is there, as far as something else refers to it. */
const COMPUTED: Readonly<Record<string, readonly string[]>> = {
  aws_s3_bucket: ["id", "arn", "bucket"],
  aws_iam_role: ["id", "arn", "name"],
  aws_cloudwatch_dashboard: ["dashboard_arn"],
  aws_cloudwatch_log_group: ["id", "arn"],
  aws_cloudwatch_log_stream: ["arn"],
  aws_s3_object: ["version_id"],
  aws_lambda_function: ["arn"],
  aws_cloudwatch_event_rule: ["arn"],
  aws_sqs_queue: ["id", "arn"],
  aws_iam_policy: ["arn"],
  aws_secretsmanager_secret: ["id", "arn"],
  aws_kinesis_firehose_delivery_stream: ["arn"],
};

/** The data source that is part of a model: it invokes a function. */
const INVOCATION = "aws_lambda_invocation";
const ANSWER = { result: JSON.stringify({ run: 7, stages: [], problems: [], warnings: [], totals: {} }) };

const DATA = {
  aws_caller_identity: { account_id: MOCKED.accountId },
  aws_partition: { partition: "aws" },
  aws_region: { endpoint: `ec2.${MOCKED.region}.amazonaws.com` },
  [INVOCATION]: ANSWER,
};

/** Plans modules, all in one run, since most of what a run costs is the start of the provider. */
export async function models(calls: Readonly<Record<string, ModuleCall>>): Promise<Record<string, Model>> {
  const directory = mkdtempSync(join(tmpdir(), "parity-"));
  const modules = Object.entries(calls).map(([name, { source, variables }]) => {
    const values = Object.keys(variables).map((variable) => [variable, `\${var.calls.${name}.${variable}}`]);
    return [name, { source, ...Object.fromEntries(values) }];
  });
  const write = (file: string, content: object) => writeFileSync(join(directory, file), JSON.stringify(content));
  write("main.tf.json", {
    terraform: { required_providers: { aws: { source: "hashicorp/aws" } } },
    variable: { calls: { type: "any" } },
    module: Object.fromEntries(modules),
    output: Object.fromEntries(
      Object.entries(calls).map(([name, { outputs = [] }]) => {
        const values = outputs.map((output) => [output, `\${module.${name}.${output}}`]);
        return [name, { value: Object.fromEntries(values) }];
      }),
    ),
  });
  // A file of values is no template: what stands in it, Terraform takes as it is.
  const variables = Object.entries(calls).map(([name, call]) => [name, call.variables]);
  write("terraform.tfvars.json", { calls: Object.fromEntries(variables) });
  const blocks = Object.entries(calls).flatMap(([name, { source }]) =>
    blocksOf(source).map((block) => ({ ...block, target: `module.${name}.${block.address}` })),
  );
  const resources = blocks.filter(({ address }) => !address.startsWith("data."));
  const overrides = resources.map(({ target, address, type }) => ({
    target,
    values:
      type === INVOCATION
        ? ANSWER
        : Object.fromEntries((COMPUTED[type] ?? []).map((key) => [key, madeUp(address, key)])),
  }));
  const mock = Object.entries(DATA).map(([type, defaults]) => [type, { defaults }]);
  write("parity.tftest.json", {
    mock_provider: { aws: { mock_data: Object.fromEntries(mock) } },
    override_resource: overrides,
    run: { applied: { command: "apply" } },
  });
  const terraform = new Terraform(directory);
  await terraform.init();
  const { output } = await terraform.run(["test", "-json", "-verbose"]);
  return read(output, Object.fromEntries(Object.entries(calls).map(([name, { source }]) => [name, blocksOf(source)])));
}

/** A name for what the provider makes up; it looks whether an ARN is one. */
function madeUp(address: string, attribute: string): string {
  return attribute === "arn" ? `arn:aws:mock:::${address}.arn` : `${address}.${attribute}`;
}

interface Block {
  readonly address: string;
  readonly type: string;
  readonly createBeforeDestroy: boolean;
  /** Addresses that it names as what comes before it. */
  readonly after: readonly string[];
}

/** The resources of a folder of HCL, as `terraform fmt` leaves it, or of Terraform JSON. */
function blocksOf(folder: string): Block[] {
  return readdirSync(folder).flatMap((file): Block[] => {
    const text = /\.tf(\.json)?$/.test(file) ? readFileSync(join(folder, file), "utf8") : "";
    if (file.endsWith(".json")) {
      const { resource = {}, data = {} } = text === "" ? {} : JSON.parse(text);
      const byType = Object.entries<Json>({ ...resource, [`data.${INVOCATION}`]: data[INVOCATION] ?? {} });
      return byType.flatMap(([type, byName]) =>
        Object.entries<Json>(byName).map(([name, { lifecycle, depends_on: after = [] }]) => ({
          address: `${type}.${name}`,
          type,
          createBeforeDestroy: lifecycle?.create_before_destroy === true,
          after,
        })),
      );
    }
    const found = [...text.matchAll(/^(resource|data) "(\w+)" "(\w+)" \{\n(.*?)^\}/gms)];
    const blocks = found.filter(([, kind, type]) => kind === "resource" || type === INVOCATION);
    return blocks.map(([, kind, type, name, body]) => ({
      address: `${kind === "data" ? "data." : ""}${type}.${name}`,
      type: type!,
      createBeforeDestroy: /create_before_destroy = true/.test(body!),
      after: /^ {2}depends_on = \[(.*?)\]/ms.exec(body!)?.[1]?.match(/[\w.]+/g) ?? [],
    }));
  });
}

function read(output: string, blocks: Readonly<Record<string, readonly Block[]>>): Record<string, Model> {
  const messages: Json[] = output
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));
  const errors = messages.flatMap(({ diagnostic }) => (diagnostic?.severity === "error" ? [diagnostic] : []));
  const state = messages.find(({ test_state: found }) => found)?.test_state;
  if (!state || errors.length > 0) {
    throw new Error(errors.map(({ address, detail, summary }) => `${address ?? ""} ${summary}: ${detail}`).join("\n"));
  }
  const modules = new Map(state.root_module.child_modules.map((one: Json) => [one.address, one.resources]));
  return Object.fromEntries(
    Object.entries(blocks).map(([name, its]) => {
      const within = (address: string) => address.replace(`module.${name}.`, "").replace(/\[.*\]$/, "");
      const resources = (modules.get(`module.${name}`) as Json[])
        .filter(({ mode, type }) => mode === "managed" || type === INVOCATION)
        .map(({ address, values }) => ({ address: within(address), values }));
      return [name, modelOf(resources, its, state.outputs[name].value)];
    }),
  );
}

interface Resource {
  readonly address: string;
  readonly values: Json;
}

function modelOf(resources: readonly Resource[], blocks: readonly Block[], outputs: Json): Model {
  const labels = new Map(resources.map((one) => [one.address, labelOf(one)]));
  const longestFirst = [...labels].sort(([a], [b]) => b.length - a.length);
  const labelled = (value: Json): Json =>
    JSON.parse(
      longestFirst.reduce(
        (text, [address, label]) => text.replaceAll(`${address}.`, `${label}.`),
        JSON.stringify(value),
      ),
    );
  const entries = resources.map((resource): [string, Json] => {
    const { address, values } = resource;
    const block = blocks.find((one) => one.address === address)!;
    const own = Object.entries<Json>(values).filter(
      ([key, value]) => value !== madeUp(address, key) && !LEFT_OUT.has(key) && !RANDOM.test(value),
    );
    return [
      labelOf(resource),
      {
        arguments: labelled(said(Object.fromEntries(own.map(([key, value]) => [key, comparable(key, value)]))) ?? {}),
        // What is not there says nothing.
        after: [...new Set(block.after.flatMap((one) => labels.get(one) ?? []))].sort(),
        createBeforeDestroy: block.createBeforeDestroy,
      },
    ];
  });
  return { ...joined(entries), outputs: labelled(said(comparableOutputs(outputs))) };
}

/** By label. The constructs put grants on stages into other policies than the module: they are one here. */
function joined(entries: readonly [string, Json][]): Model {
  const byLabel = new Map<string, Json>();
  for (const [label, one] of entries) {
    const { policy, ...others } = one.arguments;
    const same = byLabel.get(label);
    if (same === undefined) {
      byLabel.set(label, one);
    } else if (!SPLIT.has(label) || !isDeepStrictEqual({ ...same, arguments: others }, without(same, "policy"))) {
      throw new Error(`two of one kind that differ: ${label}`);
    } else if (policy !== undefined) {
      same.arguments.policy.push(...policy);
    }
  }
  for (const label of SPLIT) {
    const { arguments: all = {} } = byLabel.get(label) ?? {};
    if (all.policy !== undefined) all.policy = united(all.policy);
  }
  return Object.fromEntries(byLabel);
}

const without = (one: Json, argument: string) => ({
  ...one,
  arguments: Object.fromEntries(Object.entries(one.arguments).filter(([name]) => name !== argument)),
});

/** One statement for all resources on which the same is allowed. */
function united(statements: readonly Json[]): Json[] {
  const byGrant = new Map<string, Json>();
  for (const { Resource, ...grant } of statements) {
    const key = JSON.stringify(grant);
    byGrant.set(key, { ...grant, Resource: [...new Set([...(byGrant.get(key)?.Resource ?? []), ...Resource])].sort() });
  }
  return [...byGrant.values()].sort(byText);
}

/** What a module may split over several resources. */
const SPLIT = new Set(["aws_iam_policy", "aws_iam_role_policy_attachment"]);

/** The file lies at another place; that it is the same, its hash says. */
const LEFT_OUT = new Set(["filename", "tags_all"]);

/** Attributes within blocks that the provider computes. */
const COMPUTED_WITHIN: Readonly<Record<string, string>> = {
  rule: "prefix",
  queue: "id",
  versioning_configuration: "mfa_delete",
  vpc_config: "vpc_id",
};

/** Of what is overridden, a mocked provider makes up all else that it would compute: eight signs by chance. */
const RANDOM = /^[a-z0-9]{8}$/;

function labelOf({ address, values }: Resource): string {
  if (address.startsWith("data.")) return `data.${INVOCATION}`;
  const [type = "", name = ""] = address.split(".");
  const naming = NAMING[type];
  // By what Terraform asks of the function.
  if (type === INVOCATION) return `${type} ${name.split("_").at(-1)}`;
  // The policies of two queues differ in what they allow.
  if (type === "aws_sqs_queue_policy") return `${type} ${JSON.parse(values.policy).Statement[0].Sid}`;
  return naming === undefined ? type : `${type} ${values[naming]}`;
}

/** What tells resources of a type from each other, where there may be several. */
const NAMING: Readonly<Record<string, string>> = {
  aws_iam_role: "description",
  aws_iam_role_policy: "name",
  aws_cloudwatch_log_group: "name",
  aws_cloudwatch_log_stream: "name",
  aws_cloudwatch_metric_alarm: "alarm_name",
  aws_lambda_function: "function_name",
  aws_sqs_queue: "name",
};

function comparable(key: string, value: Json): Json {
  if (key === "policy" || key === "assume_role_policy") return JSON.parse(value).Statement.map(statement).sort(byText);
  if ((key === "redrive_policy" && value) || key === "dashboard_body") return JSON.parse(value);
  if (key === "input" && value !== undefined) return JSON.parse(value);
  // The number of the policy, and the hash of its content.
  if (key === "name_prefix") return value?.replace(/([A-Z]+-)?\d+-[0-9a-f]{16}-$/, "");
  if (key === "content") return settings(JSON.parse(value));
  const computed = COMPUTED_WITHIN[key];
  if (computed !== undefined && Array.isArray(value)) return value.map(({ [computed]: _, ...rest }: Json) => rest);
  if (key === "environment") return value.map(({ variables: { SETTINGS_SHA256: _, ...rest } }: Json) => rest);
  return value;
}

/** The constructs have the settings as JSON, the modules as an object. */
function comparableOutputs({ settings: document, ...outputs }: Json): Json {
  if (document === undefined) return outputs;
  return { ...outputs, settings: settings(typeof document === "string" ? JSON.parse(document) : document) };
}

/** One text and a list of it mean the same. */
function statement({ Sid, Effect, Action, Resource, Principal, Condition = {} }: Json): Json {
  const list = (one: Json) => [one ?? []].flat().sort();
  const conditions = Object.entries<Json>(Condition).map(([test, values]) => [
    test,
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, list(value)])),
  ]);
  return {
    Sid,
    Effect,
    Action: list(Action),
    Resource: list(Resource),
    Principal,
    Condition: Object.fromEntries(conditions),
  };
}

/** A document as the function reads it, without what is the default. */
function settings(document: Json): Json {
  const defaults: Json = {
    output: "accessLog",
    baseUrl: "https://api.moesif.net",
    enrichment: "full",
    passThrough: false,
  };
  const chosen = Object.entries<Json>(document).filter(([key, value]) => value !== defaults[key]);
  const { identity = {}, ...rest } = Object.fromEntries(chosen);
  const rules = Object.entries<Json>(identity ?? {}).map(([who, list]) => [
    who,
    list?.map((rule: Json) => (typeof rule === "string" ? { from: rule } : rule)),
  ]);
  return { ...rest, identity: Object.fromEntries(rules) };
}

function byText(one: Json, other: Json): number {
  return JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;
}

/** Without what says nothing: Terraform and the function take null and what is empty as what was left out. */
function said(value: Json): Json {
  if (Array.isArray(value)) {
    const members = value.map(said).filter((one) => one !== undefined);
    return members.length === 0 ? undefined : members;
  }
  if (typeof value !== "object" || value === null) return value ?? undefined;
  const members = Object.entries(value).flatMap(([key, member]) => {
    const kept = said(member);
    return kept === undefined ? [] : [[key, kept]];
  });
  return members.length === 0 ? undefined : Object.fromEntries(members);
}
