/** The addresses that the modules have promised: Terraform destroys what is at another, and a bucket with its data. */

/** A module's `main.tf.json`, as far as it says where something is. */
export interface Main {
  readonly resource?: Readonly<Record<string, object>>;
  readonly data?: Readonly<Record<string, object>>;
  readonly moved?: readonly { readonly from: string; readonly to: string }[];
}

/** Every resource and data source of a module, as Terraform addresses them within it. */
export function addressesOf({ resource = {}, data = {} }: Main): string[] {
  const of = (kind: Readonly<Record<string, object>>, prefix = "") =>
    Object.entries(kind).flatMap(([type, byName]) => Object.keys(byName).map((name) => `${prefix}${type}.${name}`));
  return [...of(data, "data."), ...of(resource)].sort();
}

/**
 * What is different from what was promised, with what to do about it.
 *
 * @param promised lines of a folder and an address
 * @param mains the modules, by their folders
 */
export function brokenPromises(promised: readonly string[], mains: ReadonlyMap<string, Main>): string[] {
  const now = [...mains].flatMap(([folder, main]) => addressesOf(main).map((address) => `${folder} ${address}`));
  const moves = new Map<string, string>(
    [...mains].flatMap(([folder, { moved = [] }]) => moved.map(({ from, to }) => [`${folder} ${from}`, to] as const)),
  );
  const gone = promised.filter((line) => !now.includes(line));
  const added = now.filter((line) => !promised.includes(line));
  return [...gone.map((line) => ofLost(line, moves.get(line))), ...added.map((line) => `${line} is new: add the line`)];
}

function ofLost(line: string, to: string | undefined): string {
  if (to !== undefined) return `${line} is moved to ${to}: take the line out`;
  return line.includes(" data.")
    ? `${line} is gone, and is only read: take the line out`
    : `${line} is gone: an upgrade destroys it, with what it holds. If it has another name, say \`formerly()\` of the ` +
        "construct (modules/addresses.ts); if it is meant to go, take the line out and tell users in UPGRADE.md";
}
