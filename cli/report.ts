/** The result of a command in a form that every reporter shows, and the table of reporters. */
import { print } from "../common/print";
import type { Issue } from "../modules";
import { html } from "./reporters/html";
import { json } from "./reporters/json";
import { markdown } from "./reporters/markdown";
import { table } from "./reporters/table";

/** The result of a command. Texts may hold any character: reporters escape them. */
export interface Report {
  /** For people, in this order. */
  readonly blocks: readonly Block[];
  /** For programs: each is one line of JSON. */
  readonly objects: readonly object[];
  /** The text of an HTML page, for a result that has one of its own; of any other, the page shows the blocks. */
  readonly page?: () => string;
}

/** A part of a report. */
export type Block =
  | { readonly kind: "heading" | "paragraph"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly string[] }
  | { readonly kind: "issues"; readonly issues: readonly (Omit<Issue, "id"> & { readonly id: string })[] }
  /** To be copied as it is, such as an access-log format. */
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "table"; readonly columns: readonly Column[]; readonly rows: readonly (readonly string[])[] };

/** A column of a table. */
export interface Column {
  readonly title: string;
  /** Characters of a cell that a terminal shows; by default all. */
  readonly width?: number;
  readonly align?: "right";
}

/** A reporter is a function of the result. */
export type Reporter = (report: Report) => string;

/** By the name that `--reporter` takes; each is a file of `reporters/`. */
export const REPORTERS = { table, json, markdown, html } satisfies Record<string, Reporter>;

/** The options of a command that prints a report. */
export interface ReportOptions {
  readonly reporter: keyof typeof REPORTERS;
}

/** Prints a report on standard output. */
export async function printReport(report: Report, { reporter }: ReportOptions): Promise<void> {
  await print(REPORTERS[reporter](report));
}
