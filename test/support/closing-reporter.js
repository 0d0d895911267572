/** Ends a run with where its time went, how it can be repeated, what was skipped for want of a tool, and the count of tests. */
const { relative } = require("node:path");

const SLOWEST = 10;

const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(1)} s`.padStart(8);

module.exports = class ClosingReporter {
  onRunComplete(_contexts, { numPassedTests, numFailedTests, numPendingTests, startTime, testResults }) {
    const suites = testResults.map(({ testFilePath, perfStats: { start, end } }) => ({
      file: relative(process.cwd(), testFilePath),
      duration: end - start,
    }));
    const slowest = suites.sort((one, other) => other.duration - one.duration).slice(0, SLOWEST);
    console.log(
      `\nThe slowest of ${suites.length} suites, which took ${seconds(Date.now() - startTime).trim()} in all:`,
    );
    for (const { file, duration } of slowest) console.log(`${seconds(duration)}  ${file}`);
    const missing = process.env.TEST_TOOLS_MISSING;
    if (missing) console.log(`\nTests were skipped for want of:\n${missing}`);
    const { FC_SEED, FC_SHARE } = process.env;
    console.log(`\nProperty tests: FC_SEED=${FC_SEED} FC_SHARE=${FC_SHARE} runs the same cases again`);
    console.log(`\n${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`);
  }
};
