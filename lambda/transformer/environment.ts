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
  /** Why the application id could not be read, and what to do; `undefined` if it could. Nothing of the secret. */
  readonly applicationIdProblem: () => string | undefined;
}

/** @throws Error that says what is missing: then the function must not work, and no rule of the settings is skipped. */
export async function prepareEnvironment(): Promise<Environment> {
  const settings = await loadSettings();
  const hashKey = settings.redaction?.hash?.length ? await readHashKey() : undefined;
  let problem: string | undefined;
  const applicationId = async () => {
    try {
      problem = undefined;
      return await readApplicationId();
    } catch (error) {
      problem = (error as Error).message;
      throw error;
    }
  };
  const remote = createRemote(settings, applicationId);
  const transform = createTransformer(settings, { hashKey, config: () => remote?.current });
  return { transform, remote, applicationIdProblem: () => problem };
}

function createRemote(
  { sampling, passThrough, baseUrl }: TransformerSettings,
  applicationId: () => Promise<string>,
): RemoteConfig | undefined {
  if (passThrough || sampling?.remote === false) {
    return undefined;
  }
  return new RemoteConfig({
    applicationId,
    baseUrl: baseUrl ?? DEFAULT_BASE_URL,
    refreshSeconds: sampling?.refreshSeconds,
    timeoutSeconds: sampling?.timeoutSeconds,
  });
}
