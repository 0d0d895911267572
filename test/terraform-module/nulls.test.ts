/** Null is refused wherever it must not be, in words of the module's own, also where the value must not be shown. */
import { modules, moduleFiles } from "../../modules/terraform-module/module-files";
import { snakeCase } from "../../modules/terraform-module/expressions";
import type { JsonSchema } from "../../modules/rollout/json-schema";
import { describeWithTerraform } from "../support/terraform";
import { type BadInput, refusals, type Refusal } from "./bad-inputs";
import { nullPlaces, sampleOf } from "./nulls";

/** What every call of a module must give. */
function given({ properties = {}, required = [] }: JsonSchema): Record<string, string> {
  const compound = required.filter((key) => properties[key]!.properties);
  return Object.fromEntries(
    compound.map((key) => [snakeCase(key), asHcl(snakeCase(key), sampleOf(properties[key]!, snakeCase(key)))]),
  );
}

function asHcl(variable: string, value: unknown, around = (text: string) => text): string {
  return `  ${variable} = ${around(JSON.stringify(value))}\n`;
}

/** A call of a module for each place: with a value in sight, and with one that must not be shown. */
function callsOf(folder: string, { variables }: { readonly variables: JsonSchema }) {
  const places = Object.entries(variables.properties!).flatMap(([key, schema]) => nullPlaces(snakeCase(key), schema));
  const inputs = (around: (text: string) => string): BadInput[] =>
    places.map(({ variable, name, value }) => ({
      folder,
      name: `${folder} ${name}`,
      variables: { ...given(variables), [variable]: asHcl(variable, value, around) },
      messages: [`${name} must not be null.`],
    }));
  return { shown: inputs((text) => text), hidden: inputs((text) => `sensitive(${text})`) };
}

describeWithTerraform("null in a variable", () => {
  const calls = modules.map((module) => callsOf(module.folder, moduleFiles(module).stack));
  const shown = calls.flatMap((all) => all.shown);
  const hidden = calls.flatMap((all) => all.hidden);
  let said: Refusal[][];

  beforeAll(async () => {
    said = await refusals([...shown, ...hidden]);
  }, 300_000);

  it("may stand at many places, in lists, maps and fields", () => {
    const names = shown.map(({ name }) => name);
    for (const one of ['. apis["key"]', ". redaction.mask[0].pattern", '. filter[0].keep["key"].values[0]']) {
      expect(names).toContain(one);
    }
    expect(names.length).toBeGreaterThan(60);
  });

  it("is refused by its place, and by nothing else", () =>
    expect(shown.map(({ name }, index) => [name, said[index]!.map(({ message }) => message)])).toEqual(
      shown.map(({ name, messages }) => [name, messages]),
    ));

  it("is refused in a sensitive value as well, by the name of a variable or field alone", () => {
    for (const [index, { name }] of hidden.entries()) {
      const messages = said[shown.length + index]!.map(({ message }) => message);
      expect([name, messages]).toEqual([
        name,
        [expect.stringMatching(/^(something in )?[a-z_.*[\]]+ must not be null\.$/)],
      ]);
    }
  });
});
