/** The `identity` section of the settings: who made a call. */
import { z } from "zod";
import { identityRules, MOST_IDENTITY_RULES } from "../pipeline/identity-rules";
import { about, exactlyOne, flag, list, regularExpression, section, setting, spelt, valueOf } from "./fields";

const extract = regularExpression(
  "extract",
  "A regular expression (RE2) of which the first group, or without one the whole match, is the id; a value in which it finds nothing is passed over.",
);

const map = z
  .record(valueOf(identityRules.mappedValue), valueOf(identityRules.identity), {
    error: () => "write a map of values to ids",
  })
  .refine((entries) => Object.keys(entries).length > 0, {
    error: () => "map one value at least, or take it out",
    params: { problem: "is an empty map" },
  })
  .meta({ minProperties: 1 });

/** A rule in full. */
export const identityRule = exactlyOne(
  section({
    from: spelt(setting(identityRules.field, "Where the value is found.")),
    template: setting(identityRules.template, "A text that is made of several values, each of which must be there."),
    extract: extract.optional(),
    lowerCase: flag("Whether the value is written in small letters.", false),
    map: map
      .optional()
      .meta(
        about(
          "The id for each value, as the company of an API key's id; a value that is not in it is passed over. It is looked up before the redaction.",
        ),
      ),
  }),
  "from",
  "template",
);

const rule = z.union([spelt(valueOf(identityRules.field)), identityRule], {
  error: () => "write a key such as principalId, a path such as metadata.orgId, or a map with from or template",
});

const rules = (meaning: string) =>
  list(rule, "rules", 1)
    .max(MOST_IDENTITY_RULES, { error: () => `keep at most ${MOST_IDENTITY_RULES}` })
    .optional()
    .meta({ ...about(meaning), expects: "a list of rules, each a key, a path or a map" });

/** Ordered rules for each of them: the first that gives a value wins. */
export const identitySection = section({
  user: rules(
    "Who the user of a call is; if left out, Moesif's own order holds: user, apiKeyId, principalId, cognitoIdentityId, caller.",
  ),
  company: rules("Which company a call belongs to; companyId if left out."),
  subscription: rules("Which subscription a call is billed to, with output event alone; subscriptionId if left out."),
  sessionToken: rules("Whose session a call belongs to, with output event alone; none if left out."),
});
