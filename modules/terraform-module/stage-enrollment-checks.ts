/**
 * Checks of the enrollment's variables that no schema of one value can say. The constructs check the same, in their own
 * words; what a stage itself is like, the function says.
 */
import { API_TYPES } from "../../lambda/api-gateway/stage";
import { object } from "../hcl";
import { choose } from "./expressions";
import { check, namesIn, type VariableCheck } from "./variable-checks";

const destinations = object(API_TYPES.map((type) => [type, `var.destinations.${type.toLowerCase()}`]));

/** The types of API that have a destination. */
const types = `[for type, settings in ${destinations} : type if settings != null]`;

/** By the variable that shows them. */
export const enrollmentChecks: Readonly<Record<string, readonly VariableCheck[]>> = {
  destinations: [check(`length(${types}) > 0`, "destinations must have one of rest, http, websocket at least.")],
  stages: [
    none(
      "stage",
      "stages",
      `!contains(${types}, stage.type)`,
      "must be of a type of API that has a destination: give one, or leave the stage out.",
    ),
    none(
      "stage",
      "stages",
      "contains([for other in slice(var.stages, 0, index) : [other.api_id, other.stage] if other != null], [stage.api_id, stage.stage])",
      "must not be listed before: a stage may stand there once.",
    ),
  ],
  match: [
    none(
      "one",
      "match",
      "length(one.tags == null ? {} : one.tags) == 0 && one.api_name == null && one.stage == null && one.types == null",
      'must say what the stages are like: for all of them, write api_name = "*".',
    ),
    none(
      "one",
      "match",
      `anytrue([for type in one.types == null ? [] : one.types : !contains(${types}, type) if type != null])`,
      "must name types of API that have a destination: give one, or leave the type out.",
    ),
  ],
};

/** A check that holds for no element of a list that its message names; of one that is null, another check tells. */
function none(element: string, variable: string, isWrong: string, problem: string): VariableCheck {
  const name = `"${variable}[\${index}]"`;
  const wrong = `flatten([for index, ${element} in var.${variable} : ${choose(isWrong, `[${name}]`, "[]")} if ${element} != null])`;
  return check(`length(${wrong}) == 0`, `${namesIn(wrong, `${variable}[]`)} ${problem}`);
}
