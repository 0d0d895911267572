/**
 * Runs Terraform with a mocked provider. Every text that the provider would make up (an ARN, an id, the JSON of a policy
 * document) is the name of where it comes from, so that it shows what refers to what. It takes neither credentials nor
 * a server, and nothing waits.
 *
 * @see https://developer.hashicorp.com/terraform/language/tests/mocking
 */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { type Result, Terraform } from "./terraform";

type Json = any;

/** A call of a module. */
export interface ModuleCall {
  /** Folder of the module. */
  readonly source: string;
  /** Its variables. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** A resource or data source as Terraform knows it after an apply. */
export interface AppliedResource {
  /** Without the module's. */
  readonly address: string;
  readonly values: Json;
  /** What comes before it, whatever lies between; of a data source Terraform does not say it. */
  readonly dependsOn: readonly string[];
}

export interface AppliedModule {
  readonly resources: readonly AppliedResource[];
  readonly outputs: Json;
  /** Where the configuration lies that calls the module. */
  readonly caller: string;
}

/** The account of the mocked provider. */
export const MOCKED = { accountId: "111111111111", region: "eu-west-1", partition: "aws" } as const;

/** What a data source answers where it is used for more than its name. */
const ANSWERS: Readonly<Record<string, (address: string) => Record<string, string>>> = {
  aws_caller_identity: () => ({ account_id: MOCKED.accountId }),
  aws_region: () => ({ id: MOCKED.region }),
  aws_partition: () => ({ partition: MOCKED.partition }),
  aws_iam_policy_document: (address) => ({ json: JSON.stringify({ document: address }) }),
  aws_lambda_invocation: () => ({
    result: JSON.stringify({ run: 1, problems: [], warnings: [], stages: [], totals: {} }),
  }),
};

/**
 * Applies modules, all in one run, since most of what a run costs is the start of the provider.
 *
 * @param calls by names of one's own, which Terraform takes as names
 * @throws Error with what Terraform says, if it fails
 */
export async function appliedModules(
  calls: Readonly<Record<string, ModuleCall>>,
): Promise<Record<string, AppliedModule>> {
  const directory = mkdtempSync(join(tmpdir(), "mocked-"));
  const write = (name: string, content: object) => writeFileSync(join(directory, name), JSON.stringify(content));
  write("main.tf.json", rootOf(calls, directory));
  // A file of values is no template: what stands in it, Terraform takes as it is.
  write("terraform.tfvars.json", {
    calls: Object.fromEntries(Object.entries(calls).map(([name, { variables }]) => [name, variables])),
  });
  const terraform = new Terraform(directory);
  await terraform.init();
  const { provider_schemas: providers } = JSON.parse(await terraform.must(["providers", "schema", "-json"]));
  const schemas = merged(Object.values(providers));
  const overrides = overridesOf(calls, schemas);
  write("mocked.tftest.json", { mock_provider: { aws: {} }, ...overrides, run: { apply: { command: "apply" } } });
  return appliedIn(await terraform.run(["test", "-json", "-verbose"]), directory, schemas);
}

function rootOf(calls: Readonly<Record<string, ModuleCall>>, directory: string): object {
  const module = Object.entries(calls).map(([name, { source, variables }]) => {
    const values = Object.keys(variables).map((variable) => [variable, `\${var.calls.${name}.${variable}}`]);
    return [name, { source: relative(directory, source), ...Object.fromEntries(values) }];
  });
  return {
    terraform: { required_providers: { aws: { source: "hashicorp/aws" } } },
    variable: { calls: { type: "any" } },
    module: Object.fromEntries(module),
    output: Object.fromEntries(Object.keys(calls).map((name) => [name, { value: `\${module.${name}}` }])),
  };
}

/** The blocks of a module's folder of Terraform JSON. */
export function moduleBlocks(folder: string): Json {
  const files = readdirSync(folder).filter((name) => name.endsWith(".tf.json"));
  return Object.assign({}, ...files.map((name) => JSON.parse(readFileSync(join(folder, name), "utf8"))));
}

/** The block of each resource and data source, by its address. */
export function blocksByAddress({ resource = {}, data = {} }: Json): Record<string, Json> {
  const of = (kind: Json, prefix: string) =>
    Object.entries<Json>(kind).flatMap(([type, byName]) =>
      Object.entries<Json>(byName).map(([name, block]) => [`${prefix}${type}.${name}`, block]),
    );
  return Object.fromEntries([...of(data, "data."), ...of(resource, "")]);
}

function overridesOf(calls: Readonly<Record<string, ModuleCall>>, schemas: Json) {
  const all = Object.entries(calls).flatMap(([name, { source }]) =>
    Object.keys(blocksByAddress(moduleBlocks(source))).map((address) => ({
      target: `module.${name}.${address}`,
      values: madeUp(address, schemas),
    })),
  );
  const isData = ({ target }: { target: string }) => /^module\.[^.]+\.data\./.test(target);
  return { override_resource: all.filter((one) => !isData(one)), override_data: all.filter(isData) };
}

/** For each text that the provider makes up, a name of its own. */
function madeUp(address: string, schemas: Json): Record<string, string> {
  const { attributes } = blockSchema(address, schemas);
  const [type = ""] = address.replace(/^data\./, "").split(".");
  const texts = Object.keys(attributes).filter((key) => attributes[key].computed && attributes[key].type === "string");
  return {
    ...Object.fromEntries(texts.map((attribute) => [attribute, madeUpText(address, attribute)])),
    ...ANSWERS[type]?.(address),
  };
}

/** The schemas of all providers as of one. */
function merged(providers: readonly Json[]): Json {
  const all = (kind: string) => Object.assign({}, ...providers.map((provider) => provider[kind]));
  return { resource_schemas: all("resource_schemas"), data_source_schemas: all("data_source_schemas") };
}

function blockSchema(address: string, schemas: Json): Json {
  const [type = ""] = address.replace(/^data\./, "").split(".");
  return schemas[address.startsWith("data.") ? "data_source_schemas" : "resource_schemas"][type].block;
}

/** What an attribute is that nobody set. */
export function madeUpText(address: string, attribute: string): string {
  const name = `${address}.${attribute}`;
  // The provider looks whether an ARN is one.
  return attribute.endsWith("arn") ? `arn:aws:mock:${MOCKED.region}:${MOCKED.accountId}:${name}` : name;
}

function appliedIn({ output }: Result, caller: string, schemas: Json): Record<string, AppliedModule> {
  const messages: Json[] = output
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));
  const errors = messages.flatMap(({ diagnostic }) => (diagnostic?.severity === "error" ? [diagnostic] : []));
  const state = messages.find(({ test_state: found }) => found)?.test_state;
  if (!state || errors.length > 0) {
    const texts = errors.map(
      ({ address, range, summary, detail }) =>
        `${address ?? ""} ${range?.filename}:${range?.start.line}: ${summary} ${detail}`,
    );
    throw new Error(`terraform test failed\n${texts.join("\n") || output}`);
  }
  const modules = state.root_module.child_modules.map(({ address, resources }: Json) => {
    const [, name] = address.split(".");
    const module = {
      resources: resources.map(appliedOf(address, schemas)),
      outputs: state.outputs[name].value,
      caller,
    };
    return [name, module];
  });
  return Object.fromEntries(modules);
}

function appliedOf(module: string, schemas: Json) {
  const within = (address: string) => address.replace(`${module}.`, "");
  return ({ address, values, depends_on: dependsOn = [] }: Json): AppliedResource => {
    const { block_types: blocks = {} } = blockSchema(within(address), schemas);
    return { address: within(address), values: withoutRandom(values, { blocks }), dependsOn: dependsOn.map(within) };
  };
}

/** Within blocks a mocked provider makes up texts of eight signs by chance, of which nothing can be told. */
function withoutRandom(values: Json, { attributes = {}, blocks = {} }: Json): Json {
  if (Array.isArray(values)) return values.map((one) => withoutRandom(one, { attributes, blocks }));
  const members = Object.entries<Json>(values ?? {}).map(([key, value]) => {
    const inner = blocks[key]?.block;
    if (inner) return [key, withoutRandom(value, { attributes: inner.attributes, blocks: inner.block_types })];
    const isRandom = attributes[key]?.computed && /^[a-z0-9]{8}$/.test(value);
    return [key, isRandom ? null : value];
  });
  return values && Object.fromEntries(members);
}
