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
  globalSetup: "<rootDir>/test/support/global-setup.ts",
  reporters: ["default", "<rootDir>/test/support/closing-reporter.js"],
  testTimeout: 30_000,
  // As many as there are cores, and not one less, as is jest's default: much of what runs here waits for Terraform.
  maxWorkers: "100%",
};
