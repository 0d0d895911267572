/** What becomes of addresses where no more than the network may leave: masked, or hashed. */
import { isHash } from "./keyed-hash";
import type { Mask } from "./masks";
import { truncateIp } from "./truncate-ip";

/** Keys that hold an address, or several with commas between, as `X-Forwarded-For` has them. */
export const ADDRESS_KEYS: ReadonlySet<string> = new Set(["ip", "sourceIp", "forwardedFor"]);

/** The networks of a list of addresses; `undefined` if none is one. */
export function networksOf(list: string, networkOf: NetworkOf): string | undefined {
  const networks = list.split(",").map((address) => networkOf(address.trim()));
  return networks.filter((network) => network !== undefined).join(", ") || undefined;
}

/** The network of an address; `undefined` for what is no address. */
export type NetworkOf = (address: string) => string | undefined;

/** Truncates what is left of an address when it was masked; what is no address any more is removed. */
export function maskedNetwork({ text }: Mask): NetworkOf {
  return (address) => {
    const network = truncateIp(text(address));
    return network !== undefined && text(network) === network ? network : undefined;
  };
}

/** The hash of the network: of the address, each host would still be told from the others. */
export function hashedNetwork(hash: (text: string) => string): NetworkOf {
  return (address) => {
    const network = isHash(address) ? address : truncateIp(address);
    return network === undefined || isHash(network) ? network : hash(network);
  };
}
