/** Roots that call the module, as they stand in the repository, applied to an emulated AWS from a copy. */
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type Moto, OVERRIDE, withoutDenyOnObjects } from "../support/moto";
import { ROOT } from "../support/rollout";
import { Terraform } from "../support/terraform";

/** A copy of the module, and of another folder, which lie to each other as in the repository. */
export function copyOfModule(...others: readonly string[]): string {
  const copy = mkdtempSync(join(tmpdir(), "module-"));
  // What is left of an example that somebody tried by hand is no part of the module.
  const filter = (path: string) => !/^(\.terraform|terraform\.tfstate)/.test(basename(path));
  for (const folder of ["terraform", ...others]) {
    cpSync(join(ROOT, folder), join(copy, folder), { recursive: true, filter });
  }
  const module = join(copy, "terraform");
  writeFileSync(join(module, OVERRIDE), JSON.stringify(withoutDenyOnObjects(join(module, "main.tf.json"))));
  return copy;
}

type Attributes = Record<string, any>;

/** What Terraform keeps of a root that is applied. */
export class State {
  readonly #state: any;

  constructor(readonly text: string) {
    this.#state = JSON.parse(text);
  }

  /** The attributes of every resource of a type. */
  all(type: string): Attributes[] {
    return this.#state.resources
      .filter((resource: any) => resource.type === type && resource.mode === "managed")
      .flatMap(({ instances }: any) => instances.map(({ attributes }: any) => attributes));
  }

  /** The attributes of the one resource of a type. */
  one(type: string): Attributes {
    const [first, ...others] = this.all(type);
    if (first === undefined || others.length > 0) throw new Error(`${others.length + 1} or none of ${type}`);
    return first;
  }

  output(name: string): any {
    return this.#state.outputs[name].value;
  }
}

const PLAN = "plan.tfplan";

/** One root, whose providers an override beside it points at moto. */
export class Root extends Terraform {
  private constructor(
    directory: string,
    environment: Record<string, string>,
    readonly account: string,
  ) {
    super(directory, environment);
  }

  /**
   * @param account what it is applied in, of 12 digits
   * @param elsewhere what stands before moto, by the service that it stands in for
   */
  static async on(
    moto: Moto,
    folder: string,
    account: string,
    elsewhere?: Readonly<Record<string, string>>,
  ): Promise<Root> {
    const providers = readFileSync(join(folder, "main.tf"), "utf8").matchAll(
      /^provider "aws" \{\n(?: +alias += "(\w+)")?/gm,
    );
    const aws = [...providers].map(([, alias]) => ({ ...(alias && { alias }), ...moto.provider(elsewhere) }));
    writeFileSync(join(folder, OVERRIDE), JSON.stringify({ provider: { aws } }));
    return new Root(folder, await moto.environmentOf(account), account);
  }

  /** Sets the root's variables. */
  set(variables: object): void {
    writeFileSync(join(this.directory, "terraform.tfvars.json"), JSON.stringify(variables));
  }

  /** Plans into a file, and applies that. */
  async applyPlan(): Promise<string> {
    await this.must(["plan", "-out", PLAN, "-input=false", "-no-color"]);
    return this.must(["apply", "-input=false", "-no-color", PLAN]);
  }

  /** The file of the plan that was applied last. */
  planFile(): Buffer {
    return readFileSync(join(this.directory, PLAN));
  }

  state(): State {
    return new State(readFileSync(join(this.directory, "terraform.tfstate"), "utf8"));
  }
}
