/** The tables of arguments and options in docs/cli.md, from the descriptions of the commands. */
import { programOf } from "../cli/command-line";
import { code, table } from "./markdown";

/** A page with its tables brought up to date, each between `<!-- options: NAME -->` and `<!-- end of options -->`. */
export function withCommandTables(page: string): string {
  const commands = new Map(programOf(() => {}).commands.map((command) => [command.name(), command]));
  const filled = page.replace(
    /(<!-- options: (\S+) -->\n)[^]*?(?=<!-- end of options -->)/g,
    (_, head: string, name: string) => {
      const command = commands.get(name);
      if (command === undefined) throw new Error(`docs/cli.md: no command "${name}"`);
      commands.delete(name);
      const rows = [
        ...command.registeredArguments.map((one) => [
          code(one.required ? `<${one.name()}>` : `[${one.name()}]`),
          described(one),
          defaultOf(one),
        ]),
        ...command.options.map((one) => [code(one.flags), described(one), defaultOf(one)]),
      ];
      return `${head}\n${table(["Argument or option", "Meaning", "Default"], rows)}\n`;
    },
  );
  if (commands.size > 0) throw new Error(`docs/cli.md has no options of: ${[...commands.keys()].join(", ")}`);
  return filled;
}

interface Described {
  readonly description: string;
  readonly argChoices?: string[];
  readonly defaultValue?: unknown;
}

function described({ description, argChoices }: Described): string {
  return argChoices ? `${description}: ${argChoices.map(code).join(", ")}` : description;
}

function defaultOf({ defaultValue }: Described): string {
  return defaultValue === undefined ? "" : code(String(defaultValue));
}
