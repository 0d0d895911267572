/** `sampling`: how many calls are sent. */
import type { SamplingSettings } from "../../lambda/transformer/settings";
import { Token } from "../cdk";
import { choice, decimal, flag, section, setting, wholeNumber } from "./values";

export const samplingLimits = {
  rate: decimal(0, 100, "percent", "kept calls carry a weight, so that Moesif's sums stay correct"),
  by: choice(["request", "user", "company"], "the sampling unit"),
  keepErrors: choice(
    ["none", "server", "all"],
    "server keeps status 500 and more whatever the rate, all keeps 400 and more",
  ),
  companyLimit: wholeNumber(1, 1_000_000, "calls of a batch", "a batch is one invocation of the function by Firehose"),
  refreshSeconds: wholeNumber(
    10,
    86_400,
    "seconds",
    "each execution environment of the function requests Moesif's rules by itself",
  ),
  timeoutSeconds: wholeNumber(1, 30, "seconds", "the records of a batch wait meanwhile"),
} as const;

/** `companyLimit` has no default: no limit. */
export const samplingDefaults = {
  remote: true,
  rate: 100,
  by: "request",
  keepErrors: "none",
  refreshSeconds: 60,
  timeoutSeconds: 3,
} as const satisfies SamplingSettings;

/** Scopes merge key by key. */
export const samplingSection = section({
  remote: flag("Whether Moesif's sampling rules apply.", samplingDefaults.remote),
  rate: setting(
    samplingLimits.rate,
    "Percentage of the calls that is kept where no rule of Moesif is known.",
    samplingDefaults.rate,
  ),
  by: setting(
    samplingLimits.by,
    "Sampling unit: request, user or company. With user or company, whole journeys are kept.",
    samplingDefaults.by,
  ),
  keepErrors: setting(
    samplingLimits.keepErrors,
    "Which failed calls are kept whatever the rate.",
    samplingDefaults.keepErrors,
  ),
  companyLimit: setting(
    samplingLimits.companyLimit,
    "Calls of one company that are kept of a batch, about a minute of traffic or 1 MB; of more, a sample is kept. If left out, there is no limit.",
  ),
  refreshSeconds: setting(
    samplingLimits.refreshSeconds,
    "Seconds between two requests for Moesif's rules.",
    samplingDefaults.refreshSeconds,
  ),
  timeoutSeconds: setting(
    samplingLimits.timeoutSeconds,
    "Seconds for which an invocation waits for Moesif's rules, including retries; below transformer.timeoutSeconds.",
    samplingDefaults.timeoutSeconds,
  ),
});

/** Sampling without what is the default; `undefined` if nothing is left, so that writing a default changes nothing. */
export function samplingOf(sampling: SamplingSettings = {}): SamplingSettings | undefined {
  // The check of literals refuses it.
  if (Token.isUnresolved(sampling)) return sampling;
  const defaults: Readonly<Record<string, unknown>> = samplingDefaults;
  const entries = Object.entries(sampling).filter(([key, given]) => given !== undefined && given !== defaults[key]);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}
