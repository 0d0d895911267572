/**
 * One form for what a stack of constructs and a module in HCL plan: arguments, grants, references and order, by what a
 * resource is and not by its address. What is equal in it though it is written otherwise is said here.
 */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Terraform } from "../support/terraform";

type Json = any;

export const MOCKED = { accountId: "111111111111", region: "eu-west-1" } as const;

/** A folder that is called as a module, with its variables. */
export interface ModuleCall {
  readonly source: string;
  readonly variables: object;
}

/** By what a resource is. */
export type Model = Readonly<Record<string, Json>>;

/** What the provider says of a resource once it is there, as far as something else refers to it. */
const COMPUTED: Readonly<Record<string, readonly string[]>> = {
  aws_s3_bucket: ["id", "arn", "bucket"],
  aws_iam_role: ["id", "arn", "name"],
  aws_cloudwatch_log_group: ["id", "arn"],
  aws_cloudwatch_log_stream: ["arn"],
  aws_s3_object: ["version_id"],
  aws_lambda_function: ["arn"],
  aws_kinesis_firehose_delivery_stream: ["arn"],
};

const DATA = {
  aws_caller_identity: { account_id: MOCKED.accountId },
  aws_partition: { partition: "aws" },
  aws_region: { endpoint: `ec2.${MOCKED.region}.amazonaws.com` },
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
  });
  // A file of values is no template: what stands in it, Terraform takes as it is.
  const variables = Object.entries(calls).map(([name, call]) => [name, call.variables]);
  write("terraform.tfvars.json", { calls: Object.fromEntries(variables) });
  const blocks = Object.entries(calls).flatMap(([name, { source }]) =>
    blocksOf(source).map((block) => ({ ...block, target: `module.${name}.${block.address}` })),
  );
  const overrides = blocks.map(({ target, address, type }) => ({
    target,
    override_during: "plan",
    values: Object.fromEntries((COMPUTED[type] ?? []).map((key) => [key, madeUp(address, key)])),
  }));
  const mock = Object.entries(DATA).map(([type, defaults]) => [type, { defaults }]);
  write("parity.tftest.json", {
    mock_provider: { aws: { mock_data: Object.fromEntries(mock) } },
    override_resource: overrides,
    run: { planned: { command: "plan" } },
  });
  const terraform = new Terraform(directory);
  await terraform.init();
  const { output } = await terraform.run(["test", "-json", "-verbose"], 300);
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
      const byType = Object.entries<Json>(text === "" ? {} : (JSON.parse(text).resource ?? {}));
      return byType.flatMap(([type, byName]) =>
        Object.entries<Json>(byName).map(([name, { lifecycle, depends_on: after = [] }]) => ({
          address: `${type}.${name}`,
          type,
          createBeforeDestroy: lifecycle?.create_before_destroy === true,
          after,
        })),
      );
    }
    return [...text.matchAll(/^resource "(\w+)" "(\w+)" \{\n(.*?)^\}/gms)].map(([, type, name, body]) => ({
      address: `${type}.${name}`,
      type: type!,
      createBeforeDestroy: /create_before_destroy = true/.test(body!),
      after: /^ {2}depends_on = \[(.*?)\]/ms.exec(body!)?.[1]?.match(/\w+\.\w+/g) ?? [],
    }));
  });
}

function read(output: string, blocks: Readonly<Record<string, readonly Block[]>>): Record<string, Model> {
  const messages: Json[] = output
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));
  const errors = messages.flatMap(({ diagnostic }) => (diagnostic?.severity === "error" ? [diagnostic] : []));
  const plan = messages.find(({ test_plan: found }) => found)?.test_plan;
  if (!plan || errors.length > 0) {
    throw new Error(
      errors.map(({ address, detail, summary }) => `${address ?? ""} ${summary}: ${detail}`).join("\n") || output,
    );
  }
  const planned = plan.resource_changes.filter(({ mode }: Json) => mode === "managed");
  return Object.fromEntries(
    Object.entries(blocks).map(([name, its]) => {
      const own = (one: Json) => one.module_address === `module.${name}` || one.address.startsWith(`module.${name}.`);
      const within = (address: string) => address.replace(`module.${name}.`, "").replace(/\[.*\]$/, "");
      const resources = planned
        .filter(own)
        .map(({ address, change }: Json) => ({ address: within(address), values: change.after }));
      return [name, modelOf(resources, its)];
    }),
  );
}

interface Resource {
  readonly address: string;
  readonly values: Json;
}

function modelOf(resources: readonly Resource[], blocks: readonly Block[]): Model {
  const labels = new Map(resources.map((one) => [one.address, labelOf(one)]));
  if (new Set(labels.values()).size < labels.size)
    throw new Error(`two of one kind: ${[...labels.values()].join(", ")}`);
  const longestFirst = [...labels].sort(([a], [b]) => b.length - a.length);
  const labelled = (value: Json): Json =>
    JSON.parse(
      longestFirst.reduce(
        (text, [address, label]) => text.replaceAll(`${address}.`, `${label}.`),
        JSON.stringify(value),
      ),
    );
  const entries = resources.map(({ address, values }): [string, Json] => {
    const block = blocks.find((one) => one.address === address)!;
    const own = Object.entries<Json>(values).filter(
      ([key, value]) => value !== madeUp(address, key) && !LEFT_OUT.has(key) && !RANDOM.test(value),
    );
    return [
      labels.get(address)!,
      {
        arguments: labelled(said(Object.fromEntries(own.map(([key, value]) => [key, comparable(key, value)]))) ?? {}),
        // What is not there says nothing.
        after: block.after.flatMap((one) => labels.get(one) ?? []).sort(),
        createBeforeDestroy: block.createBeforeDestroy,
      },
    ];
  });
  return Object.fromEntries(entries);
}

/** The file lies at another place; that it is the same, its hash says. */
const LEFT_OUT = new Set(["filename", "tags_all"]);

/** Attributes within blocks that the provider computes. */
const COMPUTED_WITHIN: Readonly<Record<string, string>> = {
  rule: "prefix",
  versioning_configuration: "mfa_delete",
  vpc_config: "vpc_id",
};

/** Of what is overridden, a mocked provider makes up all else that it would compute: eight signs by chance. */
const RANDOM = /^[a-z0-9]{8}$/;

function labelOf({ address, values }: Resource): string {
  const [type = ""] = address.split(".");
  if (type === "aws_iam_role")
    return `${type} of ${JSON.parse(values.assume_role_policy).Statement[0].Principal.Service}`;
  const named = ["aws_iam_role_policy", "aws_cloudwatch_log_group", "aws_cloudwatch_log_stream"].includes(type);
  return named ? `${type} ${values.name}` : type;
}

function comparable(key: string, value: Json): Json {
  if (key === "policy" || key === "assume_role_policy") return JSON.parse(value).Statement.map(statement).sort(byText);
  if (key === "content") return settings(JSON.parse(value));
  const computed = COMPUTED_WITHIN[key];
  if (computed !== undefined) return value.map(({ [computed]: _, ...rest }: Json) => rest);
  if (key === "environment") return value.map(({ variables: { SETTINGS_SHA256: _, ...rest } }: Json) => rest);
  return value;
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
