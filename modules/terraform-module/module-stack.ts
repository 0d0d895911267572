/** A stack that becomes a plain Terraform module: variables around constructs, and neither provider nor state. */
import { z } from "zod";
import {
  type App,
  Fn,
  type IResolvable,
  type ITerraformDependable,
  TerraformLocal,
  TerraformOutput,
  TerraformStack,
  TerraformVariable,
  Token,
} from "../cdk";
import { shipBundlesBeside } from "../pipeline/function-parts";
import type { JsonSchema } from "../rollout/json-schema";
import { widenAwsProvider } from "../provider-versions";
import { constructsForm, type OwnForms } from "./constructs-form";
import { hcl } from "../hcl";
import { snakeCase } from "./expressions";
import { descriptionOf, inTerraformWords } from "./module-words";
import type { OwnDemands } from "./demands";
import { inVariablesWords, type Precondition } from "./precondition-words";
import { variableChecks, type VariableCheck } from "./variable-checks";
import { defaultOf, typeConstraint } from "./variable-type";

/** Write-only arguments, with which a secret's value stays out of the state, came with this version. */
const TERRAFORM_VERSIONS = ">= 1.11.0";

/** What the variables of a module are made of. */
export interface ModuleVariables {
  /** By the constructs' names of them; the descriptions of the schema are theirs. */
  readonly schema: z.ZodRawShape;
  /**
   * Where the functions' zips lie, from the module's folder.
   *
   * @default beside the module
   */
  readonly bundles?: string;
  /** Checks between values, by the variable that shows them. */
  readonly checks?: Readonly<Record<string, readonly VariableCheck[]>>;
}

/** What is true of every module: how a form or a demand that schemas have by name is written. */
export interface ModuleLanguage {
  readonly forms: OwnForms;
  readonly demands: OwnDemands;
}

export interface OutputOptions {
  /** What has to be there before anybody uses the value. */
  readonly dependsOn?: readonly ITerraformDependable[];
  /** What must hold of it. */
  readonly precondition?: { readonly condition: IResolvable; readonly errorMessage: string };
}

/** The JSON of a module, as Terraform reads it. */
export type ModuleJson = Readonly<Record<string, Record<string, unknown>>>;

export class ModuleStack extends TerraformStack {
  /** The schema of all variables, in the words of Terraform. */
  readonly variables: JsonSchema;
  /** In their order. */
  readonly outputs: { readonly name: string; readonly description: string }[] = [];
  readonly #variables = new Map<string, TerraformVariable>();
  readonly #language: ModuleLanguage;

  constructor(app: App, name: string, variables: ModuleVariables, language: ModuleLanguage) {
    super(app, name);
    this.#language = language;
    this.variables = inTerraformWords(
      z.toJSONSchema(z.strictObject(variables.schema), { target: "draft-7" }) as JsonSchema,
    );
    for (const [key, schema] of Object.entries(this.variables.properties!)) {
      this.#declare(key, schema, variables.checks?.[key] ?? []);
    }
    const folder = ["${path.module}", ...(variables.bundles ? [variables.bundles] : [])].join("/");
    shipBundlesBeside(this, (bundle) => `${folder}/${bundle}.zip`);
    this.addOverride("terraform.required_version", TERRAFORM_VERSIONS);
    widenAwsProvider(this);
  }

  #declare(key: string, schema: JsonSchema, checks: readonly VariableCheck[]): void {
    const name = snakeCase(key);
    const variable = new TerraformVariable(this, `variable_${name}`, {
      type: typeConstraint(schema),
      description: descriptionOf(schema),
      nullable: false,
      default: this.variables.required?.includes(key) ? undefined : defaultOf(schema),
      validation: [...variableChecks(name, schema, this.#language.demands), ...checks],
    });
    variable.overrideLogicalId(name);
    this.#variables.set(key, variable);
  }

  /** A variable, or a field in it, by the constructs' names of both. */
  value(...path: readonly [string, ...string[]]): IResolvable {
    const [key, ...fields] = path;
    const { value } = this.#variables.get(key)!;
    return (fields.length === 0 ? value : Fn.lookupNested(value, fields.map(snakeCase))) as IResolvable;
  }

  /** A variable that is a text. */
  text(key: string): string {
    return Token.asString(this.value(key));
  }

  /** A variable that is a number. */
  number(key: string): number {
    return Token.asNumber(this.value(key));
  }

  /** Keeps a variable out of plan and state, and out of what Terraform shows. */
  keepSecret(key: string): void {
    const variable = this.#variables.get(key)!;
    variable.addOverride("sensitive", true);
    variable.addOverride("ephemeral", true);
  }

  /** A variable that is a map of texts. */
  texts(key: string): { [name: string]: string } {
    return Token.asStringMap(this.value(key));
  }

  /** A variable that is an object, as the properties of a construct that its fields are. */
  section<T extends object>(key: string): T {
    const { properties } = this.variables.properties![key]!;
    const fields = Object.entries(properties!).map(([name, schema]) => [name, tokenOf(schema, this.value(key, name))]);
    return Object.fromEntries(fields) as T;
  }

  /** A variable in the form in which constructs know it, as a local value; null where it says nothing. */
  form(key: string): IResolvable {
    const schema = this.variables.properties![key]!;
    return this.local(snakeCase(key), hcl(constructsForm(schema, `var.${snakeCase(key)}`, this.#language.forms)));
  }

  /** A local value. */
  local(name: string, value: string): IResolvable {
    const local = new TerraformLocal(this, `local_${name}`, value);
    local.overrideLogicalId(name);
    return local.expression as IResolvable;
  }

  output(
    name: string,
    description: string,
    value: unknown,
    { dependsOn = [], precondition }: OutputOptions = {},
  ): void {
    const config = { value, description, precondition, dependsOn: [...dependsOn] };
    new TerraformOutput(this, `output_${name}`, config).overrideLogicalId(name);
    this.outputs.push({ name, description });
  }

  /** The module: without the state's place, which is its caller's, and without CDKTF's remarks. */
  override toTerraform(): ModuleJson {
    const { provider: _, ...json } = super.toTerraform() as Record<string, Record<string, unknown>>;
    delete json["terraform"]?.["backend"];
    return JSON.parse(JSON.stringify(json, asModuleOf(this.variables))) as ModuleJson;
  }
}

const asModuleOf = (variables: JsonSchema) => (key: string, value: unknown) => {
  if (key === "//") return undefined;
  if (key === "precondition") return [value as Precondition[]].flat().map((one) => inVariablesWords(one, variables));
  // Of outputs CDKTF writes what they depend on as expressions, which Terraform refuses there.
  return key === "depends_on" ? (value as string[]).map((address) => address.replace(/^\$\{(.*)\}$/, "$1")) : value;
};

/** A token of the type that CDKTF's properties have for such a value. */
function tokenOf({ type, items, properties }: JsonSchema, value: IResolvable): unknown {
  if (type === "string") return Token.asString(value);
  if (type === "number" || type === "integer") return Token.asNumber(value);
  return type === "object" && !properties && !items ? Token.asStringMap(value) : value;
}
