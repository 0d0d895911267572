/** Reads Terraform JSON: nested blocks, templates with their escapes, references between resources. */
import { createHash } from "node:crypto";
import { UsageError } from "../common/usage-error";

/** The attributes of a block by name. */
export type Block = Readonly<Record<string, unknown>>;

/** A resource of a stack. */
export interface Resource {
  /** `type.name`, as Terraform addresses it. */
  readonly address: string;
  readonly type: string;
  readonly block: Block;
}

type TemplatePart = { readonly literal: string } | { readonly expression: string };

function isBlock(value: unknown): value is Block {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The blocks at an attribute: Terraform JSON lets one block stand for a list of one. */
export function blocksOf(value: unknown): Block[] {
  return (Array.isArray(value) ? value : [value]).filter(isBlock);
}

/** The one block at an attribute, if it is there. */
export function blockOf(value: unknown): Block | undefined {
  return blocksOf(value)[0];
}

/** End of the `${...}` or `%{...}` that opens at `start`: braces and strings inside may nest. */
function endOfExpression(text: string, start: number): number {
  let depth = 0;
  let quoted = false;
  for (let i = start + 1; i < text.length; i++) {
    const char = text[i];
    if (quoted && char === "\\") i++;
    else if (char === '"') quoted = !quoted;
    else if (!quoted && char === "{") depth++;
    else if (!quoted && char === "}" && --depth === 0) return i + 1;
  }
  return text.length;
}

/**
 * Splits a Terraform template into literals and expressions. `$${` and `%%{` are the escapes of `${` and `%{`
 * (https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences).
 */
function parseTemplate(text: string): TemplatePart[] {
  const parts: TemplatePart[] = [];
  let position = 0;
  for (const opening of text.matchAll(/\$\$\{|%%\{|\$\{|%\{/g)) {
    if (opening.index < position) continue;
    parts.push({ literal: text.slice(position, opening.index) });
    if (opening[0].length === 3) {
      parts.push({ literal: opening[0].slice(1) });
      position = opening.index + 3;
    } else {
      position = endOfExpression(text, opening.index);
      parts.push({ expression: text.slice(opening.index, position) });
    }
  }
  return [...parts, { literal: text.slice(position) }];
}

/** One stack's Terraform JSON, with its references resolved as far as that can be done without Terraform. */
export class TerraformDocument {
  readonly #json: Block;

  constructor(json: unknown) {
    this.#json = isBlock(json) ? json : {};
  }

  /** The first provider block of a name, such as `aws`. */
  provider(name: string): Block {
    return blockOf(blockOf(this.#json["provider"])?.[name]) ?? {};
  }

  /** Every resource of a type. */
  resources(type: string): Resource[] {
    const named = blockOf(blockOf(this.#json["resource"])?.[type]) ?? {};
    return Object.keys(named).flatMap((name) => this.resource(`${type}.${name}`) ?? []);
  }

  /** The resource at `type.name`. */
  resource(address: string): Resource | undefined {
    const [type = "", name = ""] = address.split(".");
    const block = blockOf(blockOf(blockOf(this.#json["resource"])?.[type])?.[name]);
    return block && { address, type, block };
  }

  /**
   * The resource of a type that `value` refers to: directly, or by way of another resource, as a function is reached
   * through its alias.
   */
  referenced(type: string, value: unknown, hops = 2): Resource | undefined {
    const addresses = JSON.stringify(value ?? "").matchAll(/\b(aws_\w+\.[\w-]+)/g);
    const resources = [...addresses].flatMap(([, address]) => this.resource(address ?? "") ?? []);
    const direct = resources.find((resource) => resource.type === type);
    if (direct || hops === 0) return direct;
    for (const { block } of resources) {
      const found = this.referenced(type, block, hops - 1);
      if (found) return found;
    }
    return undefined;
  }

  /** The text of a value that is written out in the document; undefined where it is absent or only Terraform knows it. */
  textIfKnown(value: unknown): string | undefined {
    return this.#resolve(value, () => undefined);
  }

  /**
   * The text of a value that may be absent. What only Terraform knows, such as an id or a version, becomes a made-up
   * text: a different one for each expression, and the same for the same one.
   */
  optionalText(value: unknown): string | undefined {
    return this.#resolve(value, madeUp);
  }

  /** As {@link optionalText}, for a value that must be there. `where` is its address, for the message. */
  text(value: unknown, where: string): string {
    const text = this.optionalText(value);
    if (text !== undefined) return text;
    throw new UsageError(`The stack cannot be run locally: ${where} is missing.`);
  }

  /** The text of a value that may be absent, and that the run must know: it decides what happens in it. */
  optionalKnownText(value: unknown, where: string): string | undefined {
    const text = this.textIfKnown(value);
    if (text === undefined && typeof value === "string")
      throw new UsageError(
        `The stack cannot be run locally: ${where} is ${value}. Only Terraform knows this value, and the run depends ` +
          "on it. Set it to a literal value.",
      );
    return text;
  }

  /** As {@link optionalKnownText}, for a value that must be there. */
  knownText(value: unknown, where: string): string {
    return this.optionalKnownText(value, where) ?? this.text(value, where);
  }

  /** A number that may be absent; Terraform JSON also writes it as a string. */
  number(value: unknown, where: string, byDefault: number): number {
    const text = this.optionalKnownText(value, where);
    if (text === undefined) return byDefault;
    const number = Number(text);
    if (text.trim() !== "" && Number.isFinite(number)) return number;
    throw new UsageError(`The stack cannot be run locally: ${where} is "${text}", which is not a number.`);
  }

  /** The text of a value with its expressions resolved; undefined if `unknown` gives no text for one of them. */
  #resolve(value: unknown, unknown: (expression: string) => string | undefined, hops = 5): string | undefined {
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    if (typeof value !== "string") return undefined;
    let text = "";
    for (const part of parseTemplate(value)) {
      const resolved =
        "literal" in part
          ? part.literal
          : (this.#resolve(this.#referencedValue(part.expression, hops), unknown, hops - 1) ??
            unknown(part.expression));
      if (resolved === undefined) return undefined;
      text += resolved;
    }
    return text;
  }

  /** What `${type.name.attribute}`, `${var.name}` or `${local.name}` is set to in the same document. */
  #referencedValue(expression: string, hops: number): unknown {
    const [, address = "", attribute = ""] = /^\$\{\s*(\w+(?:\.[\w-]+)?)\.([\w-]+)\s*\}$/.exec(expression) ?? [];
    if (hops === 0) return undefined;
    if (address === "var") return blockOf(blockOf(this.#json["variable"])?.[attribute])?.["default"];
    if (address === "local") return blockOf(this.#json["locals"])?.[attribute];
    return this.resource(address)?.block[attribute];
  }
}

/** A text that stands for the value of an expression; inside JSON, `${jsonencode(…)}` must be JSON itself. */
function madeUp(expression: string): string {
  const text = `unknown-${createHash("sha256").update(expression).digest("hex").slice(0, 12)}`;
  return /^\$\{\s*jsonencode\(/.test(expression) ? JSON.stringify(text) : text;
}
