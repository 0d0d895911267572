/** Roots that call the module, as they stand in the repository, applied to an emulated AWS from a copy. */
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type Moto, OVERRIDE } from "../support/moto";
import { ROOT } from "../support/rollout";
import { Terraform } from "../support/terraform";

/** A copy of the module and of the roots in `test/terraform`, which lie to each other as in the repository. */
export function copyOfModule(): string {
  const copy = mkdtempSync(join(tmpdir(), "module-"));
  // What `terraform apply` by hand left in an example is no part of the module.
  const filter = (path: string) => !/^(\.terraform|terraform\.tfstate)/.test(basename(path));
  for (const folder of ["terraform", "test/terraform"]) {
    cpSync(join(ROOT, folder), join(copy, folder), { recursive: true, filter });
  }
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
    if (first === undefined || others.length > 0) throw new Error(`not one ${type}, but ${this.all(type).length}`);
    return first;
  }

  /** What it holds, but for what is only read. */
  addresses(): string[] {
    return this.#state.resources
      .filter(({ mode }: any) => mode === "managed")
      .map(({ module, type, name }: any) => [module, type, name].filter(Boolean).join("."));
  }

  output(name: string): any {
    return this.#state.outputs[name].value;
  }
}

/** What a plan would do at an address. */
export type PlannedChanges = Readonly<Record<string, string>>;

/** A root, of which an override points the providers at moto. */
export class AppliedRoot extends Terraform {
  private constructor(
    directory: string,
    environment: Record<string, string>,
    readonly account: string,
    private readonly moto: Moto,
    private readonly accessKey: string,
  ) {
    super(directory, environment);
  }

  /** The IAM actions that Terraform needed since this was last asked. */
  takeActions(): string[] {
    return this.moto.deployCalls.take(this.accessKey);
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
  ): Promise<AppliedRoot> {
    const blocks = readFileSync(join(folder, "main.tf"), "utf8").matchAll(
      /^provider "aws" \{\n(?: +alias += "(\w+)")?/gm,
    );
    const aws = [...blocks].map(([, alias]) => ({ ...(alias && { alias }), ...moto.provider(elsewhere) }));
    writeFileSync(join(folder, OVERRIDE), JSON.stringify({ provider: { aws } }));
    const environment = await moto.environmentOf(account);
    return new AppliedRoot(folder, environment, account, moto, environment["AWS_ACCESS_KEY_ID"]!);
  }

  /** Sets the root's variables. */
  set(variables: object): void {
    writeFileSync(join(this.directory, "terraform.tfvars.json"), JSON.stringify(variables));
  }

  /** What would change with other values of some variables, by address; what is only read is not told. */
  async changesWith(variables: object): Promise<PlannedChanges> {
    const values = Object.entries(variables).map(([name, value]) => `-var=${name}=${JSON.stringify(value)}`);
    const output = await this.must(["plan", "-json", "-input=false", "-refresh=false", "-lock=false", ...values]);
    const messages = output.split("\n").filter((line) => line.startsWith("{"));
    const changes = messages.flatMap((line) => {
      const { type, change } = JSON.parse(line);
      return type === "planned_change" && change.action !== "read" ? [[change.resource.addr, change.action]] : [];
    });
    return Object.fromEntries(changes);
  }

  state(): State {
    return new State(readFileSync(join(this.directory, "terraform.tfstate"), "utf8"));
  }

  /** What there is of ours in AWS, in some regions. */
  async inAws(regions: readonly string[]): Promise<string[]> {
    return (await Promise.all(regions.map((region) => this.moto.leftOvers(this.account, region)))).flat();
  }
}
