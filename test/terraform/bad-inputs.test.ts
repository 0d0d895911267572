/** What the modules refuse is what their own tests tell: each message, whole. */
import { join } from "node:path";
import { ROOT } from "../support/rollout";
import { describeWithTerraform } from "../support/terraform";
import { badInputs, misspelt, refusals } from "./bad-inputs";
import { FOLDERS, moduleText } from "./module-inputs";
import { CASES } from "./parity-cases";

const inputs = FOLDERS.flatMap(badInputs);

/** Terraform drops an unknown field of a typed object without a message: those of type any must refuse it themselves. */
const withUnknownFields = FOLDERS.flatMap((folder) => {
  const calls = Object.values(CASES).filter(({ module }) => module.source === join(ROOT, "terraform", folder));
  return misspelt(
    folder,
    calls.map(({ module }) => module.variables),
  );
});
const unknownFields = withUnknownFields.flatMap(({ folder, fields }, index) =>
  fields.map((one) => ({ ...one, folder, index: inputs.length + index })),
);

describeWithTerraform("bad inputs of the modules", () => {
  let said: string[][];

  beforeAll(async () => {
    said = await refusals([...inputs, ...withUnknownFields]);
  });

  it("are at least forty", () => expect(inputs.length).toBeGreaterThanOrEqual(40));

  it.each(inputs.map((input, index) => ({ ...input, index })))("are refused in these words: $name", (input) => {
    expect([...said[input.index]!].sort()).toEqual([...input.messages].sort());
  });

  it.each(unknownFields)("are refused for an unknown field of $object in $folder", (unknown) => {
    // Names the field, or the fields that there are.
    const object = unknown.object.replaceAll(".", "\\.");
    const refuses = new RegExp(
      `\\b${unknown.field}\\b|\\b${object}(,? (and )?\\S+)* must (be (an )?objects?|have the fields) `,
    );
    expect(said[unknown.index]!.filter((message) => refuses.test(message))).not.toEqual([]);
  });

  it.each(FOLDERS)("cannot misspell an optional field of a typed object in %s, since there is none", (folder) => {
    expect(moduleText(folder)).not.toMatch(/\boptional\(/);
  });
});
