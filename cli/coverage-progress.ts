/** Shows on a terminal how far a look at many accounts is; elsewhere nothing. */
import { SingleBar } from "cli-progress";

/** Is told what has come in. */
export interface CoverageProgress {
  /** One more stage. */
  readonly onStage: () => void;
  /** One more account and region is done. */
  readonly onTarget: () => void;
  readonly stop: () => void;
}

/** @param targets accounts and regions to come */
export function showCoverageProgress(stream: NodeJS.WriteStream, targets: number): CoverageProgress {
  if (!stream.isTTY) return { onStage() {}, onTarget() {}, stop() {} };
  const format = "{bar} {value} of {total} accounts and regions, stages so far: {stages}";
  const bar = new SingleBar({ format, stream, hideCursor: true, clearOnComplete: true });
  let stages = 0;
  bar.start(targets, 0, { stages });
  return {
    onStage: () => bar.update({ stages: ++stages }),
    onTarget: () => bar.increment(),
    stop: () => bar.stop(),
  };
}
