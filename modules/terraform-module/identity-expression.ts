/** Who a caller is, and what else an authorizer tells, where Terraform alone knows the setting that says so. */
import type { ApiType } from "../../lambda/api-gateway/stage";
import { Token } from "../cdk";
import { hclValue, object } from "../hcl";
import { sourceProblems } from "../stage-logging/build-format";
import { identityFrom, type IdentitySource } from "../stage-logging/identity";

/** Of the sources with a name, the variable is this name's behind a prefix. */
const NAME = "name";

/**
 * The source that a setting of the rollout file's form names, `{ from = "cognitoClaim", name = "sub" }`. Its variable is
 * null where the setting, or anything that it stands in, is null or absent, and where the type of API does not have the
 * source: to a format, it is then not given.
 *
 * @param reference where Terraform has the setting, such as `var.access_log.user`
 */
export function identityExpression(type: ApiType, reference: string): IdentitySource {
  const known = Object.entries(identityFrom).filter(([, source]) => isKnown(type, source(NAME)));
  const plain = known
    .filter(([, source]) => source.length === 0)
    .map(([from, source]) => [from, JSON.stringify(source(NAME).variable)] as const);
  const named = known
    .filter(([, source]) => source.length > 0)
    .map(([from, source]) => [from, JSON.stringify(prefixOf(source(NAME)))] as const);
  const byName = `join("", [${object(named)}[${reference}.from], ${reference}.name])`;
  return plannedSource(`try(${object(plain)}[${reference}.from], ${byName}, null)`);
}

/**
 * The property of a Lambda authorizer's context that a setting names; its variable is null where the setting, or
 * anything that it stands in, is null or absent.
 *
 * @param reference where Terraform has the name, such as `var.access_log.request.query`
 */
export function authorizerPropertyExpression(reference: string): IdentitySource {
  const prefix = JSON.stringify(prefixOf(identityFrom.authorizerProperty(NAME)));
  return plannedSource(`try(join("", [${prefix}, ${reference}]), null)`);
}

function isKnown(type: ApiType, source: IdentitySource): boolean {
  return sourceProblems(type, { user: source }).length === 0;
}

function prefixOf({ variable }: IdentitySource): string {
  return variable.slice(0, -NAME.length);
}

function plannedSource(expression: string): IdentitySource {
  return { variable: Token.asString(hclValue(expression)) };
}
