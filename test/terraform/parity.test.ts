/** The constructs and the modules make the same of the same input: the same resources, grants, references and order. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { ROOT } from "../support/rollout";
import { describeWithTerraform } from "../support/terraform";
import { FOLDERS, moduleInputs, moduleOutputs, pathsOf } from "./module-inputs";
import { CASES, CHANGED, UNSET } from "./parity-cases";
import { type Model, type ModuleCall, models } from "./planned-model";
import { actionsByRole, documentedActions, NOT_RULED, SECURITY_RULES } from "./security-rules";

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

  describe.each(["constructs", "module"])("planned by the %s", (edition) => {
    const resources = () =>
      Object.entries(CASES).flatMap(([name, { module }]) =>
        Object.entries(all[`${edition}_${name}`]!).flatMap(([label, { arguments: given }]) =>
          label === "outputs" ? [] : [{ name, label, type: label.split(" ")[0]!, given, variables: module.variables }],
        ),
      );

    it.each(Object.entries(SECURITY_RULES))("%s", (_, { types, issues, spoilt }) => {
      const its = resources().filter(({ type }) => types.includes(type));
      expect(types.filter((type) => !its.some((one) => one.type === type))).toEqual([]);
      const found = its.map(({ name, label, given, variables }) => ({
        at: `${name} ${label}`,
        issues: issues(given, all[`${edition}_${name}`]!, variables),
      }));
      expect(found.filter((one) => one.issues.length > 0)).toEqual([]);
      expect(issues({ ...its[0]!.given, ...spoilt }, {}, its[0]!.variables)).not.toEqual([]);
    });

    it("allows each role what docs/security.md says", () => {
      const policies = resources().filter(({ type }) => type === "aws_iam_role_policy" || type === "aws_iam_policy");
      const page = readFileSync(join(ROOT, "docs", "security.md"), "utf8");
      expect(documentedActions(page)).toEqual(actionsByRole(policies.map(({ given }) => given)));
    });

    it("has a rule for each type of resource, or none to give", () => {
      const ruled = new Set(Object.values(SECURITY_RULES).flatMap(({ types }) => types));
      const types = new Set(resources().map(({ type }) => type));
      expect([...types].filter((type) => !ruled.has(type)).sort()).toEqual(NOT_RULED);
    });
  });

  it.each(Object.keys(CHANGED))("would be found to differ in the case %s", (name) => {
    const [changed, original] = [all[`changed_${name}`]!, all[`module_${name}`]!];
    expect(Object.keys(changed).sort()).toEqual(Object.keys(original).sort());
    const different = Object.keys(original).filter((one) => !isDeepStrictEqual(original[one], changed[one]));
    expect(different.sort()).toEqual(CHANGED[name]!.differences);
  });
});
