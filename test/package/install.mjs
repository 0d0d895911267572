/**
 * Packs the package once and installs it in empty folders by the recipes of docs/constructs.md: with cdktf, with the oldest and
 * the newest bindings, and with cdktn. Prints `{folders: {<combination>: <folder>}}`, or `{unreachable}` if npm could not
 * fetch what is not in its cache.
 *   node test/package/install.mjs <folder>
 */
import { execFile } from "node:child_process";
import {
  constants,
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { installBindings } from "../../scripts/install-bindings.mjs";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const TIMEOUT_MS = 3 * 60_000;
/** What the app of the example's cdktf.json is run by, installed in the first folder. */
const TSX = { tsx: "4.23.15" };
const RETRIES = ["--fetch-retries=1", "--fetch-retry-mintimeout=1000"];
const NETWORK = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ENOTCACHED)\b/;

async function npm(args, cwd) {
  const options = { cwd, timeout: TIMEOUT_MS, killSignal: "SIGKILL", maxBuffer: 64 * 1024 * 1024 };
  const { stdout } = await promisify(execFile)("npm", args, options);
  return stdout;
}

async function pack(target) {
  const [{ filename }] = JSON.parse(
    await npm(["pack", "--json", "--ignore-scripts", "--pack-destination", target], ROOT),
  );
  return join(target, filename);
}

/** What is of use for running and type-checking: 230 MB, which are not copied where a link will do. */
function placeBindings(from, to) {
  const library = readdirSync(join(from, "lib"), { recursive: true }).map((file) => join("lib", file));
  for (const file of ["package.json", ...library.filter((one) => /\.(js|json|d\.ts)$/.test(one))]) {
    mkdirSync(dirname(join(to, file)), { recursive: true });
    try {
      linkSync(join(from, file), join(to, file));
    } catch (error) {
      if (error.code !== "EXDEV") throw error;
      copyFileSync(join(from, file), join(to, file), constants.COPYFILE_FICLONE);
    }
  }
}

/** The package.json of each recipe, by its name. */
function recipes() {
  const page = readFileSync(join(ROOT, "docs", "constructs.md"), "utf8");
  const found = [...page.matchAll(/^### Recipe: (.+)$[^]*?^```json\n([^]*?)^```$/gm)];
  return Object.fromEntries(found.map(([, name, json]) => [name, JSON.parse(json)]));
}

async function install(folder, tarball, bindings, recipe) {
  placeBindings(bindings, join(folder, "node_modules", "@cdktf", "provider-aws"));
  const dependencies = { ...recipe.dependencies, "cdktf-moesif-firehose": `file:${tarball}` };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ ...recipe, private: true, dependencies }));
  await npm(["install", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", ...RETRIES], folder);
}

async function installAll(target) {
  const { cdktf, "cdktn by npm aliases": cdktn } = recipes();
  const tarball = await pack(target);
  const oldest = installBindings("provider-aws-20");
  const folders = {};
  const installs = [
    [{ dependencies: { ...cdktf.dependencies, ...TSX, "@cdktf/provider-aws": oldest.version } }, oldest.path],
    [cdktf, join(ROOT, "node_modules", "@cdktf", "provider-aws")],
    [cdktn, installBindings("provider-aws-25").path],
  ].map(([recipe, bindings]) => {
    const folder = mkdtempSync(join(target, "app-"));
    folders[`cdktf ${recipe.dependencies.cdktf}, bindings ${recipe.dependencies["@cdktf/provider-aws"]}`] = folder;
    return install(folder, tarball, bindings, recipe);
  });
  // Whoever removes the folders must find none in which npm is still at work.
  const failed = (await Promise.allSettled(installs)).find(({ status }) => status === "rejected");
  if (failed) throw failed.reason;
  return { folders };
}

/** The line in which npm says that it cannot reach the registry, if that is why something failed. */
async function whyUnreachable(error) {
  const networkLine = ({ message, stderr }) =>
    `${message}\n${stderr ?? ""}`.split("\n").find((line) => NETWORK.test(line));
  // Of peers that it could not look up, npm says that they do not fit.
  return networkLine(error) ?? npm(["ping", ...RETRIES], ROOT).then(() => undefined, networkLine);
}

try {
  console.log(JSON.stringify(await installAll(process.argv[2])));
} catch (error) {
  const unreachable = await whyUnreachable(error);
  if (unreachable === undefined) throw error;
  console.log(JSON.stringify({ unreachable }));
}
