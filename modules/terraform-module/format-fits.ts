/** Whether a format is short enough, where Terraform alone knows the whole of it. */
import type { ApiType } from "../../lambda/api-gateway/stage";
import { Fn, type IResolvable, Op } from "../cdk";
import { FORMAT_KINDS } from "../stage-logging/format-kinds";

/**
 * A precondition for whatever the format goes to.
 *
 * @param format where Terraform has what the builder of its type made, such as the `asString` of a local
 */
export function formatFits(type: ApiType, format: string): { condition: IResolvable; errorMessage: string } {
  const { maxBytes, limitOf } = FORMAT_KINDS[type];
  // Terraform counts characters; of bytes, base64 makes four letters for three.
  const letters = Fn.lengthOf(Fn.replace(Fn.base64encode(format), "=", ""));
  return {
    condition: Op.lte(letters, Math.ceil((maxBytes * 4) / 3)),
    errorMessage: `The access-log format is longer than ${maxBytes} bytes, and ${limitOf} takes no more: give the properties and claims shorter names.`,
  };
}
