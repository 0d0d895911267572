/**
 * Keeps the calls of API Gateway's control plane within their quota, which an account and region share with all
 * who deploys there: 10 calls a second for all operations together, 40 at once.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html#api-gateway-control-service-limits-table
 */
import { setTimeout as pause } from "node:timers/promises";
import { askedPauseMs, isDenied, isThrottled, mayPass } from "./call-failure";

/** Half of the quota: the other half is for those who deploy. */
const DEFAULT_CALLS_PER_SECOND = 5;

/** Attempts at one call in all. */
export const MOST_ATTEMPTS = 8;

/** The first pause is up to this, each further one up to twice the one before. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 20_000;

/** How far throttling slows the calls down, and by how much of the full pace each success speeds them up again. */
const SLOWEST = 1 / 16;
const RECOVERY = 1 / 50;

/** What the caller may set. */
export interface PaceOptions {
  /** Default: 5. */
  readonly callsPerSecond?: number;
  /** No pause is made that would go beyond it: milliseconds as {@link now} has them. Default: none. */
  readonly deadline?: number;
  /**
   * Until then a call that is not allowed is tried again: a permission that was just given takes seconds to be
   * everywhere. Milliseconds as {@link now} has them. Default: never.
   * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
   */
  readonly deniedUntil?: number;
  /** Milliseconds since the epoch. Default: `Date.now`. */
  readonly now?: () => number;
  /** Waits so many milliseconds. */
  readonly sleep?: (ms: number) => Promise<unknown>;
  /** From 0 up to 1. Default: `Math.random`. */
  readonly random?: () => number;
}

/** Lets calls begin one after another at an even pace; they may overlap. */
export class Pace {
  readonly #callsPerSecond: number;
  readonly #deadline: number;
  readonly #deniedUntil: number;
  readonly #now: () => number;
  readonly #sleep: (ms: number) => Promise<unknown>;
  readonly #random: () => number;
  /** Of the full pace, from {@link SLOWEST} to 1. */
  #share = 1;
  #nextTurn = 0;

  constructor({ callsPerSecond, deadline, deniedUntil, now, sleep, random }: PaceOptions = {}) {
    this.#callsPerSecond = callsPerSecond ?? DEFAULT_CALLS_PER_SECOND;
    this.#deadline = deadline ?? Infinity;
    this.#deniedUntil = deniedUntil ?? -Infinity;
    this.#now = now ?? Date.now;
    this.#sleep = sleep ?? pause;
    this.#random = random ?? Math.random;
  }

  /**
   * Makes a call when its turn comes. What may pass is tried again, after a pause that grows (exponential back-off with
   * full jitter) and at a slower pace for all calls if there were too many: {@link MOST_ATTEMPTS} times in all.
   *
   * @param call makes one request, and does not try again by itself
   * @throws what the last attempt threw
   */
  async run<T>(call: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      await this.#turn();
      try {
        const answer = await call();
        this.#share = Math.min(1, this.#share + RECOVERY);
        return answer;
      } catch (error) {
        if (isThrottled(error)) {
          this.#share = Math.max(SLOWEST, this.#share / 2);
        }
        const ms = Math.max(this.#backOffMs(attempt), Math.min(askedPauseMs(error), LONGEST_PAUSE_MS));
        if (!this.#mayPass(error) || attempt === MOST_ATTEMPTS || this.#now() + ms >= this.#deadline) {
          throw error;
        }
        await this.#sleep(ms);
      }
    }
  }

  async #turn(): Promise<void> {
    const now = this.#now();
    const turn = Math.max(now, this.#nextTurn);
    this.#nextTurn = turn + 1000 / (this.#callsPerSecond * this.#share);
    if (turn > now) {
      await this.#sleep(turn - now);
    }
  }

  #mayPass(error: unknown): boolean {
    return mayPass(error) || (isDenied(error) && this.#now() < this.#deniedUntil);
  }

  #backOffMs(attempt: number): number {
    return this.#random() * Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS);
  }
}
