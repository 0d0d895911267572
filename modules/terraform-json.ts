/**
 * JSON inside a string argument of Terraform, such as the document of an IAM policy. Tokens in it are completed by
 * Terraform.
 */
import { Fn } from "./cdk";

const WHOLE_TOKEN = /"(\$\{TfToken\[[^\]]+\]\})"/g;
const TEMPLATE = /\$\{(?!TfToken\[)|%\{/g;

/**
 * A value as JSON text. A string that is one token becomes `${jsonencode(…)}`; a token inside a longer string, such as
 * an ARN, must not hold a quote or a backslash. In literals `${` and `%{` are escaped, since Terraform reads templates
 * in JSON syntax too.
 */
export function terraformJson(value: unknown): string {
  return JSON.stringify(value)
    .replace(TEMPLATE, (start) => start[0] + start)
    .replace(WHOLE_TOKEN, (_, token: string) => Fn.jsonencode(token));
}
