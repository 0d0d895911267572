/**
 * Checks of the pipeline's variables that no schema of one value can say, most of them between two. The constructs check
 * the same, in their own words. A condition may name other variables, but no two may name each other: so what is between
 * two is checked where the later of them in this order stands: output, redaction, the rest, transformer.
 */
import { object } from "../hcl";
import { ACCESS_LOG_PATH } from "../pipeline/collector";
import { AWS_DEFAULTS } from "../pipeline/transform-parameters";
import { MOST_WAIT_SECONDS } from "../rules";
import { literal } from "./expressions";
import { check, namesIn, type VariableCheck } from "./variable-checks";

const { size, interval } = AWS_DEFAULTS;

/** Keys that are hashed and removed as well; null and what is left out have none. */
const hashedAndRemoved =
  "[for key in var.redaction.hash : key if try(contains(var.redaction.fields.remove, key), false)]";

/** Settings that only the transformer obeys, as null where they say nothing. */
const obeyed = object([
  ...["redaction", "filter", "sampling", "identity"].map((name): [string, string] => [name, `local.${name}`]),
  ["hash_key", "var.hash_key.secret_arn"],
]);

/** Those that are given. */
const reliedOn = `[for name, given in ${obeyed} : name if given != null]`;

const asksMoesif = "var.transformer.enabled && var.sampling.remote && !var.transformer.pass_through";

/** By the variable that shows them. */
export const pipelineChecks: Readonly<Record<string, readonly VariableCheck[]>> = {
  baseUrl: [
    check(
      `!can(regex(${literal(ACCESS_LOG_PATH)}, var.base_url))`,
      `base_url must end before ${ACCESS_LOG_PATH}, which is appended to it.`,
    ),
  ],
  redaction: [
    check(
      `length(${hashedAndRemoved}) == 0`,
      `redaction.hash must have no key that redaction.fields.remove has: ${namesIn(hashedAndRemoved, "a sensitive value")}.`,
    ),
  ],
  identity: [
    check(
      'var.identity.session_token == null || var.output == "event"',
      "identity.session_token must be left out unless output is event: Moesif's access logs have no place for it.",
    ),
  ],
  hashKey: [
    check(
      "length(var.redaction.hash) == 0 || var.hash_key.secret_arn != null",
      'hash_key.secret_arn must be given with redaction.hash: a secret that holds {"hash_key": "…"}.',
    ),
    check(
      "length(var.redaction.hash) > 0 || var.hash_key.secret_arn == null",
      "hash_key.secret_arn must be left out without redaction.hash: nothing is hashed.",
    ),
    check(
      "var.hash_key.kms_key_arn == null || var.hash_key.secret_arn != null",
      "hash_key.secret_arn must be given with hash_key.kms_key_arn, which is the key of that secret.",
    ),
  ],
  transformer: [
    check(
      `(var.transformer.buffer_size_mb == ${size}) == (var.transformer.buffer_interval_seconds == ${interval})`,
      `transformer.buffer_size_mb ${size} and transformer.buffer_interval_seconds ${interval} must be given together or ` +
        "not at all: they are AWS's defaults, which the AWS provider forgets (61 seconds, or 1.1 MB, will do).",
    ),
    check(
      `var.transformer.buffer_interval_seconds + var.delivery.buffer_interval_seconds <= ${MOST_WAIT_SECONDS}`,
      `transformer.buffer_interval_seconds and delivery.buffer_interval_seconds must be ${MOST_WAIT_SECONDS} together at ` +
        "most: an event that reaches Moesif more than five minutes late may miss its alerts and bills.",
    ),
    check(
      `!(${asksMoesif}) || var.sampling.timeout_seconds < var.transformer.timeout_seconds`,
      "transformer.timeout_seconds must be above sampling.timeout_seconds, or records are never transformed.",
    ),
    check(
      'var.transformer.enabled || var.output != "event"',
      "transformer.enabled must be true with output event: what API Gateway writes is no event.",
    ),
    check(
      `var.transformer.enabled || length(${reliedOn}) == 0`,
      `transformer.enabled must be true with ${namesIn(reliedOn, "what is given")}, ` +
        "which the transformer alone obeys: take that out, or keep the transformer, whose pass_through turns off " +
        "everything but the redaction.",
    ),
  ],
};
