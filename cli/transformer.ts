/** The transformer as it is deployed: the built bundle, which the package ships. The one place that knows what it exports. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { messageOf, UsageError } from "../common/usage-error";
import type { Outcome, RuleWatch } from "../lambda/transformer/outcome";
import type { TransformerSettings } from "../modules";
import { packageRoot } from "../common/package-root";

/** Transforms the base64 data of a batch of records; an outcome for each, in order. */
export type Transformer = (datas: readonly string[], now: number) => readonly Outcome[];

/** What the function has in AWS in addition to its settings, and a watch on its rules. */
export interface Means {
  /** The key of hashes. */
  readonly hashKey: string;
  /** The body of Moesif's `/v1/config`, as parsed JSON. */
  readonly moesifConfig?: unknown;
  readonly watch?: RuleWatch;
}

/** What the bundle exports beside its handler. */
interface Bundle {
  /** To be called before patterns are used. */
  readonly loadEngine: () => Promise<void>;
  readonly createTransformer: (
    settings: TransformerSettings,
    means: { readonly hashKey: string; readonly config: () => unknown; readonly watch?: RuleWatch },
  ) => Transformer;
  /** Makes sampling rules of a body of `/v1/config`; throws if it is none. */
  readonly parseConfig: (body: unknown) => unknown;
}

/**
 * Prepares the transformer for these settings.
 *
 * @throws UsageError if the bundle was not built, or cannot use what it is given
 */
export async function loadTransformer(settings: TransformerSettings, means: Means): Promise<Transformer> {
  const bundle = await loadBundle(join(packageRoot(), "dist", "lambda", "transformer", "index.mjs"));
  await bundle.loadEngine();
  const config = means.moesifConfig === undefined ? undefined : configOf(means.moesifConfig, bundle);
  try {
    const { hashKey, watch } = means;
    return bundle.createTransformer(settings, { hashKey, config: () => config, ...(watch && { watch }) });
  } catch (error) {
    throw new UsageError(`The transformer cannot use these settings: ${messageOf(error)}`);
  }
}

async function loadBundle(file: string): Promise<Bundle> {
  if (!existsSync(file)) throw new UsageError(`${file} is missing. Run "npm run build" first.`);
  return (await import(pathToFileURL(file).href)) as Bundle;
}

function configOf(body: unknown, { parseConfig }: Bundle): unknown {
  try {
    return parseConfig(body);
  } catch (error) {
    throw new UsageError(`--moesif-config: this is no body of Moesif's /v1/config: ${messageOf(error)}. Save it anew.`);
  }
}
