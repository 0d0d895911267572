/** Synthesizes constructs in a stack of their own and reads the Terraform JSON back. */
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { AwsProvider } from "../../modules/aws";
import { App, LocalBackend, TerraformStack, TerraformVariable } from "../../modules/cdk";
import { widenAwsProvider } from "../../modules/addresses";

type Block = Record<string, any>;

/** A synthesized stack: its folder and its JSON. */
export class Synthesized {
  readonly json: Block;

  constructor(readonly directory: string) {
    this.json = JSON.parse(readFileSync(join(directory, "cdk.tf.json"), "utf8"));
  }

  /** The one resource of a type. */
  resource(type: string): Block {
    return only(type, this.json.resource?.[type]);
  }

  /** The one data source of a type. */
  data(type: string): Block {
    return only(type, this.json.data?.[type]);
  }

  /** The statements of a role's inline policy by their Sid; the role by its name in the JSON. */
  policy(role: string): Block {
    const { Statement } = parsedPolicy(this.json.resource.aws_iam_role_policy[`${role}_policy`].policy);
    return Object.fromEntries(Statement.map(({ Sid, Effect: _, ...rest }: Block) => [Sid, rest]));
  }

  /** The statements of a role's trust policy. */
  trust(role: string): Block[] {
    return parsedPolicy(this.json.resource.aws_iam_role[role].assume_role_policy).Statement;
  }

  /** What the constructs warn of. */
  warnings(): string[] {
    const manifest = JSON.parse(readFileSync(join(this.directory, "..", "..", "manifest.json"), "utf8"));
    return manifest.stacks[basename(this.directory)].annotations.map(({ message }: { message: string }) => message);
  }

  /** Every resource and data source, as Terraform addresses them. */
  addresses(): string[] {
    const of = (kind: Block = {}, prefix = "") =>
      Object.entries(kind).flatMap(([type, byName]) => Object.keys(byName).map((name) => `${prefix}${type}.${name}`));
    return [...of(this.json.data, "data."), ...of(this.json.resource)].sort();
  }
}

/** A policy whose tokens stand as text in it. */
export function parsedPolicy(text: string): Block {
  return JSON.parse(text.replace(/\$\{jsonencode\((.+?)\)\}/g, '"${$1}"'));
}

function only(type: string, byName: Block = {}): Block {
  const all = Object.values(byName).map(({ "//": _, ...properties }) => properties);
  if (all.length !== 1) throw new Error(`${all.length} of ${type}: ${Object.keys(byName).join(", ")}`);
  return all[0]!;
}

/** Builds into a stack named `test` and synthesizes it. */
export function synthesize(build: (stack: TerraformStack) => void): Synthesized {
  return synthesizeExpressions((stack) => {
    new AwsProvider(stack, "aws", { region: "us-east-1" });
    widenAwsProvider(stack);
    build(stack);
  });
}

/** As {@link synthesize}, of what needs no provider: Terraform evaluates it in a blink, and loads none. */
export function synthesizeExpressions(build: (stack: TerraformStack) => void): Synthesized {
  const app = new App({ outdir: mkdtempSync(join(tmpdir(), "synth-")) });
  const stack = new TerraformStack(app, "test");
  new LocalBackend(stack, { path: "terraform.tfstate" });
  build(stack);
  app.synth();
  return new Synthesized(join(app.outdir, "stacks", "test"));
}

/** A variable of the stack, with a default. */
export function variable(stack: TerraformStack, name: string, type: string, value: unknown): TerraformVariable {
  return new TerraformVariable(stack, name, { type, default: value });
}
