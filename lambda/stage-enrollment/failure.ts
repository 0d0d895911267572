/** What went wrong, as it is told: the name and the message of the AWS SDK's error, which say what was refused. */

/** Where the function has no time left to do a stage. */
export const TIME_IS_UP = "time is up: call again";

export function describe(error: unknown): string {
  const { name, message } = Object(error) as Partial<Error>;
  return name && message ? `${name}: ${message.replace(/\.$/, "")}` : String(error);
}
