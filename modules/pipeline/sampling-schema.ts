/** The schema of sampling in the transformer's settings document. */
import { z } from "zod";
import type { SamplingSettings } from "../../lambda/transformer/settings";
import { Token } from "../cdk";
import { SAMPLING_DEFAULTS } from "./sampling-rules";

/** The shape only: the values are checked by their rules. */
export const samplingSchema: z.ZodType<object> = z.strictObject({
  remote: z.boolean("must be true or false").optional(),
  rate: z.number().optional(),
  by: z.string().optional(),
  keepErrors: z.string().optional(),
  companyLimit: z.number().optional(),
  refreshSeconds: z.number().optional(),
  timeoutSeconds: z.number().optional(),
});

/** Sampling without what is the default; `undefined` if nothing else is left. */
export function samplingBeyondDefaults(sampling: SamplingSettings = {}): SamplingSettings | undefined {
  // The function refuses it.
  if (Token.isUnresolved(sampling)) return sampling;
  const defaults: Readonly<Record<string, unknown>> = SAMPLING_DEFAULTS;
  const entries = Object.entries(sampling).filter(([key, given]) => given !== undefined && given !== defaults[key]);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}
