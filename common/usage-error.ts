/** The one kind of error that the user can mend: a bad option, an unreadable input, a stack that cannot run locally. */

/** Its message names what is wrong and the fix; a command shows it without a stack trace and exits with code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The message of anything that was thrown; of a connection that nobody took, which may have none, the code. */
export function messageOf(error: unknown): string {
  const { message, code } = Object(error) as { readonly message?: unknown; readonly code?: unknown };
  return [message, code].find((text): text is string => typeof text === "string" && text !== "") ?? String(error);
}
