/**
 * Pushes the module of release.out/ to a container registry, from which OpenTofu installs it: the very zip of the release.
 *   node scripts/release/publish-oci.mjs [--dry-run]     which prints the manifest, and asks no registry
 *
 * https://opentofu.org/docs/cli/oci_registries/module-package
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fail, OUTPUT, packageJson } from "./repository.mjs";

const REPOSITORY = "terraform-aws-moesif-firehose";
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const TIMEOUT_MS = 120_000;

const { name, version, license } = packageJson();
const file = join(OUTPUT, `${name}-terraform-${version}.zip`);
if (!existsSync(file)) fail(`${file} is missing: scripts/release/assemble.mjs makes it`);

const zip = readFileSync(file);
const empty = Buffer.from("{}");
const manifest = JSON.stringify({
  schemaVersion: 2,
  mediaType: MANIFEST,
  artifactType: "application/vnd.opentofu.modulepkg",
  config: { mediaType: "application/vnd.oci.empty.v1+json", digest: digestOf(empty), size: empty.length },
  layers: [{ mediaType: "archive/zip", digest: digestOf(zip), size: zip.length }],
  annotations: { "org.opencontainers.image.version": version, "org.opencontainers.image.licenses": license },
});
console.log(manifest);
if (!process.argv.includes("--dry-run")) await push();

async function push() {
  const {
    OCI_REGISTRY: registry = "https://ghcr.io",
    GITHUB_REPOSITORY_OWNER: owner,
    GH_TOKEN: password,
  } = process.env;
  if (!owner) fail("GITHUB_REPOSITORY_OWNER says in whose name it is pushed: it is not set");
  const path = `${owner.toLowerCase()}/${REPOSITORY}`;
  const token = password && (await tokenFor(registry, path, owner, password));
  const headers = token ? { authorization: `Bearer ${token}` } : {};
  for (const blob of [empty, zip]) await pushBlob(`${registry}/v2/${path}/blobs`, blob, headers);
  const body = { method: "PUT", headers: { ...headers, "content-type": MANIFEST }, body: manifest };
  await call(`${registry}/v2/${path}/manifests/${version}`, body, 201);
  console.log(`oci://${new URL(registry).host}/${path}?tag=${version}`);
}

/** https://distribution.github.io/distribution/spec/auth/token/ */
async function tokenFor(registry, path, user, password) {
  const { host } = new URL(registry);
  const query = new URLSearchParams({ service: host, scope: `repository:${path}:pull,push` });
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  const response = await call(`${registry}/token?${query}`, { headers: { authorization } }, 200);
  return (await response.json()).token;
}

async function pushBlob(blobs, blob, headers) {
  const digest = digestOf(blob);
  const there = await fetch(`${blobs}/${digest}`, { method: "HEAD", headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (there.status === 200) return;
  const begun = await call(`${blobs}/uploads/`, { method: "POST", headers }, 202);
  const upload = new URL(begun.headers.get("location"), blobs);
  upload.searchParams.set("digest", digest);
  const type = { "content-type": "application/octet-stream" };
  await call(upload, { method: "PUT", headers: { ...headers, ...type }, body: blob }, 201);
}

async function call(url, options, expected) {
  const response = await fetch(url, { ...options, signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (response.status !== expected) {
    // The address of an upload has a query that allows it.
    const { origin, pathname } = new URL(url);
    fail(`${options.method ?? "GET"} ${origin}${pathname}: ${response.status} ${await response.text()}`);
  }
  return response;
}

function digestOf(content) {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}
