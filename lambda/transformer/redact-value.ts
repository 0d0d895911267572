/** What becomes of addresses of which only the network may be sent: masked, or hashed. */
import { isAbsent } from "./access-log";
import type { Mask } from "./masks";
import type { Marks } from "../secrets/placeholders";
import type * as Net from "node:net";

/** Keys that hold an address, or several with commas between, as `X-Forwarded-For` has them. */
export const ADDRESS_KEYS: ReadonlySet<string> = new Set(["ip", "sourceIp", "forwardedFor"]);

/** The networks of a list of addresses; `undefined` if none is one. */
export function networksOf(list: string, networkOf: NetworkOf): string | undefined {
  const networks = list.split(",").map((address) => networkOf(address.trim()));
  return networks.filter((network) => network !== undefined).join(", ") || undefined;
}

/** The network of an address; `undefined` for what is no address. */
type NetworkOf = (address: string) => string | undefined;

/** Truncates what is left of an address when it was masked; what is no address any more is removed. */
export function maskedNetwork({ text }: Mask): NetworkOf {
  return (address) => {
    const network = truncateIp(text(address));
    return network !== undefined && text(network) === network ? network : undefined;
  };
}

/** The hash of the network: a hash of the address would still identify each host. */
export function hashedNetwork(hash: (text: string) => string): NetworkOf {
  return (address) => {
    const network = isHash(address) ? address : truncateIp(address);
    return network === undefined || isHash(network) ? network : hash(network);
  };
}

// Makes an IP address say a network instead of a host.

let net: typeof Net | undefined;

/**
 * An IPv4 address without its last 8 bits, an IPv6 address without its last 80: as in many a privacy rule, `/24` and
 * `/48`. An IPv4 address within IPv6 (`::ffff:203.0.113.7`) is truncated as the IPv4 address that it is.
 *
 * @returns `undefined` for what is no IP address
 */
export function truncateIp(address: string): string | undefined {
  // By the first address: a module takes milliseconds to load, which every start would take.
  net ??= process.getBuiltinModule("node:net");
  if (net.isIPv4(address)) {
    return address.replace(/\d+$/, "0");
  }
  if (!net.isIPv6(address)) {
    return undefined;
  }
  const groups = groupsOf(address);
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return `::ffff:${groups[6]! >> 8}.${groups[6]! & 0xff}.${groups[7]! >> 8}.0`;
  }
  return written(groups.slice(0, 3));
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): number[] {
  const [head = "", tail] = address
    .replace(/%.*$/, "")
    .replace(/[\d.]+$/, quadAsGroups)
    .split("::");
  const [before, behind] = [numbersOf(head), numbersOf(tail ?? "")];
  return [...before, ...Array<number>(8 - before.length - behind.length).fill(0), ...behind];
}

/** `203.0.113.7` at the end of an IPv6 address as two groups. */
function quadAsGroups(end: string): string {
  if (!end.includes(".")) {
    return end;
  }
  const [a = 0, b = 0, c = 0, d = 0] = end.split(".").map(Number);
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

function numbersOf(groups: string): number[] {
  return groups === "" ? [] : groups.split(":").map((group) => parseInt(group, 16));
}

/** Three groups and then zeros, in the one form that RFC 5952 knows: zeros at the end join the run of `::`. */
function written(groups: readonly number[]): string {
  const length = groups.findLastIndex((group) => group !== 0) + 1;
  return `${groups
    .slice(0, length)
    .map((group) => group.toString(16))
    .join(":")}::`;
}

// Keyed hashes (HMAC-SHA-256, RFC 2104) in the place of values: equal for equal values, so that calls can be grouped
// and counted. Without the key, no value can be found by trying all that there may be, as with a plain hash of
// an IP address.

/** What every hash begins with. */
const PREFIX = "hmac:";

/** 132 of the 256 bits, in base64url. */
const LENGTH = 22;

const FORM = `${PREFIX}[A-Za-z0-9_-]{${LENGTH}}`;
const HASH = new RegExp(`^${FORM}$`);
/** Not within a longer word, which may be a token. */
const HASHES = new RegExp(`(?<![\\w.-])(${FORM})(?![\\w.-])`);

/** Hashes that are kept ready, and the longest value whose hash is: callers come back. */
const MOST_KEPT = 10_000;
const LONGEST_KEPT = 128;

/** Whether a text is a hash, or has the form of one. */
export function isHash(text: string): boolean {
  return text.startsWith(PREFIX) && HASH.test(text);
}

/** The hash of any text under this key. */
export function createKeyedHash(key: string): (text: string) => string {
  const { createHmac } = process.getBuiltinModule("node:crypto");
  const kept = new Map<string, string>();
  return (text) => {
    let hash = kept.get(text);
    if (hash === undefined) {
      hash = PREFIX + createHmac("sha256", key).update(text).digest("base64url").slice(0, LENGTH);
      if (text.length <= LONGEST_KEPT) {
        if (kept.size === MOST_KEPT) kept.clear();
        kept.set(text, hash);
      }
    }
    return hash;
  };
}

/**
 * Hashes in the place of a mask. What is absent, a hash already or nothing but marks stays: hashing twice gives the
 * same, and a hash of a mask would make all callers one. A number has the hash of its text.
 */
export function hashMask(hash: (text: string) => string, marks: Marks): Mask {
  const text = (value: string) => (isAbsent(value) || isHash(value) || marks.areAll(value) ? value : hash(value));
  return { text, number: (value) => text(JSON.stringify(value)) };
}

/** The same mask, but for hashes that an identity was made of: they hold nothing to be masked. */
export function besideHashes({ text, number }: Mask): Mask {
  const outsideHashes = (value: string) =>
    value
      .split(HASHES)
      .map((part, index) => (index % 2 === 0 ? text(part) : part))
      .join("");
  return { text: (value) => (value.includes(PREFIX) ? outsideHashes(value) : text(value)), number };
}
