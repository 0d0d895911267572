/** Turns one TypeScript file into CommonJS for jest. */
const { createHash } = require("node:crypto");
const { transformSync } = require("esbuild");

const options = {
  loader: "ts",
  format: "cjs",
  target: "node20",
  // Jest runs CommonJS only: a dynamic import must become a require.
  supported: { "dynamic-import": false },
  sourcemap: "both",
};

module.exports = {
  // Jest's own key does not include the options: it would reuse what other options made of the file.
  getCacheKey(source, file) {
    return createHash("sha256")
      .update(JSON.stringify([options, file, source]))
      .digest("hex");
  },
  process(source, file) {
    const { code, map } = transformSync(source, { ...options, sourcefile: file });
    return { code, map };
  },
};
