/** How secrets are read, and that no error holds any of them. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { readApplicationId, readHashKey, readSecret } from "../../lambda/transformer/environment";

const ARN = "arn:aws:secretsmanager:us-east-1:111111111111:secret:moesif-AbCdEf";

/** What an error says, with all that hangs on it. */
async function failure(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => new Error("it did not fail"),
    (reason: unknown) => reason,
  );
  return inspect(error, { depth: 10, showHidden: true }).replaceAll(/^\s+at .*$/gm, "");
}

describe("a secret in a file", () => {
  const folder = mkdtempSync(join(tmpdir(), "secrets of the transformer "));
  const file = join(folder, "secret.json");
  const url = pathToFileURL(file).href;
  const write = (content: unknown) =>
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));

  afterAll(() => rmSync(folder, { recursive: true }));

  it("is read as it is", async () => {
    write("any text");
    await expect(readSecret(url, "SOME_SECRET")).resolves.toBe("any text");
  });

  it("gives the application id, and the key of the hashes", async () => {
    write({ api_key: "ey.J-_=+/", hash_key: "k".repeat(32), other: 1 });
    await expect(readApplicationId(url)).resolves.toBe("ey.J-_=+/");
    await expect(readHashKey(url)).resolves.toBe("k".repeat(32));
  });

  it.each([undefined, ""])("has to be named: %j is refused, with the name of the variable", async (none) => {
    expect(await failure(readSecret(none, "SOME_SECRET"))).toContain("SOME_SECRET is not set: set it to the ARN");
    delete process.env.APPLICATION_ID_SECRET;
    delete process.env.HASH_KEY_SECRET;
    expect(await failure(readApplicationId())).toContain("APPLICATION_ID_SECRET is not set");
    expect(await failure(readHashKey())).toContain("HASH_KEY_SECRET is not set");
  });

  it("that is not there is refused", async () => {
    const message = await failure(readSecret("file:///does/not/exist", "SOME_SECRET"));
    expect(message).toContain("SOME_SECRET (file:///does/not/exist) cannot be read (Error: ENOENT");
    expect(message).toContain("check that it exists");
  });

  it.each([
    ["no JSON", "sesame"],
    ["broken JSON", '{"api_key": "sesame", "hash_key": "sesame"'],
    ["a text", '"sesame"'],
    ["null", "null"],
    ["other names", { key: "sesame" }],
    ["no text", { api_key: { sesame: 1 }, hash_key: ["sesame"] }],
  ])("with %s is refused, and not quoted", async (_, content) => {
    write(content);
    const messages = [await failure(readApplicationId(url)), await failure(readHashKey(url))];
    expect(messages[0]).toContain('APPLICATION_ID_SECRET holds no JSON of the form {"api_key": "…"}');
    expect(messages[1]).toContain('HASH_KEY_SECRET holds no JSON of the form {"hash_key": "…"}');
    expect(messages.join()).not.toContain("sesame");
  });

  it.each(["", " sesame", "sesame\n", "sesäme"])(
    "with the application id %j is refused, and not quoted",
    async (id) => {
      write({ api_key: id });
      const message = await failure(readApplicationId(url));
      expect(message).toContain('APPLICATION_ID_SECRET: "api_key" is empty or has characters');
      expect(message).not.toMatch(/ses.me/);
    },
  );

  it("with a key of the hashes that is too short is refused, and not quoted", async () => {
    write({ hash_key: "sesame".repeat(6).slice(0, 31) });
    const message = await failure(readHashKey(url));
    expect(message).toContain('HASH_KEY_SECRET: "hash_key" is shorter than 32 characters');
    expect(message).not.toContain("sesame");
  });
});

describe("a secret in Secrets Manager", () => {
  const environment = { ...process.env };
  let server: Server;
  let answer: (request: IncomingMessage, body: string, response: ServerResponse) => void;

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => (body += chunk));
      request.on("end", () => answer(request, body, response));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_MAX_ATTEMPTS: "1",
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    });
  });

  afterAll(async () => {
    process.env = environment;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it("is asked for by its ARN", async () => {
    const seen: unknown[] = [];
    answer = ({ headers }, body, response) => {
      seen.push(headers["x-amz-target"], JSON.parse(body));
      response.end(JSON.stringify({ ARN, SecretString: '{"api_key":"id"}' }));
    };
    await expect(readApplicationId(ARN)).resolves.toBe("id");
    expect(seen).toEqual(["secretsmanager.GetSecretValue", { SecretId: ARN }]);
  });

  it("that must not be read is refused with the reason of AWS", async () => {
    answer = (_request, _body, response) => {
      response.statusCode = 400;
      response.end(JSON.stringify({ __type: "AccessDeniedException", Message: "User is not authorized" }));
    };
    const message = await failure(readSecret(ARN, "SOME_SECRET"));
    expect(message).toContain(`SOME_SECRET (${ARN}) cannot be read (AccessDeniedException: User is not authorized)`);
  });

  it("that holds bytes is refused", async () => {
    answer = (_request, _body, response) => response.end(JSON.stringify({ SecretBinary: "c2VzYW1l" }));
    expect(await failure(readSecret(ARN, "SOME_SECRET"))).toContain("it holds bytes, and no text");
  });

  it("that comes damaged is refused, and not quoted", async () => {
    answer = (_request, _body, response) => response.end('{"SecretString": sesame}');
    const message = await failure(readSecret(ARN, "SOME_SECRET"));
    expect(message).toContain("its answer is damaged");
    expect(message).not.toContain("sesame");
  });

  it("is not waited for without end", async () => {
    answer = () => undefined;
    expect(await failure(readSecret(ARN, "SOME_SECRET", 50))).toContain(`SOME_SECRET (${ARN}) cannot be read (`);
  });
});
