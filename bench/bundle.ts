/** The transformer as it is deployed: the built bundle. The one place of the bench that knows what it exports. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type * as Contract from "../lambda/transformer/outcome";
import type { TransformerSettings } from "../lambda/transformer/settings";
import { packageRoot } from "../common/package-root";

/** What the transformer makes of one record, to those who check that it keeps its contract: any member may be missing. */
export type Outcome = Pick<Contract.Outcome, "result"> &
  Partial<Omit<Contract.Ok, "result">> & { readonly reason?: string };

/** Transforms the data of a batch of records, at a time in milliseconds since the epoch. */
export type Transform = (datas: readonly unknown[], now: number) => readonly Outcome[];

/** What the function has in addition to its settings. */
export interface Dependencies {
  /** The key of hashes. */
  readonly hashKey: string;
  /** Moesif's sampling rules, if there are any. */
  readonly config: () => unknown;
}

/** The transformer, whether from the bundle or from its source. */
export interface Transformer {
  /** To be called before patterns are used. */
  readonly loadEngine: () => Promise<void>;
  readonly createTransformer: (settings: TransformerSettings, dependencies: Dependencies) => Transform;
  /** Makes sampling rules of a body of Moesif's `/v1/config`. */
  readonly parseConfig: (body: unknown) => unknown;
  /** The counts that the function logs of an invocation. */
  readonly reportOf: (event: object, outcomes: readonly Outcome[], now: number, ms: number) => object;
}

/** The bundle's entry. */
export function bundleFile(): string {
  return join(packageRoot(), "dist", "lambda", "transformer", "index.mjs");
}

/** Loads the bundle, with what it needs for patterns. */
export async function loadBundle(): Promise<Transformer> {
  const transformer = (await import(pathToFileURL(bundleFile()).href)) as Transformer;
  await transformer.loadEngine();
  return transformer;
}

/** What a function in AWS would have; the key is made up. */
export function dependenciesWith({ parseConfig }: Transformer, config?: object): Dependencies {
  const rules = config && parseConfig(config);
  return { hashKey: "a made-up key of more than 32 characters", config: () => rules };
}
