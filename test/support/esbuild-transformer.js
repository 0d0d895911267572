/** Turns one TypeScript file into CommonJS for jest. */
const { createHash } = require("node:crypto");
const { transformSync } = require("esbuild");

const options = {
  loader: "ts",
  format: "cjs",
  target: "node20",
  // Jest runs CommonJS alone: what is imported when it is needed must be required then.
  supported: { "dynamic-import": false },
  sourcemap: "both",
};

module.exports = {
  // Jest's own key knows nothing of the options: it would go on with what others made of the file.
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
