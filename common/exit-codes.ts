/** The exit codes of every command, and how `--help` explains them. */

/** What a command ends with. */
export const EXIT = {
  /** It did what it was asked to do. */
  done: 0,
  /** It found something that you asked for, such as a stage that is not in Moesif. */
  found: 1,
  /** An option, a file or a setting is wrong, or the output cannot be written. */
  wrongInput: 2,
  /** AWS refuses or cannot be reached, or credentials are missing or expired. */
  noAccess: 3,
  /** A defect of the program, of `EX_SOFTWARE` in sysexits.h: never to be taken for one of the others. */
  defect: 70,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Explanations of the codes, as in the README. */
export const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  done: "done",
  found: "something found that you asked to be told of",
  wrongInput: "wrong input or usage, or the output cannot be written",
  noAccess: "no access: AWS refuses or cannot be reached, or credentials are missing or expired",
  defect: "a defect of this program",
};

/**
 * The end of a command's `--help`.
 *
 * @param found what the command finds, as the end of a sentence; without it the command never ends with 1
 */
export function exitCodesHelp(found?: string): string {
  const names = Object.keys(EXIT) as (keyof typeof EXIT)[];
  const lines = names.map((name) => {
    const meaning = name === "found" && found !== undefined ? `found: ${found}` : EXIT_MEANINGS[name];
    return `  ${String(EXIT[name]).padEnd(2)}  ${meaning}`;
  });
  return ["Exit codes:", ...lines].join("\n");
}
