/**
 * Puts together what a release consists of, in release.out/: the npm package, the plain module's zip, their checksums
 * for `sha256sum --check`, and the notes of this version. Nothing is built after this: these very files are published.
 *   node scripts/release/assemble.mjs
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { notesOf } from "./changelog-text.mjs";
import { moduleZip } from "./module-zip.mjs";
import { fail, OUTPUT, packageJson, run } from "./repository.mjs";

const { name, version } = packageJson();
const notes = notesOf(readFileSync("CHANGELOG.md", "utf8"), version);
if (notes === "") fail(`CHANGELOG.md says nothing of ${version}: \`npm run changelog\` adds it`);

rmSync(OUTPUT, { recursive: true, force: true });
mkdirSync(OUTPUT);
writeFileSync(join(OUTPUT, "NOTES.md"), `${notes}\n`);

const module = `${name}-terraform-${version}.zip`;
try {
  writeFileSync(join(OUTPUT, module), moduleZip().zip);
} catch (error) {
  fail(error.message);
}
// `prepack` builds first, and may print.
run("npm", ["pack", "--pack-destination", OUTPUT], { stdio: ["ignore", "ignore", "inherit"] });

const sums = [`${name}-${version}.tgz`, module].map((file) => {
  const sha256 = createHash("sha256")
    .update(readFileSync(join(OUTPUT, file)))
    .digest("hex");
  return `${sha256}  ${file}\n`;
});
writeFileSync(join(OUTPUT, "SHA256SUMS"), sums.join(""));
console.log(sums.join("").trimEnd());
