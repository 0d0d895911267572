/** What the rules of the filter may say: which calls are sent at all. */
import { text, type TextRule } from "../rules";

/** Rules in all: each is tried for every call until one matches. */
export const MOST_FILTER_RULES = 50;

/** Every rule, by the name of what it is about. Only JavaScript applies them, so that they may look ahead. */
export const filterRules = {
  field: text(
    "^.{1,256}$",
    "a key of a record, or a path such as metadata.team or request.verb, of 1 to 256 characters",
    "it is what the call is compared by",
  ),
  value: text(
    "^(?!-$).{1,1024}$",
    "a text of 1 to 1024 characters on one line, and not '-'",
    "API Gateway writes '-' where there is no value, and no value matches nothing",
  ),
} as const satisfies Record<string, TextRule>;
