/**
 * Builds dist/: the JavaScript of the project, and the functions' bundles and zips, byte-identical on any machine. The new
 * folder replaces the old one when it is complete, so that what runs from there meanwhile goes on.
 *   node scripts/build.mjs [--if-stale] [--lambda-only]
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, rmSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify, parseArgs } from "node:util";
import { build } from "esbuild";
import { reproducibleZip } from "./reproducible-zip.mjs";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const DIST = join(ROOT, "dist");
const NEW = join(ROOT, `dist.${process.pid}.new`);
const OLD = join(ROOT, `dist.${process.pid}.old`);
const FUNCTIONS = ["transformer", "stage-enrollment", "redrive"];
const ZIPS = FUNCTIONS.map((name) => join(DIST, "lambda", `${name}.zip`));
const TSC_TIMEOUT_MS = 5 * 60_000;

/** An ES module if it waits for something while it is loaded. */
function entryOf(name) {
  const [waiting, other] = ["mts", "ts"].map((extension) => `lambda/${name}/index.${extension}`);
  return existsSync(join(ROOT, waiting)) ? waiting : other;
}

/** The files of a bundle by name. Neither the folder it is built in nor a linked node_modules may show in them. */
async function bundle(entry, target) {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    preserveSymlinks: true,
    entryPoints: [entry],
    outdir: `dist/${dirname(entry)}`,
    write: false,
    bundle: true,
    // The AWS SDK comes in chunks of its own, which are read only when a client is needed.
    splitting: true,
    chunkNames: "chunk-[hash]",
    format: "esm",
    outExtension: { ".js": ".mjs" },
    // The ES modules of the AWS SDK, where there are any: they need no `require`, and what is not used falls away.
    mainFields: ["module", "main"],
    platform: "node",
    target,
    minify: true,
    legalComments: "none",
    // The project's own tsconfig is for the type check: an edit there must not change the bundle.
    tsconfigRaw: {},
    logLevel: "silent",
  });
  const files = outputFiles.map((file) => [basename(file.path), file.contents]);
  return files.sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Another process may be reading or writing the same file: it sees the old one or the new one, whole. */
async function replaceFile(dist, path, contents) {
  const old = await readFile(path).catch(() => undefined);
  if (old === undefined || !old.equals(contents)) {
    const temporary = join(dist, `.${process.pid}-${basename(dirname(path))}-${basename(path)}`);
    await writeFile(temporary, contents);
    await rename(temporary, path);
  }
}

async function buildFunction(dist, name) {
  const files = await bundle(entryOf(name), "node22");
  const archive = reproducibleZip(files);
  const folder = join(dist, "lambda", name);
  await mkdir(folder, { recursive: true });
  // "index.mjs" sorts behind its chunks: it never names a chunk that is not there yet.
  for (const [file, contents] of files) {
    await replaceFile(dist, join(folder, file), contents);
  }
  await replaceFile(dist, `${folder}.zip`, archive);
  const names = new Set(files.map(([file]) => file));
  // tsc writes the modules of the bundle into the same folder.
  for (const stale of (await readdir(folder)).filter((file) => file.endsWith(".mjs") && !names.has(file))) {
    await rm(join(folder, stale), { force: true });
  }
  const sha256 = createHash("sha256").update(archive).digest("hex");
  const kib = (bytes) => `${Math.ceil(bytes / 1024)} KiB`;
  const bundled = files.reduce((sum, [, contents]) => sum + contents.length, 0);
  return `${name}.zip sha256 ${sha256}, ${kib(archive.length)} (${files.length} files, ${kib(bundled)})`;
}

/** The clients of AWS that commands load. The oldest Node.js of package.json's engines runs them. */
async function buildServices(dist) {
  const folder = join(dist, "cli", "aws");
  await mkdir(folder, { recursive: true });
  for (const [file, contents] of await bundle("cli/aws/services.ts", "node20")) {
    await writeFile(join(folder, file), contents);
  }
}

async function compile(dist) {
  const tsc = join(ROOT, "node_modules", "typescript", "lib", "tsc.js");
  const options = { cwd: ROOT, timeout: TSC_TIMEOUT_MS, killSignal: "SIGKILL", maxBuffer: 64 * 1024 * 1024 };
  try {
    await promisify(execFile)(
      process.execPath,
      [tsc, "-p", "tsconfig.build.json", "--noEmitOnError", "--outDir", dist],
      options,
    );
  } catch (error) {
    throw new Error(error.killed ? `tsc took longer than ${TSC_TIMEOUT_MS / 1000} s` : error.stdout || error.message);
  }
  return undefined;
}

/** Puts the new folder in the place of dist/, which another build may just have replaced as well. */
async function replaceDist() {
  for (;;) {
    await rename(DIST, OLD).catch(unlessItIs("ENOENT"));
    const isIn = await rename(NEW, DIST).then(() => true, unlessItIs("ENOTEMPTY", "EEXIST"));
    await rm(OLD, { recursive: true, force: true });
    if (isIn) return;
  }
}

function giveUp(signal) {
  rmSync(NEW, { recursive: true, force: true });
  process.kill(process.pid, signal);
}

function unlessItIs(...codes) {
  return (error) => {
    if (!codes.includes(error.code)) throw error;
  };
}

/** Is every product there, and younger than every source? */
async function areFresh(products) {
  if (!products.every((path) => existsSync(path))) {
    return false;
  }
  const sources = ["main.ts", "package-lock.json", "tsconfig.json", "tsconfig.build.json"];
  for (const folder of ["modules", "lambda", "cli", "common", "local", "bench", "examples", "scripts"]) {
    const entries = await readdir(join(ROOT, folder), { recursive: true });
    sources.push(...entries.map((entry) => join(folder, entry)));
  }
  const times = async (paths) => Promise.all(paths.map(async (path) => (await stat(path)).mtimeMs));
  const youngest = Math.max(...(await times(sources.map((path) => join(ROOT, path)))));
  return (await times(products)).every((time) => time >= youngest);
}

async function main() {
  const { values } = parseArgs({
    options: { "if-stale": { type: "boolean" }, "lambda-only": { type: "boolean" } },
  });
  const products = values["lambda-only"] ? ZIPS : [...ZIPS, join(DIST, "cli", "main.js")];
  if (values["if-stale"] && (await areFresh(products))) {
    return;
  }
  const started = performance.now();
  const dist = values["lambda-only"] ? DIST : NEW;
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => giveUp(signal));
  const bundles = FUNCTIONS.map((name) => buildFunction(dist, name));
  const results = await Promise.allSettled(
    values["lambda-only"] ? bundles : [...bundles, compile(dist), buildServices(dist)],
  );
  for (const { reason } of results.filter(({ status }) => status === "rejected")) {
    console.error(reason.message ?? reason);
    process.exitCode = 1;
  }
  if (dist === NEW) {
    if (!process.exitCode) await replaceDist();
    await rm(NEW, { recursive: true, force: true });
  }
  if (!process.exitCode) {
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    for (const { value } of results.slice(0, FUNCTIONS.length)) {
      console.log(value);
    }
    console.log(`built dist, ${seconds} s`);
  }
}

await main();
