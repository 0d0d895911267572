/** Time as the simulated services see it, which may run faster than real time. */

/** What the simulated services ask of time. */
export interface Clock {
  /** Milliseconds since the epoch, in simulated time. */
  now(): number;
  /** Runs `action` once, `seconds` of simulated time from now. The function it returns cancels that. */
  after(seconds: number, action: () => void): () => void;
}

/**
 * A clock on which a wait of n seconds takes n / `scale` real seconds, so that buffers of a minute and retries of five
 * do not make a demonstration long. Its dates run ahead of the real ones by the same factor.
 */
export function scaledClock(scale: number): Clock {
  const startedAt = Date.now();
  const origin = performance.now();
  return {
    now: () => Math.round(startedAt + (performance.now() - origin) * scale),
    after(seconds, action) {
      const timer = setTimeout(action, (seconds * 1000) / scale);
      return () => clearTimeout(timer);
    },
  };
}

/** Waits `seconds` of simulated time; rejects at once when `signal` aborts. */
export function sleep(clock: Clock, seconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error);
    const onAbort = (): void => {
      cancel();
      reject(signal?.reason as Error);
    };
    const cancel = clock.after(seconds, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
