/** How many calls a kept one stands for. Moesif's reports sum the weights. */

/** Moesif's SDKs hold a weight as an integer of 32 bits: https://github.com/Moesif/moesifapi-java */
const MOST_WEIGHT = 2 ** 31 - 1;

/**
 * The weight of a call: 0 if it is dropped, else an integer. A call is kept with the probability of its rate. The weight
 * is 100/rate; where that is no integer, it is the one below or the one above, so that it is 100/rate on average. So the
 * weights of many calls sum up to their number, at any rate.
 *
 * @param rate percentage that is kept, 0 to 100
 * @param decision decides whether the call is kept: a number that is uniform in [0, 1)
 * @param rounding decides which of the two integers it is: uniform in [0, 1), and independent of `decision`
 */
export function weightOf(rate: number, decision: number, rounding: number): number {
  if (decision * 100 >= rate) {
    return 0;
  }
  const exact = Math.min(100 / rate, MOST_WEIGHT);
  const below = Math.floor(exact);
  return rounding < exact - below ? below + 1 : below;
}

/**
 * The weight of a call that had one before, as a sampled event of somebody else's: the product.
 *
 * @param own what the record has as `weight`: an integer from 1 on, as a number or a text; anything else is 1
 */
export function multiplied(own: unknown, weight: number): number {
  return Math.min(integerOf(own) * weight, MOST_WEIGHT);
}

function integerOf(own: unknown): number {
  const value = typeof own === "string" && /^[0-9]{1,10}$/.test(own) ? Number(own) : own;
  return typeof value === "number" && Number.isInteger(value) && value >= 1 ? value : 1;
}
