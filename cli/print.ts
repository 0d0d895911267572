/** Standard output, for whoever reads it. */
import { once } from "node:events";

/** Writes a line; waits while whoever reads is slower than this. */
export async function print(text: string): Promise<void> {
  if (!process.stdout.write(`${text}\n`)) await once(process.stdout, "drain");
}
