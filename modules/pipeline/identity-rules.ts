/** What the rules of identity may say: who made a call, by ordered rules of which the first that gives a value wins. */
import { text, type TextRule } from "../rules";

/** Rules for one identity: each is tried for every call until one gives a value. */
export const MOST_IDENTITY_RULES = 20;

/** Every rule, by the name of what it is about. Only JavaScript applies them, so that they may look ahead. */
export const identityRules = {
  field: text(
    "^[^{}]{1,256}$",
    "a key of a record, or a path such as metadata.orgId, of 1 to 256 characters",
    "a text with braces is a template",
  ),
  template: text(
    "^[^{}]*(\\{[^{}]+\\}[^{}]*)+$",
    "a text with keys or paths in braces, such as {stage}:{principalId}",
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
} as const satisfies Record<string, TextRule>;
