/** Takes a format out of what people copy it in, and says what a text is that holds no object. */

/** The text of an object, as far as there is one, and why the whole is no JSON object, as the ends of sentences. */
export interface Unwrapped {
  readonly text: string;
  readonly faults: readonly string[];
}

const ESCAPED = "the whole stands in quotes, as in a file of CloudFormation or in a shell: take what is within";

/** The object within quotes of JSON or a shell; every other text without the space around it. */
export function objectIn(format: string): Unwrapped {
  const text = format.trim();
  const inner = withoutQuotes(text);
  return inner?.startsWith("{") ? { text: inner, faults: [ESCAPED] } : { text, faults: [] };
}

function withoutQuotes(text: string): string | undefined {
  if (text.startsWith("'{") && text.endsWith("}'")) return text.slice(1, -1);
  if (/^\{\s*\\"/.test(text)) return text.replaceAll('\\"', '"');
  if (!text.startsWith('"{')) return undefined;
  try {
    return (JSON.parse(text) as string).trim();
  } catch {
    return undefined;
  }
}

/** What a format is that is no object, as people call it. */
export function formOf(format: string): string {
  const text = format.trim();
  if (text.startsWith("<")) return "XML";
  if (text.startsWith("[") && text.endsWith("]")) return "a list";
  if (text.includes("[$context.requestTime]")) return "CLF";
  return /\$context[\w.]+,/.test(text) ? "CSV" : "none";
}
