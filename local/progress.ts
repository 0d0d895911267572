/** Shows how far a run is: a bar on a terminal, a line now and then elsewhere. */
import { SingleBar } from "cli-progress";

const LINE_EVERY_MS = 5000;

/** Takes what was read and how much of it has come to its end. */
export interface ProgressDisplay {
  update(read: number, settled: number): void;
  stop(): void;
}

/**
 * A display that suits `output`.
 *
 * @param what - What is counted.
 */
export function showProgress(output: NodeJS.WriteStream, what = "records read so far"): ProgressDisplay {
  return output.isTTY ? bar(output, what) : lines(output, what);
}

function bar(stream: NodeJS.WriteStream, what: string): ProgressDisplay {
  const format = `{bar} {value} of {total} ${what}`;
  const display = new SingleBar({ format, stream, hideCursor: true, clearOnComplete: true });
  return {
    update(read, settled) {
      if (!display.isActive) display.start(read, settled);
      display.setTotal(read);
      display.update(settled);
    },
    stop: () => display.stop(),
  };
}

function lines(output: NodeJS.WriteStream, what: string): ProgressDisplay {
  let shownAt = performance.now();
  return {
    update(read, settled) {
      if (performance.now() - shownAt < LINE_EVERY_MS) return;
      shownAt = performance.now();
      output.write(`${settled} of ${read} ${what}\n`);
    },
    stop() {},
  };
}
