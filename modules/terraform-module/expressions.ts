/** Texts of Terraform's expression language, as they are written into JSON between `${` and `}`. */
import { escapeTemplate } from "../tokens";

/** A literal. Its strings are escaped, template marks included. */
export function literal(value: unknown): string {
  return escapeTemplate(JSON.stringify(value));
}

/** One value or another; what is wrong in the one that is not taken does no harm, which `||` and `&&` do not promise. */
export function choose(condition: string, then: string, otherwise: string): string {
  return `${condition} ? ${then} : ${otherwise}`;
}

/** An object or list, or null where it is empty. */
export function unlessEmpty(collection: string): string {
  return `one([for all in [${collection}] : all if length(all) > 0])`;
}

/** The name of a construct's property as Terraform's users write it. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
