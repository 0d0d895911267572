/** What the modules refuse is what their own tests tell: each message, whole. */
import { describeWithTerraform } from "../support/terraform";
import { badInputs, FOLDERS, refusals } from "./bad-inputs";

const inputs = FOLDERS.flatMap(badInputs);

describeWithTerraform("bad inputs of the modules", () => {
  let said: string[][];

  beforeAll(async () => {
    said = await refusals(inputs);
  }, 300_000);

  it("are at least forty", () => expect(inputs.length).toBeGreaterThanOrEqual(40));

  it.each(inputs.map((input, index) => ({ ...input, index })))("are refused in these words: $name", (input) => {
    expect([...said[input.index]!].sort()).toEqual([...input.messages].sort());
  });
});
