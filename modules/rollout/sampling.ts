/** The `sampling` section of the settings: how many calls of all are sent. */
import { SAMPLING_DEFAULTS as DEFAULTS, samplingRules as rules } from "../pipeline/sampling-rules";
import { flag, section, setting } from "./fields";

export const samplingSection = section({
  remote: flag("Whether the sampling rules count that were made in Moesif.", DEFAULTS.remote),
  rate: setting(rules.rate, "Percentage of the calls that is kept where no rule of Moesif is known.", DEFAULTS.rate),
  by: setting(
    rules.by,
    "What decides alike: each request for itself, or all of a user or of a company, so that whole journeys are kept.",
    DEFAULTS.by,
  ),
  keepErrors: setting(rules.keepErrors, "Which failed calls are kept whatever the rate.", DEFAULTS.keepErrors),
  companyLimit: setting(
    rules.companyLimit,
    "Calls of one company that are kept of a batch, about a minute of traffic or 1 MB; of more, a sample. Without it, there is no limit.",
  ),
  refreshSeconds: setting(
    rules.refreshSeconds,
    "Seconds between two looks at Moesif's rules.",
    DEFAULTS.refreshSeconds,
  ),
  timeoutSeconds: setting(
    rules.timeoutSeconds,
    "Seconds for which an invocation waits for Moesif's rules, with all attempts; below transformer.timeoutSeconds.",
    DEFAULTS.timeoutSeconds,
  ),
});
