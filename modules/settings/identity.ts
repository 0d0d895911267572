/** `identity`: who made a call, by ordered rules of which the first that gives a value wins. A scope replaces it whole. */
import { z } from "zod";
import { pattern } from "./patterns";
import { keyTemplate, recordKey } from "./record-keys";
import { about, atMost, exactlyOne, flag, list, section, setting, text, valueOf } from "./values";

/** Rules for one identity: each is tried for every call until one gives a value. */
export const MAX_IDENTITY_RULES = 20;

export const identityLimits = {
  field: text(
    "^[^{}]{1,256}$",
    "a key of a record, or a path such as metadata.orgId, of 1 to 256 characters",
    "a string with braces is a template",
  ),
  template: text(
    "^[^{}]*(\\{[^{}]+\\}[^{}]*)+$",
    "a string with keys or paths in braces, such as {stage}:{principalId}",
    "each pair of braces stands for the value of one",
  ),
  identity: text(
    "^(?!-$).{1,1024}$",
    "an id of 1 to 1024 characters on one line, and not '-'",
    "Moesif reads '-' and nothing as no value",
  ),
  mappedValue: text(
    "^(?!-$).{1,1024}$",
    "a value of 1 to 1024 characters on one line, and not '-'",
    "API Gateway writes '-' where there is no value, and that is never looked up",
  ),
} as const;

const map = z
  .record(valueOf(identityLimits.mappedValue), valueOf(identityLimits.identity), {
    error: () => "write a map of values to ids",
  })
  .refine((entries) => Object.keys(entries).length > 0, {
    error: () => "the map is empty",
    params: { id: "empty-map", fix: "map at least one value, or remove it" },
  })
  .meta({ minProperties: 1 });

/** A rule in full. */
export const identityRule = exactlyOne(
  section({
    from: recordKey(setting(identityLimits.field, "Where the value is found.")),
    template: keyTemplate(
      setting(identityLimits.template, "A string made of several values, each of which must be present."),
    ),
    extract: pattern(
      "extract",
      "A pattern (RE2) of which the first group, or without one the whole match, is the id; a value in which it finds nothing is skipped.",
    ).optional(),
    lowerCase: flag("Whether the value is converted to lowercase.", false),
    map: map
      .optional()
      .meta(
        about(
          "The id for each value, as the company of an API key's id; a value that is not in it is skipped. It is looked up before the redaction.",
        ),
      ),
  }),
  "from",
  "template",
);

const rule = z.union([recordKey(valueOf(identityLimits.field)), identityRule], {
  error: () => "write a key such as principalId, a path such as metadata.orgId, or a map with from or template",
});

const rules = (meaning: string) =>
  atMost(list(rule, "rules", 1), MAX_IDENTITY_RULES)
    .optional()
    .meta({ ...about(meaning), expects: "a list of rules, each a key, a path or a map" });

export const identitySection = section({
  user: rules(
    "Who the user of a call is; if left out, Moesif's own order applies: user, apiKeyId, principalId, cognitoIdentityId, caller.",
  ),
  company: rules("Which company a call belongs to; companyId if left out."),
  subscription: rules("Which subscription a call is billed to. Requires output event. subscriptionId if left out."),
  sessionToken: rules("Whose session a call belongs to. Requires output event. None if left out."),
});
