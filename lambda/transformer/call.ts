/** One call, between the decision whether it is sent and the writing of it. */
import type { AccessLog } from "./access-log";
import type { Documents } from "./documents";
import { isMarked } from "./mark";
import type { DropReason } from "./outcome";

/** One call: an access log or, as it may come as well, a Moesif event. */
export class Call {
  /** The transformer has made it, in an earlier run: it is neither enriched nor sampled again. */
  readonly marked: boolean;
  /** What the record had, before any step. */
  readonly before: Readonly<Record<"requestId" | "user" | "companyId" | "weight", AccessLog[string]>>;
  /** Whether a step has changed anything but who the caller is. */
  changedBeyondIdentity = false;
  /** Whether a step has changed the log. */
  changed = false;
  /** Why it is not sent; `undefined` if it is. */
  dropped: DropReason | undefined;
  /** Whether chance had a part in its being sent: then it carries the mark, so as not to be left to chance again. */
  byChance = false;
  /** How many calls it stands for, by our sampling alone. */
  weight = 1;
  readonly #name: string;
  readonly #uuidOf: (name: string) => string;
  #dedupeId: string | undefined;

  /**
   * @param log changed by the steps
   * @param source what it was read from
   * @param time when it was made, in milliseconds since the epoch; `NaN` if nothing says so
   * @param name what tells it from all other calls
   */
  constructor(
    readonly log: AccessLog,
    readonly source: Documents,
    readonly isEvent: boolean,
    readonly time: number,
    name: string,
    uuidOf: (name: string) => string,
  ) {
    this.marked = isMarked(log);
    const { requestId, user, companyId, weight } = log;
    this.before = { requestId, user, companyId, weight };
    this.#name = name;
    this.#uuidOf = uuidOf;
  }

  /** By which Moesif knows it, however often it comes. */
  get dedupeId(): string {
    return (this.#dedupeId ??= this.#uuidOf(this.#name));
  }
}
