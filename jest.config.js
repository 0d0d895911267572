/** Jest runs the TypeScript through esbuild; the types are checked by `tsc --noEmit`, once, in `npm run lint`. */
module.exports = {
  testEnvironment: "node",
  roots: ["<rootDir>/test"],
  testMatch: ["**/*.test.ts"],
  transform: { "\\.ts$": "<rootDir>/test/support/esbuild-transformer.js" },
  moduleNameMapper: {
    "^cdktf-moesif-firehose$": "<rootDir>/modules/index.ts",
    "^fast-check$": "<rootDir>/test/support/fast-check.js",
  },
  modulePathIgnorePatterns: ["<rootDir>/dist", "<rootDir>/cdktf.out"],
  watchman: false,
  cacheDirectory: "<rootDir>/node_modules/.cache/jest",
  globalSetup: "<rootDir>/test/support/global-setup.ts",
  globalTeardown: "<rootDir>/test/support/global-teardown.ts",
  reporters: ["default", "<rootDir>/test/support/closing-reporter.js"],
  // Ends what hangs, and names no speed: a busy machine is no reason to fail. No test has a time-out of its own.
  testTimeout: 15 * 60_000,
  testSequencer: "<rootDir>/test/support/longest-first.js",
  // One more than the machine has cores: much of what runs here waits for Terraform, and Terraform for AWS.
  maxWorkers: require("node:os").availableParallelism() + 1,
};
