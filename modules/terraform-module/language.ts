/** What Terraform can say of the settings beyond their JSON Schema, and how it writes what its types hold otherwise. */
import { API_TYPES, type ApiType } from "../../lambda/api-gateway/stage";
import { patternCondition, patternExpectation, type PatternKind } from "./pattern-conditions";
import { rolloutRules } from "../rollout/rules";
import { object } from "../hcl";
import { choose } from "./expressions";
import type { ModuleLanguage } from "./module-stack";
import { type Demand, matches } from "./demands";

const patternDemand = (kind: PatternKind): Demand => ({
  condition: (reference) => patternCondition(reference, kind),
  problem: `must be ${patternExpectation(kind)}.`,
});

/** Of the sources of an identity, these have a name. */
const nameOfSource: Demand = {
  condition: (reference) => {
    const fits = ({ pattern }: { pattern: string }) => matches(pattern, `${reference}.name`);
    const isClaim = `${reference}.from == "cognitoClaim" || ${reference}.from == "jwtClaim"`;
    const isProperty = `${reference}.from == "authorizerProperty"`;
    const isOther = `${reference}.from == null || ${reference}.name == null`;
    return choose(
      isClaim,
      fits(rolloutRules.claimName),
      choose(isProperty, fits(rolloutRules.authorizerProperty), isOther),
    );
  },
  problem:
    `must have a name with cognitoClaim and jwtClaim (${rolloutRules.claimName.expects}), with authorizerProperty ` +
    `(${rolloutRules.authorizerProperty.expects}), and with no other source.`,
};

export const language: ModuleLanguage = {
  forms: {
    // A text, one of several, or a pattern: three types, which Terraform cannot hold in one map.
    matches: (reference) =>
      `merge({ for field, match in ${reference} : field => match.values if match.values != null }, ` +
      `{ for field, match in ${reference} : field => { pattern = match.pattern } if match.pattern != null })`,
    destinations: (reference) => {
      const settings = (type: ApiType) => `${reference}.${type.toLowerCase()}`;
      const form = (type: ApiType) =>
        `{ destinationArn = ${settings(type)}.destination_arn, format = ${settings(type)}.format }`;
      return object(API_TYPES.map((type) => [type, choose(`${settings(type)} == null`, "null", form(type))]));
    },
    // Every member is there, with null for what is not said: so Terraform knows the stages where it does not know their
    // APIs' ids, which the same plan makes.
    stage: (reference) =>
      object([
        ["type", `${reference}.type`],
        ["apiId", `${reference}.api_id`],
        ["stage", `${reference}.stage`],
        ["overwrite", choose(`${reference}.overwrite`, "true", "null")],
      ]),
    match: (reference) =>
      object([
        ["tags", choose(`length(coalesce(${reference}.tags, {})) == 0`, "null", `${reference}.tags`)],
        ["apiName", `${reference}.api_name`],
        ["stage", `${reference}.stage`],
        ["types", `${reference}.types`],
        ["overwrite", choose(`${reference}.overwrite`, "true", "null")],
      ]),
  },
  demands: { regex: [patternDemand("pattern")], search: [patternDemand("search")], identity: [nameOfSource] },
};
