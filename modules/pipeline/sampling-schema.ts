/** The sampling in the transformer's settings document: its schema, and what of it is the default. */
import { z } from "zod";
import type { SamplingSettings } from "../../lambda/transformer/settings";
import { type IResolvable, Token } from "../cdk";
import { SAMPLING_DEFAULTS } from "./sampling-rules";
import { flag } from "./schema-fields";

/** As {@link SamplingSettings}, with plan-time values. */
export interface SamplingInput extends Pick<
  SamplingSettings,
  "rate" | "companyLimit" | "refreshSeconds" | "timeoutSeconds"
> {
  /**
   * Whether the rules count that were made in Moesif. Unless this is `false`, the function may read the secret of
   * the application id, with which it asks for them.
   *
   * @default true
   */
  readonly remote?: boolean | IResolvable;
  /**
   * What decides alike: `request`, `user` or `company`.
   *
   * @default "request"
   */
  readonly by?: string;
  /**
   * Calls that no rate drops: `none`, `server` (status 500 and more) or `all` (400 and more).
   *
   * @default "none"
   */
  readonly keepErrors?: string;
}

/** The shape alone: the values are checked by their rules. */
export const samplingSchema: z.ZodType<SamplingInput> = z.strictObject({
  remote: flag.optional(),
  rate: z.number().optional(),
  by: z.string().optional(),
  keepErrors: z.string().optional(),
  companyLimit: z.number().optional(),
  refreshSeconds: z.number().optional(),
  timeoutSeconds: z.number().optional(),
});

/** Sampling without what is the default; `undefined` if nothing else is left. A plan-time whole stays as it is. */
export function samplingBeyondDefaults(sampling: SamplingInput | IResolvable = {}) {
  if (Token.isUnresolved(sampling)) return sampling;
  const defaults: Readonly<Record<string, unknown>> = SAMPLING_DEFAULTS;
  const entries = Object.entries(sampling).filter(([key, given]) => given !== undefined && given !== defaults[key]);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}
