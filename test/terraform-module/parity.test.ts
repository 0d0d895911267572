/** A construct and its plain module are equal: with the same inputs, the same resources, arguments, order and grants. */
import { fieldsOf } from "../../modules/terraform-module/module-words";
import { modules } from "../../modules/terraform-module/module-files";
import { describeWithTerraform } from "../support/terraform";
import { CASES } from "./parity/cases";
import { differences } from "./parity/differences";
import { DIFFERENCES, ONE_SIDED } from "./parity/one-sided";
import { planned, schemas, type Sides, variablesOf } from "./parity/sides";
import { givenNames } from "./parity/variables";

describe("the cases of the comparison", () => {
  it.each(modules.map(({ folder }) => folder))("give every variable and field of terraform/%s a value", (folder) => {
    const given = CASES.filter((one) => one.folder === folder).flatMap((one) =>
      givenNames(schemas[folder]!, variablesOf(one)),
    );
    const all = fieldsOf(schemas[folder]!).map(({ name }) => name);
    expect(all.filter((name) => !given.includes(name))).toEqual([]);
  });
});

describeWithTerraform("a construct and its plain module", () => {
  let sides: Record<string, Sides>;

  beforeAll(async () => {
    sides = await planned([...CASES, ...ONE_SIDED]);
  }, 300_000);

  it.each(CASES.map(({ name }) => name))("are equal: %s", (name) => {
    const { construct, module } = sides[name]!;
    expect(differences(construct, module)).toEqual([]);
  });

  it.each(DIFFERENCES)("are told apart by %s", (_, name, difference) => {
    const { construct, module } = sides[name]!;
    expect(differences(construct, module)).toContainEqual(expect.stringMatching(difference));
  });
});
