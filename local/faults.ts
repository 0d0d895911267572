/** Faults of AWS and Moesif that a run can be asked for, beyond those of the stand-in for Moesif. */

/** Which faults happen, and how often. */
export interface Faults {
  /** Percentage of the delivered records that Firehose delivers once more: its delivery is at least once. */
  readonly duplicateDeliveries?: number;
  /** Percentage of the records that the stream refuses when the transformer puts them back, as it does when throttled. */
  readonly putBackFailures?: number;
}

/** Returns true for `percent` of the calls, evenly spread, so that the same run gives the same result. */
export function evenly(percent = 0): () => boolean {
  let sum = 0;
  return () => {
    sum += percent;
    if (sum < 100) return false;
    sum -= 100;
    return true;
  };
}
