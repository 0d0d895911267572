/** The transformer in its worker: environment, limits, time-out, and what happens after each kind of death. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FunctionDescription } from "../../local/synthesized-stack";
import { TransformerFunction, type Invocation } from "../../local/transformer-function";
import { temporaryDirectory, writeZip } from "./support";

const functions: TransformerFunction[] = [];
afterEach(async () => {
  for (const transformer of functions.splice(0)) await transformer.close();
});

function start(
  source: string,
  change: Partial<FunctionDescription> = {},
  module = "index.mjs",
): { transformer: TransformerFunction; logFile: string } {
  const directory = temporaryDirectory();
  const zip = join(directory, "transformer.zip");
  writeZip(zip, source, module);
  const secretFile = join(directory, "secret.json");
  writeFileSync(secretFile, '{"api_key":"key"}');
  const hashKeyFile = join(directory, "hash-key.json");
  writeFileSync(hashKeyFile, '{"hash_key":"hash"}');
  const surroundings = { secretFile, hashKeyFile, moesifOrigin: "http://moesif", firehoseOrigin: "http://firehose" };
  const logFile = join(directory, "log");
  const description: FunctionDescription = {
    name: "transformer",
    arn: "arn:aws:lambda:eu-west-1:123456789012:function:transformer",
    zip,
    handler: "index.handler",
    timeoutSeconds: 10,
    memoryMegabytes: 64,
    environment: {},
    ...change,
  };
  const onError = (error: unknown): never => {
    throw error;
  };
  const options = { function: description, region: "eu-west-1", surroundings, logFile, onError };
  const transformer = new TransformerFunction(options);
  functions.push(transformer);
  return { transformer, logFile };
}

function answerOf(invocation: Invocation): unknown {
  return "payload" in invocation ? JSON.parse(invocation.payload) : invocation;
}

test("the handler gets the event, and a context as Lambda gives it", async () => {
  const { transformer } = start(
    "export const handler = async (event, context) => ({ event, name: context.functionName, arn: context.invokedFunctionArn, left: context.getRemainingTimeInMillis() });",
  );
  const answer = answerOf(await transformer.invoke('{"a":1}')) as { left: number };
  expect(answer).toMatchObject({
    event: { a: 1 },
    name: "transformer",
    arn: "arn:aws:lambda:eu-west-1:123456789012:function:transformer",
  });
  expect(answer.left).toBeGreaterThan(5000);
  expect(answer.left).toBeLessThanOrEqual(10_000);
});

test("the environment is the synthesized one and Lambda's own, and nothing else of this machine", async () => {
  const { transformer } = start(
    `import { readFileSync } from "node:fs";
     export const handler = async () => ({
       names: Object.keys(process.env).sort(),
       A: process.env.A,
       settings: readFileSync(new URL(process.env.SETTINGS_URL), "utf8"),
       secret: readFileSync(new URL(process.env.APPLICATION_ID_SECRET), "utf8"),
       hashKey: readFileSync(new URL(process.env.HASH_KEY_SECRET), "utf8"),
       firehose: process.env.AWS_ENDPOINT_URL_FIREHOSE,
     });`,
    {
      environment: { A: "1", SETTINGS_URL: "", APPLICATION_ID_SECRET: "", HASH_KEY_SECRET: "" },
      settings: { version: 1 },
    },
  );
  expect(answerOf(await transformer.invoke("{}"))).toEqual({
    names: [
      "A",
      "APPLICATION_ID_SECRET",
      "AWS_ACCESS_KEY_ID",
      "AWS_DEFAULT_REGION",
      "AWS_ENDPOINT_URL_FIREHOSE",
      "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
      "AWS_LAMBDA_FUNCTION_NAME",
      "AWS_LAMBDA_FUNCTION_VERSION",
      "AWS_REGION",
      "AWS_SECRET_ACCESS_KEY",
      "HASH_KEY_SECRET",
      "LAMBDA_TASK_ROOT",
      "SETTINGS_URL",
    ],
    A: "1",
    settings: '{"version":1,"baseUrl":"http://moesif"}',
    secret: '{"api_key":"key"}',
    hashKey: '{"hash_key":"hash"}',
    firehose: "http://firehose",
  });
});

test("secrets are given only to a function that asks for them", async () => {
  const { transformer } = start("export const handler = async () => Object.keys(process.env);");
  const names = answerOf(await transformer.invoke("{}"));
  expect(names).not.toContain("APPLICATION_ID_SECRET");
  expect(names).not.toContain("HASH_KEY_SECRET");
});

test.each([
  ["the collector", { baseUrl: "https://api.moesif.net" }, '{"baseUrl":"http://moesif"}'],
  ["a proxy, whose path is kept", { baseUrl: "https://proxy.example.com/a/" }, '{"baseUrl":"http://moesif/a"}'],
  ["nothing, where it is the default", {}, '{"baseUrl":"http://moesif"}'],
  ["a text that is no URL", { baseUrl: "moesif" }, '{"baseUrl":"http://moesif"}'],
])("in the settings, the stand-in takes the place of %s", async (_, settings, expected) => {
  const source = `import { readFileSync } from "node:fs";
    export const handler = async () => readFileSync(new URL(process.env.SETTINGS_URL), "utf8");`;
  const { transformer } = start(source, { settings });
  expect(answerOf(await transformer.invoke("{}"))).toBe(expected);
});

test("the hash beside the settings is that of the settings as the function finds them", async () => {
  const source = `import { createHash } from "node:crypto";
    import { readFileSync } from "node:fs";
    export const handler = async () =>
      createHash("sha256").update(readFileSync(new URL(process.env.SETTINGS_URL))).digest("hex") ===
      process.env.SETTINGS_SHA256;`;
  const { transformer } = start(source, { environment: { SETTINGS_SHA256: "" }, settings: { version: 1 } });
  expect(answerOf(await transformer.invoke("{}"))).toBe(true);
});

test("a function that exceeds its time-out is killed, even in an endless loop, and starts afresh", async () => {
  const { transformer } = start(
    "let calls = 0; export const handler = async (event) => { calls++; if (event.loop) for (;;); return calls; };",
    { timeoutSeconds: 3 },
  );
  expect(answerOf(await transformer.invoke("{}"))).toBe(1);
  expect(await transformer.invoke('{"loop":true}')).toEqual({
    failure: "timed-out",
    message: "Task timed out after 3 seconds",
  });
  expect(answerOf(await transformer.invoke("{}"))).toBe(1);
});

test.each([
  ["throws", "throw new TypeError('boom')", "TypeError: boom"],
  ["exits", "process.exit(3)", "Runtime exited with status 3"],
  ["leaves an error uncaught", "await new Promise(() => setTimeout(() => { throw new Error('later'); }, 1))", "later"],
])("a handler that %s is a function error, and the next invocation works", async (_, statement, message) => {
  const { transformer } = start(
    `export const handler = async (event) => { if (event.fail) { ${statement}; } return "fine"; };`,
  );
  expect(await transformer.invoke('{"fail":true}')).toEqual({
    failure: "error",
    message: expect.stringContaining(message) as string,
  });
  expect(answerOf(await transformer.invoke("{}"))).toBe("fine");
});

test("an error between two invocations does not take this process down", async () => {
  const { transformer } = start(
    "export const handler = async (event) => { if (event.fail) setTimeout(() => { throw new Error('between'); }, 5); return 1; };",
  );
  await transformer.invoke('{"fail":true}');
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect(answerOf(await transformer.invoke("{}"))).toBe(1);
});

test("a function that needs more memory than it has is a function error", async () => {
  const { transformer } = start(
    "export const handler = async () => { const a = []; for (;;) a.push({ a: [1, 2, 3] }); };",
    {
      memoryMegabytes: 16,
      timeoutSeconds: 30,
    },
  );
  expect(await transformer.invoke("{}")).toMatchObject({
    failure: "error",
    message: expect.stringMatching(/memory/) as string,
  });
});

test("a module that does not load fails each invocation, with its reason in the log", async () => {
  const { transformer, logFile } = start("throw new Error('no settings');");
  expect(await transformer.invoke("{}")).toEqual({ failure: "error", message: "Error: no settings" });
  expect(await transformer.invoke("{}")).toEqual({ failure: "error", message: "Error: no settings" });
  expect(readFileSync(logFile, "utf8")).toContain("no settings");
});

test("payloads beyond 6 MB are refused each way", async () => {
  const { transformer } = start("export const handler = async () => 'x'.repeat(6 * 1024 * 1024);");
  expect(await transformer.invoke(JSON.stringify("x".repeat(6 * 1024 * 1024)))).toMatchObject({
    failure: "request-too-large",
  });
  expect(await transformer.invoke("{}")).toMatchObject({
    failure: "error",
    message: expect.stringMatching(/exceeded maximum/) as string,
  });
});

test("one invocation runs at a time", async () => {
  const { transformer } = start(
    "let running = 0; export const handler = async () => { running++; await new Promise((r) => setTimeout(r, 20)); return running--; };",
  );
  const answers = await Promise.all([transformer.invoke("{}"), transformer.invoke("{}"), transformer.invoke("{}")]);
  expect(answers.map(answerOf)).toEqual([1, 1, 1]);
});

test("what it printed is in the log when it has answered", async () => {
  const { transformer, logFile } = start(
    "export const handler = async () => { for (let i = 0; i < 100; i++) process.stdout.write('x'.repeat(10_000)); };",
  );
  await transformer.invoke("{}");
  expect(readFileSync(logFile, "utf8")).toHaveLength(1_000_000);
});

test("what it prints goes to the log, and its files go when it is closed", async () => {
  const { transformer, logFile } = start(
    "export const handler = () => { console.log('printed'); return process.env.LAMBDA_TASK_ROOT; };",
  );
  const directory = answerOf(await transformer.invoke("{}")) as string;
  expect(existsSync(directory)).toBe(true);
  await transformer.close();
  expect(existsSync(directory)).toBe(false);
  expect(readFileSync(logFile, "utf8")).toBe("printed\n");
  expect(await transformer.invoke("{}")).toMatchObject({ failure: "error" });
});

test("a CommonJS module works as well", async () => {
  const { transformer } = start("exports.run = () => 5;", { handler: "src/app.run" }, "src/app.js");
  expect(answerOf(await transformer.invoke("{}"))).toBe(5);
});

test("a zip that is missing, has no such module or leads outside is refused", () => {
  expect(() => start("", { zip: "/nowhere/transformer.zip" })).toThrow(
    /The function's zip \/nowhere\/transformer.zip cannot be read/,
  );
  expect(() => start("", { handler: "main.handler" })).toThrow(/no module for the handler main.handler/);
  expect(() => start("", {}, "../index.mjs")).toThrow(/holds the path \.\.\/index.mjs/);
});
