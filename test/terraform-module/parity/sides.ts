/** Plans construct and module of each case, side by side, and reduces both to models. */
import { join } from "node:path";
import { TerraformOutput } from "../../../modules/cdk";
import { moduleFiles, modules } from "../../../modules/terraform-module/module-files";
import type { JsonSchema } from "../../../modules/rollout/json-schema";
import { appliedModules, moduleBlocks, type ModuleCall } from "../../support/mocked-terraform";
import { ROOT } from "../../support/rollout";
import { synthesizeModule } from "../../support/synth";
import type { ParityCase } from "./builders";
import { type Model, modelOf } from "./model";
import { asVariables } from "./variables";

const TERRAFORM = join(ROOT, "terraform");

/** The models of a case. */
export interface Sides {
  readonly construct: Model;
  readonly module: Model;
}

/** The schema of each module's variables, by its folder. */
export const schemas: Readonly<Record<string, JsonSchema>> = Object.fromEntries(
  modules.map((module) => [module.folder, moduleFiles(module).stack.variables]),
);

/** The variables of a case, as its module's caller writes them. */
export function variablesOf({ folder, variables }: ParityCase): Readonly<Record<string, unknown>> {
  return asVariables(schemas[folder]!, variables) as Record<string, unknown>;
}

/** @throws Error with what Terraform says, if it fails */
export async function planned(cases: readonly ParityCase[]): Promise<Record<string, Sides>> {
  const calls = Object.fromEntries(
    cases.flatMap((one): [string, ModuleCall][] => [
      [`construct_${one.name}`, constructCall(one)],
      [`module_${one.name}`, { source: join(TERRAFORM, one.folder), variables: variablesOf(one) }],
    ]),
  );
  const applied = await appliedModules(calls);
  const sidesOf = ({ name }: ParityCase): Sides => {
    const [construct, module] = [`construct_${name}`, `module_${name}`];
    const plannedOf = (side: string) => ({ ...applied[side]!, blocks: moduleBlocks(calls[side]!.source) });
    return {
      construct: modelOf({ ...plannedOf(construct), folder: calls[construct]!.source }),
      // A module writes its own folder before its files.
      module: modelOf({ ...plannedOf(module), folder: applied[module]!.caller }),
    };
  };
  return Object.fromEntries(cases.map((one) => [one.name, sidesOf(one)]));
}

/** A stack that is called as a module, so that one run of Terraform has them all. */
function constructCall({ build, variables }: ParityCase): ModuleCall {
  const { directory, json } = synthesizeModule((stack) => {
    for (const [name, value] of Object.entries(build(stack))) {
      new TerraformOutput(stack, `output_${name}`, { value }).overrideLogicalId(name);
    }
  });
  const given = Object.keys(json.variable ?? {}).map((name) => [name, variables[name]]);
  return { source: directory, variables: Object.fromEntries(given) };
}
