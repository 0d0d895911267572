/** Where two models differ. */
import type { Model } from "./model";

type Json = any;

/** A text for each difference: address, path, and what each side has there. */
export function differences(construct: Model, module: Model): string[] {
  const addresses = [...new Set([...Object.keys(construct), ...Object.keys(module)])].sort();
  return addresses.flatMap((address) => {
    const [ofConstruct, ofModule] = [construct[address], module[address]];
    if (ofConstruct === undefined) return [`${address}: the module alone has it`];
    if (ofModule === undefined) return [`${address}: the construct alone has it`];
    return within(ofConstruct, ofModule, []).map((difference) => `${address}: ${difference}`);
  });
}

function within(construct: Json, module: Json, path: readonly string[]): string[] {
  if (isTree(construct) && isTree(module)) {
    const keys = [...new Set([...Object.keys(construct), ...Object.keys(module)])].sort();
    return keys.flatMap((key) => within(construct[key], module[key], [...path, key]));
  }
  if (construct === module) return [];
  if (construct === true && module === undefined)
    return [`${path.join(" › ")}: the construct has it, the module does not`];
  if (module === true && construct === undefined)
    return [`${path.join(" › ")}: the module has it, the construct does not`];
  return [`${path.join(" › ")}: the construct has ${text(construct)}, the module ${text(module)}`];
}

function isTree(value: Json): boolean {
  return typeof value === "object" && value !== null;
}

function text(value: Json): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}
