/**
 * Numbers that decide: uniform in [0, 1), and the same for the same text. So a call that comes again, in a retry or a
 * redrive, is decided alike.
 */

/** The independent numbers of one request. Each has 28 bits or more: a rate is kept to a 268-millionth. */
export interface Chances {
  /** Decides at a rate, as {@link weightOf} has it. */
  readonly decision: number;
  readonly rounding: number;
}

/**
 * The numbers for the first decision on a request.
 *
 * @param dedupeId a name-based UUID (version 5): but for its version and variant, its digits are bits of SHA-1
 */
export function chancesOf(dedupeId: string): Chances {
  return { decision: fraction(dedupeId.slice(0, 8)), rounding: fraction(dedupeId.slice(28)) };
}

/** The numbers for a second decision on the same request: of other digits of its UUID, so independent of the first. */
export function secondChancesOf(dedupeId: string): Chances {
  return {
    decision: fraction(dedupeId.slice(9, 13) + dedupeId.slice(15, 18)),
    rounding: fraction(dedupeId.slice(20, 23) + dedupeId.slice(24, 28)),
  };
}

function fraction(digits: string): number {
  return parseInt(digits, 16) / 16 ** digits.length;
}

/**
 * The number of a user or a company: FNV-1a, whose bits are then mixed as at the end of MurmurHash3, since ids are often
 * counted up and FNV-1a alone leaves what differs at their end in the low bits.
 */
export function chanceOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index++) {
    hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
