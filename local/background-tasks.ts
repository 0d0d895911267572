/** Work that goes on after the call that started it has returned; its errors must not get lost. */

/** Keeps hold of running promises until they end, and of the first error among them. */
export class BackgroundTasks {
  readonly #running = new Set<Promise<void>>();
  readonly #onError: (error: unknown) => void;

  /** @param onError - Called for every task that fails. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** Lets `task` run on. */
  add(task: Promise<void>): void {
    const settled = task.catch(this.#onError).finally(() => this.#running.delete(settled));
    this.#running.add(settled);
  }

  /** Waits until nothing runs any more, also of what is started meanwhile. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }
}
