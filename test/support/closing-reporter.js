/** Ends a run with what was skipped for want of a tool, and with the count of tests. */
module.exports = class ClosingReporter {
  onRunComplete(_contexts, { numPassedTests, numFailedTests, numPendingTests }) {
    const missing = process.env.TEST_TOOLS_MISSING;
    if (missing) console.log(`\nThe tests on real Terraform were skipped. They need:\n${missing}`);
    console.log(`\n${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`);
  }
};
