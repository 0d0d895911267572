/** The errors that the user can mend: a bad option, an unreadable input, a stack that cannot run locally, a full disk. */

/** Its message names what is wrong and the fix; a command shows it without a stack trace and exits with code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Whether a command shows only the message: of bad usage, or of a file or disk that the system refuses. */
export function isUserError(error: unknown): error is Error {
  return error instanceof UsageError || (error instanceof Error && "syscall" in error && "code" in error);
}

/** The message of anything that was thrown; of a refused connection, which may have none, the code. */
export function messageOf(error: unknown): string {
  const { message, code } = Object(error) as { readonly message?: unknown; readonly code?: unknown };
  return [message, code].find((text): text is string => typeof text === "string" && text !== "") ?? String(error);
}
