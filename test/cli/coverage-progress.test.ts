/** How far a look at many accounts is. */
import { PassThrough } from "node:stream";
import { showCoverageProgress } from "../../cli/coverage-progress";

function shown(isTTY: boolean): string {
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 120, cursorTo() {}, clearLine() {} });
  const progress = showCoverageProgress(stream as unknown as NodeJS.WriteStream, 2);
  progress.onStage();
  progress.onTarget();
  progress.stop();
  return String(stream.read() ?? "");
}

it("is shown on a terminal", () => {
  expect(shown(true)).toContain("1 of 2 accounts and regions, stages so far: 1");
});

it("is not written where nobody looks", () => {
  expect(shown(false)).toBe("");
});
