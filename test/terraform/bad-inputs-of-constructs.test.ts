/** The bad inputs of the modules, of which each run tells what the constructs say of the same. */
import { badInputs } from "./bad-inputs";
import { constructProblems } from "./bad-inputs-of-constructs";
import { FOLDERS } from "./module-inputs";

const inputs = FOLDERS.flatMap(badInputs);

describe("bad inputs of the modules", () => {
  it("tell each what the constructs refuse, or why only the module does", () => {
    const untold = inputs.filter(
      ({ constructs, moduleOnly }) => (constructs.length === 0) === (moduleOnly === undefined),
    );
    expect(untold.map(({ name }) => name)).toEqual([]);
  });

  it.each(inputs)("are refused by the constructs as told: $name", (input) => {
    const problems = constructProblems(input);
    // Each begins with the property, and goes on with what would be right.
    expect(problems.map((problem, index) => problem.slice(0, input.constructs[index]?.length))).toEqual(
      input.constructs,
    );
  });
});
