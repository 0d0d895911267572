/** Fixtures: each is one record and what becomes of it; its file name says so in a sentence. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { type Outcome } from "../../lambda/transformer/outcome";
import { outcomeFor, settings } from "./support";

/** An object; or a text; or the pieces of a text that is too long to be written out. */
type Content = object | string | { readonly pieces: readonly (string | Repeated)[] };
type Repeated = { readonly repeat: string; readonly times: number };

export interface Fixture {
  /** Added to the settings of all fixtures. */
  readonly settings?: object;
  /** What the record holds. */
  readonly input?: Content;
  /** The record is compressed. */
  readonly gzip?: boolean;
  /** So many bytes are cut off the end of it. */
  readonly cut?: number;
  /** These bytes, in hex, stand behind it. */
  readonly append?: string;
  /** The record's bytes in hex, in the place of `input`. */
  readonly bytes?: string;
  /** The record's data as Firehose hands it over, in the place of `input`. */
  readonly data?: string;
  /** What is delivered: an object, or the exact text. */
  readonly output?: Content;
  /** How many damaged objects are repaired in it. */
  readonly repairs?: number;
  /** How many objects have bytes that are not UTF-8. */
  readonly replaces?: number;
  /** What is put back on the stream: the texts, or data that is no text. */
  readonly returns?: readonly string[];
  readonly drops?: string;
  readonly fails?: string;
}

const folder = join(__dirname, "fixtures");

/** Every fixture by its sentence. */
export const fixtures: ReadonlyMap<string, Fixture> = new Map(
  readdirSync(folder).map((file) => [
    basename(file, ".json"),
    JSON.parse(readFileSync(join(folder, file), "utf8")) as Fixture,
  ]),
);

/** The text of a content; undefined where it is an object, whose text may differ in white space. */
export function exactText(content: Content | undefined): string | undefined {
  if (typeof content === "object" && "pieces" in content) {
    return content.pieces
      .map((piece) => (typeof piece === "string" ? piece : piece.repeat.repeat(piece.times)))
      .join("");
  }
  return typeof content === "string" ? content : undefined;
}

/** The record as Firehose hands it over. */
export function dataOf({ input, gzip, cut = 0, append = "", bytes, data }: Fixture): string {
  if (data !== undefined) {
    return data;
  }
  const plain =
    bytes === undefined ? Buffer.from(exactText(input) ?? JSON.stringify(input)) : Buffer.from(bytes, "hex");
  const whole = gzip ? gzipSync(plain) : plain;
  return Buffer.concat([whole.subarray(0, whole.length - cut), Buffer.from(append, "hex")]).toString("base64");
}

/** What the transformer makes of a fixture, or of other data with its settings. */
export function outcomeOf(fixture: Fixture, data = dataOf(fixture)): Outcome {
  return outcomeFor(data, { ...settings, ...fixture.settings });
}

/** What an outcome puts back on the stream, as texts. */
export function returnsOf(outcome: Outcome): readonly string[] | undefined {
  const returned = outcome.result === "ProcessingFailed" ? undefined : outcome.returned;
  return returned?.datas.map((data) => data.toString());
}

/** A result in the words of docs/internals/records.md. */
export function resultOf(fixture: Fixture): string {
  const outcome = outcomeOf(fixture);
  const returns = returnsOf(outcome);
  const back = returns === undefined ? "" : `, ${returns.length} put back`;
  if (outcome.result !== "Ok") {
    return `\`${outcome.result}\`, \`${outcome.reason}\`${back}`;
  }
  const how = outcome.data === dataOf(fixture) ? ", byte for byte" : outcome.repaired === undefined ? "" : ", repaired";
  return `\`Ok\`${how}${back}`;
}
