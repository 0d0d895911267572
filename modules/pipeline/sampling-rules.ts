/** What the settings of sampling may say: how many calls of all are sent. */
import type { SamplingSettings } from "../../lambda/transformer/settings";
import { choice, decimal, type Rule, wholeNumber } from "../rules";

/** Every rule, by the key that it is about. */
export const samplingRules = {
  rate: decimal(0, 100, "percent", "what is kept carries a weight, so that Moesif's sums stay right"),
  by: choice(
    ["request", "user", "company"],
    "what decides alike: each request for itself, or all of a user or of a company",
  ),
  keepErrors: choice(
    ["none", "server", "all"],
    "server keeps status 500 and more whatever the rate, all keeps 400 and more",
  ),
  companyLimit: wholeNumber(1, 1_000_000, "calls of a batch", "a batch is what Firehose hands over at once"),
  refreshSeconds: wholeNumber(
    10,
    86_400,
    "seconds",
    "each execution environment of the function asks Moesif by itself",
  ),
  timeoutSeconds: wholeNumber(1, 30, "seconds", "the records of a batch wait meanwhile"),
} as const satisfies Record<string, Rule>;

/** What holds where nothing is said; for `companyLimit` it is no limit. */
export const SAMPLING_DEFAULTS = {
  remote: true,
  rate: 100,
  by: "request",
  keepErrors: "none",
  refreshSeconds: 60,
  timeoutSeconds: 3,
} as const satisfies SamplingSettings;
