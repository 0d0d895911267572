/** What one execution environment prepares once: the steps, and the look at Moesif's sampling rules. */
import { loadSettings } from "./load-settings";
import { RemoteConfig } from "./sampling/remote-config";
import { readApplicationId, readHashKey } from "./secrets";
import type { TransformerSettings } from "./settings";
import { createTransformer, type Transform } from "./transform";

/** Moesif's collector, unless the settings name another address. */
const DEFAULT_BASE_URL = "https://api.moesif.net";

/** What is prepared. */
export interface Environment {
  readonly transform: Transform;
  /** `undefined` where Moesif's rules do not count. */
  readonly remote: RemoteConfig | undefined;
}

/** @throws Error that says what is missing: then the function must not work, and no rule of the settings is skipped. */
export async function prepareEnvironment(): Promise<Environment> {
  const settings = await loadSettings();
  const hashKey = settings.redaction?.hash?.length ? await readHashKey() : undefined;
  const remote = createRemote(settings);
  return { transform: createTransformer(settings, { hashKey, config: () => remote?.current }), remote };
}

function createRemote({ sampling, passThrough, baseUrl }: TransformerSettings): RemoteConfig | undefined {
  if (passThrough || sampling?.remote === false) {
    return undefined;
  }
  return new RemoteConfig({
    // A reference, so that a secret that was rotated is read anew.
    applicationId: () => readApplicationId(),
    baseUrl: baseUrl ?? DEFAULT_BASE_URL,
    refreshSeconds: sampling?.refreshSeconds,
    timeoutSeconds: sampling?.timeoutSeconds,
  });
}
