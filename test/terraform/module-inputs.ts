/** What a module takes and gives, read from its files as `terraform fmt` leaves them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../support/rollout";

/** Folders of the modules, from the root module's. */
export const FOLDERS = [".", ...readdirSync(join(ROOT, "terraform", "modules")).map((name) => `modules/${name}`)];

/** Where the objects are whose fields a module lists under another name than that of a variable. `*` is any key or index. */
const OBJECTS: Readonly<Record<string, readonly string[]>> = {
  access_log_request: ["access_log.request"],
  alarm: ["alarms.*"],
  api: ["apis.*"],
  backup_access_log: ["backup.access_log"],
  destination: ["destinations.*"],
  filter_rule: ["filter.*"],
  identity: [
    "identity",
    "http_access_log.user",
    "http_access_log.company",
    "websocket_access_log.user",
    "websocket_access_log.company",
  ],
  identity_rule: ["identity.*.*"],
  match: ["match.*"],
  redaction_mask: ["redaction.mask.*"],
  redaction_path: ["redaction.path"],
  request: ["http_access_log.request", "websocket_access_log.request"],
  source: ["access_log.user", "access_log.company"],
  stages: ["stages.*"],
  transformer_vpc: ["transformer.vpc"],
};

/** The text of a module's files. */
export function moduleText(folder: string): string {
  const path = join(ROOT, "terraform", folder);
  const files = readdirSync(path).filter((file) => file.endsWith(".tf"));
  return files.map((file) => readFileSync(join(path, file), "utf8")).join("\n");
}

/** The blocks of a type that have one label, by that. */
export function blocks(type: string, text: string): Map<string, string> {
  const found = text.matchAll(new RegExp(`^${type} "(\\w+)" \\{\n(.*?)^\\}`, "gms"));
  return new Map([...found].map(([, name, body]) => [name!, body!]));
}

/** The locals of a module, each with its expression. */
export function localsOf(text: string): Map<string, string> {
  const bodies = [...text.matchAll(/^locals \{\n(.*?)^\}/gms)].map(([, body]) => body!);
  const each = bodies.flatMap((body) => [...body.matchAll(/^ {2}(\w+) += (.*?)(?=^ {2}[\w#]|(?![^]))/gms)]);
  return new Map(each.map(([, name, expression]) => [name!, expression!]));
}

export const moduleOutputs = (folder: string): string[] => [...blocks("output", moduleText(folder)).keys()];

/** Every variable of a module, and every field of its object variables, by its path. */
export function moduleInputs(folder: string): string[] {
  const text = moduleText(folder);
  const variables = [...blocks("variable", text).keys()];
  const locals = localsOf(text);
  const fields = [...(locals.get("fields") ?? "").matchAll(/\b(\w+) += ((?:\[|concat|keys).*)/g)].flatMap(
    ([, name, expression]) => {
      const keys = (local: string) => locals.get(local)!.replaceAll(/^ {4}(\w+) +=.*/gm, '"$1"');
      const whole = expression!
        .replaceAll(/keys\(local\.(\w+)\)/g, (_, local) => keys(local))
        .replaceAll(/local\.(\w+)/g, (_, local) => locals.get(local)!);
      const names = [...whole.matchAll(/"(\w+)"/g)].map(([, field]) => field);
      const paths = OBJECTS[name!]?.filter((path) => variables.includes(path.split(".")[0]!)) ?? [];
      const objects = variables.includes(name!) && paths.length === 0 ? [name!] : paths;
      if (objects.length === 0) throw new Error(`${folder}: no place is known of the object ${name}`);
      return objects.flatMap((path) => names.map((field) => `${path}.${field}`));
    },
  );
  return [...variables, ...fields];
}

/** Maps of which the keys are the user's. */
export const OWN_KEYS: ReadonlySet<string> = new Set(["metadata", "map", "tags", "common_attributes", "drop", "keep"]);

/** The path of each value that is set in a module's variables, and of each object in it. */
export function pathsOf(value: unknown, path: readonly string[] = []): string[] {
  if (typeof value !== "object" || value === null || OWN_KEYS.has(path.at(-1) ?? "")) return [path.join(".")];
  return [path.join("."), ...Object.entries(value).flatMap(([key, one]) => pathsOf(one, [...path, key]))];
}
