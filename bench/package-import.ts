/** What importing the package costs beyond CDKTF and the classes of its bindings that the package uses. */
import { join } from "node:path";
import { packageRoot } from "../common/package-root";
import { runNode } from "./child";
import { median } from "./compare";
import type { Effort } from "./effort";

/** Of processor time: other work on the machine does not count. Of the heap: without garbage. */
const SOURCE = `
const heap = () => (gc(), process.memoryUsage().heapUsed);
const before = heap();
const cpu = process.cpuUsage();
for (const file of process.argv.slice(1)) require(file);
const { user, system } = process.cpuUsage(cpu);
const mebibytes = (heap() - before) / 1024 / 1024;
console.log(JSON.stringify({ cpuMs: (user + system) / 1000, mebibytes, modules: Object.keys(require.cache).length }));
`;

/** What one import came to. */
export interface Import {
  readonly cpuMs: number;
  /** By how much the heap grew. */
  readonly mebibytes: number;
  /** Files that were loaded. */
  readonly modules: number;
}

/** What imports came to: medians. */
export interface PackageImport {
  readonly imports: number;
  readonly package: Import;
  /** Only CDKTF and the classes. */
  readonly needed: Import;
}

/** Imports both, one after the other, again and again. */
export async function measureImport({ imports }: Effort): Promise<PackageImport> {
  const modules = join(packageRoot(), "dist", "modules");
  const load = (...names: string[]) => {
    const files = names.map((name) => join(modules, name));
    return runNode<Import>(["--expose-gc", "--eval", SOURCE, ...files]);
  };
  const pairs: { readonly needed: Import; readonly package: Import }[] = [];
  while (pairs.length < imports) {
    pairs.push({ needed: await load("cdk.js", "aws.js"), package: await load("index.js") });
  }
  const medianOf = (which: "needed" | "package"): Import => ({
    cpuMs: median(pairs.map((pair) => pair[which].cpuMs)),
    mebibytes: median(pairs.map((pair) => pair[which].mebibytes)),
    modules: median(pairs.map((pair) => pair[which].modules)),
  });
  return { imports, package: medianOf("package"), needed: medianOf("needed") };
}
