import { rmSync } from "node:fs";

export default function teardown(): void {
  // What a test started may still write for a moment.
  rmSync(process.env.TMPDIR!, { recursive: true, force: true, maxRetries: 5 });
}
