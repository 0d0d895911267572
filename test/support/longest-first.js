/**
 * Starts the longest suites first, so that none of them is left over when the others are done: those that apply to moto
 * or follow a guide, then those that run Terraform, then the rest, the larger file first.
 */
const { readFileSync } = require("node:fs");
const { default: Sequencer } = require("@jest/test-sequencer");

const LONGEST = ["describeWithCommands(", "describeWithMoto(", "describeWithTerraform("];

function rank(path) {
  const source = readFileSync(path, "utf8");
  const place = LONGEST.findIndex((call) => source.includes(call));
  return { place: place < 0 ? LONGEST.length : place, size: source.length };
}

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const ranked = [...tests].map((test) => ({ test, ...rank(test.path) }));
    ranked.sort((one, other) => one.place - other.place || other.size - one.size);
    return ranked.map(({ test }) => test);
  }
};
