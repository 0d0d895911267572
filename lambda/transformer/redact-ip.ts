/** What becomes of `ip` where no more than the network may leave: masked, or hashed. */
import { isHash } from "./keyed-hash";
import type { Mask } from "./masks";
import { truncateIp } from "./truncate-ip";

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
