/** What a module's preconditions and checks say, they say in the words of its variables. */
import { moduleFiles, modules } from "../../modules/terraform-module/module-files";
import { inVariablesWords, variablePaths, writtenValues } from "../../modules/terraform-module/precondition-words";
import type { JsonSchema } from "../../modules/rollout/json-schema";

/** The messages of a module's resources, data sources and checks, however deep. */
function messagesOf(block: unknown): string[] {
  if (typeof block !== "object" || block === null) return [];
  return Object.entries(block).flatMap(([key, value]) =>
    key === "error_message" ? [value as string] : messagesOf(value),
  );
}

/** The texts that Terraform may show of a message: itself, or those within its expression; without what it fills in. */
function textsOf(message: string): string[] {
  const texts = message.startsWith("${")
    ? [...message.matchAll(/"((?:\\.|\$\{[^}]*\}|[^"\\])*)"/g)].map(([, text]) => text!)
    : [message];
  return texts.map((text) => text.replace(/\$\{[^}]*\}/g, "X"));
}

/** What of a message is no word of a module: a name in capitals and small letters, and a path that no variable has. */
function foreignWords(message: string, variables: JsonSchema): string[] {
  const paths = variablePaths(variables);
  const values = writtenValues(variables);
  return textsOf(message).flatMap((text) => {
    const words = text.replace(/https?:\S+/g, "").match(/[A-Za-z_]\w*(?:\.\w+)*/g) ?? [];
    const isPath = (word: string) => word.includes(".") && paths.has(word.split(".")[0]!);
    const mixed = words.filter((word) => /[a-z][A-Z]/.test(word) && /^[a-z]/.test(word) && !values.has(word));
    const [first] = message.startsWith("${") ? [] : words;
    const unknown = words.filter((word) => (word === first || isPath(word)) && !paths.has(word));
    return [...new Set([...mixed, ...unknown])];
  });
}

describe.each(modules)("the preconditions of $folder", (module) => {
  const { stack, files } = moduleFiles(module);

  it("name the variables and their fields, and nothing of the constructs", () => {
    const messages = messagesOf(JSON.parse(files["main.tf.json"]!));
    expect(messages.length).toBeGreaterThan(0);
    expect(
      messages.flatMap((message) => foreignWords(message, stack.variables).map((word) => `${word}: ${message}`)),
    ).toEqual([]);
  });
});

const texts = (...names: string[]) => Object.fromEntries(names.map((name): [string, JsonSchema] => [name, {}]));

/** Variables with fields of the same name, and a value that is also a name. */
const variables: JsonSchema = {
  properties: {
    delivery: { properties: texts("kmsKeyArn", "intervalSeconds") },
    transformer: { properties: texts("intervalSeconds", "passThrough") },
    output: { enum: ["accessLog"] },
    accessLog: {},
    destinations: { properties: texts("http") },
  },
};

describe("a precondition", () => {
  it.each([
    ["kmsKeyArn must be given.", "var.delivery.kms_key_arn != null", "delivery.kms_key_arn must be given."],
    ["retentionDays must be 1.", "var.delivery.days == 1", "delivery.days must be 1."],
    [
      "transformer.intervalSeconds and intervalSeconds must be equal.",
      "var.transformer.interval_seconds == var.delivery.interval_seconds",
      "transformer.interval_seconds and delivery.interval_seconds must be equal.",
    ],
    ["accessLog needs output accessLog.", 'var.output == "accessLog"', "access_log needs output accessLog."],
    ["transformer must have passThrough.", "local.ok", "transformer must have pass_through."],
    [
      "output must be one (https://example.com/aPage/aFile.html).",
      "var.output == 1",
      "output must be one (https://example.com/aPage/aFile.html).",
    ],
    [
      '${join(", ", [for one in local.all : one.apiId])}',
      "local.ok",
      '${join(", ", [for one in local.all : one.apiId])}',
    ],
  ])("that says %j of %s says %j", (message, condition, said) =>
    expect(inVariablesWords({ condition: `\${${condition}}`, error_message: message }, variables)).toEqual({
      condition: `\${${condition}}`,
      error_message: said,
    }),
  );
});

describe("a word of the constructs", () => {
  it.each([
    ["kmsKeyArn must be given.", ["kmsKeyArn"]],
    ["existing_name must be given.", ["existing_name"]],
    ["delivery must be given, or passThrough.", ["passThrough"]],
    ["output must be one: give destinations.HTTP.", ["destinations.HTTP"]],
    [
      '${join("", [for one in local.all : "${one.apiId} has no destinations.HTTP, nor apiName"])}',
      ["apiName", "destinations.HTTP"],
    ],
    ['${join("", [for one in local.all : "give destinations.${one.type}"])}', ["destinations.X"]],
    ["destinations.http must be given with accessLog, as in https://example.com/aPage.", []],
  ])("is found in %j: %j", (message, words) => expect(foreignWords(message, variables).sort()).toEqual(words));
});
