/** The one kind of error that the user can mend: a bad option, an unreadable input, a stack that cannot run locally. */

/** Its message names what is wrong and the fix; a command shows it without a stack trace and exits with code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  const message = (error as { readonly message?: unknown } | null | undefined)?.message;
  return typeof message === "string" ? message : String(error);
}
