/** Makes an IP address say a network instead of a host. */
import { isIPv4, isIPv6 } from "node:net";

/**
 * An IPv4 address without its last 8 bits, an IPv6 address without its last 80: as in many a privacy rule, `/24` and
 * `/48`. An IPv4 address within IPv6 (`::ffff:203.0.113.7`) is truncated as the IPv4 address that it is.
 *
 * @returns `undefined` for what is no IP address
 */
export function truncateIp(address: string): string | undefined {
  if (isIPv4(address)) {
    return address.replace(/\d+$/, "0");
  }
  if (!isIPv6(address)) {
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
