/** The constructs and the modules make the same of the same input: the same resources, grants, references and order. */
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { ROOT } from "../support/rollout";
import { describeWithTerraform } from "../support/terraform";
import { FOLDERS, moduleInputs, moduleOutputs, pathsOf } from "./module-inputs";
import { CASES, CHANGED, UNSET } from "./parity-cases";
import { type Model, type ModuleCall, models } from "./planned-model";

/** Actions that AWS allows on all resources or on none: of X-Ray, of functions in a VPC, and of log delivery. */
const WITHOUT_RESOURCES =
  /^(xray:Put|ec2:\w+(NetworkInterfaces?|PrivateIpAddresses|Subnets)$|logs:(\w+LogDelivery|ListLogDeliveries|PutResourcePolicy|Describe\w+)$)/;

describe("the cases", () => {
  const called = Object.values(CASES).map(({ constructs, module }) => ({ constructs, module }));

  it.each(FOLDERS)("set every variable of the module %s, and every field of its objects", (folder) => {
    const calls = called.filter(({ module }) => module.source === join(ROOT, "terraform", folder));
    const set = calls.flatMap(({ module }) => pathsOf(module.variables));
    const unset = moduleInputs(folder).filter((path) => {
      const written = new RegExp(`^${path.replaceAll("*", "[^.]+")}$`);
      return !set.some((one) => written.test(one));
    });
    expect(unset).toEqual(UNSET[folder] ?? []);
  });

  it.each(FOLDERS)("compare every output of the module %s", (folder) => {
    const calls = called.filter(({ module }) => module.source === join(ROOT, "terraform", folder));
    expect(calls.length).toBeGreaterThanOrEqual(1);
    for (const { constructs } of calls) expect([...constructs.outputs!].sort()).toEqual(moduleOutputs(folder).sort());
  });
});

describeWithTerraform("constructs and modules", () => {
  let all: Record<string, Model>;

  beforeAll(async () => {
    const calls = Object.entries(CASES).flatMap(([name, { constructs, module }]): [string, ModuleCall][] => [
      [`constructs_${name}`, constructs],
      [`module_${name}`, module],
    ]);
    const changed = Object.entries(CHANGED).map(([name, { constructs }]): [string, ModuleCall] => [
      `changed_${name}`,
      constructs,
    ]);
    all = await models(Object.fromEntries([...calls, ...changed]));
  });

  it.each(Object.keys(CASES))("make the same in the case %s", (name) => {
    expect(Object.keys(all[`module_${name}`]!).length).toBeGreaterThanOrEqual(2);
    expect(all[`module_${name}`]).toEqual(all[`constructs_${name}`]);
  });

  it.each(["constructs", "module"])("allow by the %s no wildcard where AWS takes less", (edition) => {
    const its = Object.keys(all).filter((name) => name.startsWith(`${edition}_`));
    const statements = its.flatMap((name) => Object.values(all[name]!).flatMap((one) => one.arguments?.policy ?? []));
    const allowed = statements.filter(({ Effect }) => Effect === "Allow");
    const actions = allowed.flatMap(({ Action }) => Action);
    expect(actions.length).toBeGreaterThanOrEqual(100);
    expect(actions.filter((action) => action.includes("*"))).toEqual([]);
    const onAll = allowed.filter(({ Resource }) => Resource.includes("*")).flatMap(({ Action }) => Action);
    expect([...new Set(onAll)].filter((action) => !WITHOUT_RESOURCES.test(action))).toEqual([]);
  });

  it.each(Object.keys(CHANGED))("would be found to differ in the case %s", (name) => {
    const [changed, original] = [all[`changed_${name}`]!, all[`module_${name}`]!];
    expect(Object.keys(changed).sort()).toEqual(Object.keys(original).sort());
    const different = Object.keys(original).filter((one) => !isDeepStrictEqual(original[one], changed[one]));
    expect(different.sort()).toEqual(CHANGED[name]!.differences);
  });
});
