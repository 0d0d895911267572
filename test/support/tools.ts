/** Finds Terraform, the AWS provider's mirror, moto, a browser and what a guide's commands call. Tests install none. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

export interface Tools {
  readonly terraform?: string;
  /** The folder that holds `registry.terraform.io/hashicorp/aws`. */
  readonly mirror?: string;
  /** The provider as Terraform installs it. */
  readonly provider?: ProviderFiles;
  readonly moto?: string;
  readonly aws?: string;
  readonly jq?: string;
  readonly chromium?: string;
}

export interface ProviderFiles {
  readonly executable: string;
  /** Where its schemas are kept for the run of the tests. */
  readonly schemas: string;
}

/** How to get what is missing. */
export const HOW_TO_GET: Readonly<Record<Exclude<keyof Tools, "provider">, string>> = {
  terraform: "Terraform >= 1.11 on the PATH: https://developer.hashicorp.com/terraform/install",
  mirror:
    "the AWS provider 5.100.0 in a filesystem mirror: `terraform providers mirror DIR`, then set TF_PROVIDER_MIRROR=DIR",
  moto: "moto_server on the PATH: `pip install 'moto[server]'`",
  aws: "the AWS CLI on the PATH: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html",
  jq: "jq on the PATH: https://jqlang.org/download/",
  chromium: "Chromium on the PATH: `apt-get install chromium`, or Chrome: https://www.google.com/chrome/",
};

const PROVIDER = join("registry.terraform.io", "hashicorp", "aws");

/** @param folder where the provider may be unpacked to */
export function findTools(folder: string): Tools {
  const terraform = onPath("terraform");
  const mirror = terraform && findMirror();
  return {
    terraform,
    mirror,
    provider: terraform && mirror ? install(terraform, mirror, folder) : undefined,
    moto: onPath("moto_server"),
    aws: onPath("aws"),
    jq: onPath("jq"),
    chromium: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"].map(onPath).find(Boolean),
  };
}

function onPath(command: string): string | undefined {
  const file = (process.env.PATH ?? "")
    .split(delimiter)
    .map((directory) => join(directory, command))
    .find((candidate) => existsSync(candidate));
  if (file === undefined) return undefined;
  try {
    const argument = { terraform: "version", moto_server: "--help" }[command] ?? "--version";
    execFileSync(file, [argument], { stdio: "ignore", timeout: 5 * 60_000 });
    return file;
  } catch {
    return undefined;
  }
}

function install(terraform: string, mirror: string, folder: string): ProviderFiles {
  cpSync(join(__dirname, "..", "..", ".ci", "provider"), folder, { recursive: true });
  const init = ["init", "-backend=false", "-input=false", "-no-color", `-plugin-dir=${mirror}`];
  execFileSync(terraform, init, { cwd: folder, stdio: ["ignore", "ignore", "inherit"], timeout: 5 * 60_000 });
  // By version, by platform.
  const executable = [/./, /./, /^terraform-provider-aws_/].reduce(
    (path, name) =>
      join(
        path,
        readdirSync(path).find((entry) => name.test(entry))!,
      ),
    join(folder, ".terraform", "providers", PROVIDER),
  );
  return { executable, schemas: join(folder, "schemas") };
}

function findMirror(): string | undefined {
  const named = [
    process.env.TF_PROVIDER_MIRROR,
    join(homedir(), ".terraform.d", "plugins"),
    "/usr/local/share/terraform/plugins",
    "/usr/share/terraform/plugins",
  ];
  const known = named.find((directory) => directory && existsSync(join(directory, PROVIDER)));
  return known ?? search("/", 3);
}

/** Breadth first, since a mirror lies near the root of the file system. */
function search(root: string, depth: number): string | undefined {
  let level = [root];
  for (let deep = 0; deep <= depth; deep++) {
    const found = level.find((directory) => existsSync(join(directory, PROVIDER)));
    if (found) return found;
    level = level.flatMap(foldersIn);
  }
  return undefined;
}

const NOT_SEARCHED = new Set(["/proc", "/sys", "/dev", "/run", "/boot"]);

function foldersIn(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== "node_modules" && entry.name !== ".git")
      .map((entry) => join(directory, entry.name))
      .filter((path) => !NOT_SEARCHED.has(path));
  } catch {
    return [];
  }
}
