/** What the modules refuse is what their own tests tell: each message, and each rule. */
import { describeWithTerraform } from "../support/terraform";
import { badInputs, type BadInput, FOLDERS, refusals, type Refusal, validationsOf } from "./bad-inputs";

/** A message as a run tells it, where it begins as the run tells; else whole. */
function asTold({ message }: Refusal, { messages }: BadInput): string {
  return messages.find((told) => message.startsWith(told) && /^(\.$| \()/.test(message.slice(told.length))) ?? message;
}

describeWithTerraform("bad inputs", () => {
  const inputs = FOLDERS.flatMap(badInputs);
  let said: Refusal[][];

  beforeAll(async () => {
    said = await refusals(inputs);
  }, 120_000);

  it("are at least thirty", () => expect(inputs.length).toBeGreaterThanOrEqual(30));

  it("are refused in the words that their runs tell", () => {
    const told = inputs.map(({ name, messages }) => [name, [...messages].sort()]);
    expect(inputs.map((input, index) => [input.name, said[index]!.map((one) => asTold(one, input)).sort()])).toEqual(
      told,
    );
  });

  it.each(FOLDERS)("break every rule of the variables of %s", (folder) => {
    // The pipeline has the same variables in both modules, but for its bucket.
    const shared = folder === "modules/existing-bucket" ? validationsOf(".") : new Map<string, unknown>();
    const own = [...validationsOf(folder)].filter(
      ([name, validation]) => JSON.stringify(validation) !== JSON.stringify(shared.get(name)),
    );
    const broken = new Set(
      inputs.flatMap((input, index) =>
        input.folder === folder ? said[index]!.map(({ validation }) => validation) : [],
      ),
    );
    expect(own.filter(([name]) => !broken.has(name)).map(([, { error_message }]) => error_message)).toEqual([]);
  });
});
