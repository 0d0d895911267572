/**
 * Packs the package once and installs it in empty folders, as its users do: with cdktf and with its successor, with the
 * oldest and the newest bindings. Prints `{folders: {<combination>: <folder>}}`, or `{unreachable}` if npm
 * could not fetch what is not in its cache.
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

const read = (file) => JSON.parse(readFileSync(file, "utf8"));

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

async function install(folder, tarball, bindings, cdktf, more = {}) {
  const { version } = read(join(bindings, "package.json"));
  placeBindings(bindings, join(folder, "node_modules", "@cdktf", "provider-aws"));
  const manifest = {
    private: true,
    dependencies: {
      cdktf,
      "cdktf-moesif-firehose": `file:${tarball}`,
      "@cdktf/provider-aws": version,
      constructs: read(join(ROOT, "package.json")).devDependencies.constructs,
      ...more,
    },
    // Bindings and package ask for cdktf ^0.21.0: npm takes another in its place where it is told so, as README.md says.
    ...(cdktf.startsWith("npm:") && { overrides: { cdktf: "$cdktf" } }),
  };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  await npm(["install", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", ...RETRIES], folder);
}

async function installAll(target) {
  const own = read(join(ROOT, "package.json")).devDependencies.cdktf;
  const successor = read(join(ROOT, "test", "bindings", "cdktn", "package.json")).dependencies.cdktf;
  const oldest = installBindings("provider-aws-20").path;
  const newest = join(ROOT, "node_modules", "@cdktf", "provider-aws");
  const tarball = await pack(target);
  const folders = {};
  const installs = [oldest, newest].flatMap((bindings) =>
    [own, successor].map((cdktf) => {
      const folder = mkdtempSync(join(target, "app-"));
      folders[`cdktf ${cdktf}, bindings ${read(join(bindings, "package.json")).version}`] = folder;
      return install(folder, tarball, bindings, cdktf, bindings === oldest && cdktf === own ? TSX : {});
    }),
  );
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
