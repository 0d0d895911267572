/** Turns one TypeScript file into CommonJS for jest. */
const { transformSync } = require("esbuild");

module.exports = {
  process(source, file) {
    const { code, map } = transformSync(source, {
      loader: "ts",
      format: "cjs",
      target: "node20",
      sourcemap: "both",
      sourcefile: file,
    });
    return { code, map };
  },
};
