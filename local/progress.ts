/** Shows how far a run is: a bar on a terminal, a line now and then elsewhere. */
import { SingleBar } from "cli-progress";

const LINE_EVERY_MS = 5000;

/** Takes what was read and how much of it has come to its end. */
export interface ProgressDisplay {
  update(read: number, settled: number): void;
  stop(): void;
}

/** A display that suits `output`. */
export function showProgress(output: NodeJS.WriteStream): ProgressDisplay {
  return output.isTTY ? bar(output) : lines(output);
}

function bar(stream: NodeJS.WriteStream): ProgressDisplay {
  const format = "{bar} {value} of {total} records read so far";
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

function lines(output: NodeJS.WriteStream): ProgressDisplay {
  let shownAt = performance.now();
  return {
    update(read, settled) {
      if (performance.now() - shownAt < LINE_EVERY_MS) return;
      shownAt = performance.now();
      output.write(`${settled} of ${read} records read so far\n`);
    },
    stop() {},
  };
}
