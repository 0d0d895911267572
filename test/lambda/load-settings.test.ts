/** The settings document as the function reads it: from where, and what it refuses. */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { loadSettings } from "../../lambda/transformer/environment";
import { settings } from "./support";

describe("loadSettings", () => {
  const folder = mkdtempSync(join(tmpdir(), "settings of the transformer "));
  const file = join(folder, "settings.json");
  const url = pathToFileURL(file).href;

  afterAll(() => rmSync(folder, { recursive: true }));

  it("reads a document from a file, whose path may hold spaces", async () => {
    writeFileSync(file, JSON.stringify(settings));
    await expect(loadSettings(url)).resolves.toEqual(settings);
  });

  it("takes null for what is not set, wherever it stands, as Terraform writes it", async () => {
    const written = {
      ...settings,
      identity: null,
      sampling: { rate: 10, by: null },
      filter: [null],
      metadata: { a: [1, null, 2] },
    };
    writeFileSync(file, JSON.stringify(written));
    const { identity: _, ...rest } = settings as { identity?: unknown };
    await expect(loadSettings(url)).resolves.toStrictEqual({
      ...rest,
      sampling: { rate: 10 },
      filter: [],
      metadata: { a: [1, 2] },
    });
  });

  it("refuses a document that another than Terraform wrote, by its hash", async () => {
    const { env } = process;
    const text = JSON.stringify(settings);
    process.env = { ...env, SETTINGS_SHA256: createHash("sha256").update(text).digest("hex") };
    try {
      writeFileSync(file, text);
      await expect(loadSettings(url)).resolves.toEqual(settings);
      writeFileSync(file, JSON.stringify({ ...settings, baseUrl: "https://example.com" }));
      await expect(loadSettings(url)).rejects.toThrow("is not the document that Terraform wrote: run terraform apply");
    } finally {
      process.env = env;
    }
  });

  it.each([
    [undefined, "SETTINGS_URL is not set: set it to s3://bucket/key"],
    ["", "SETTINGS_URL is not set"],
    ["https://example.com/settings.json", "is neither s3://bucket/key nor file:///path"],
    ["file:settings.json", "is neither s3://bucket/key nor file:///path"],
    ["s3://bucket", "cannot be read (Error: it has no bucket or no key)"],
    ["s3:///key", "cannot be read (Error: it has no bucket or no key)"],
    ["file:///does/not/exist.json", "cannot be read (Error: ENOENT"],
  ])("refuses the URL %j and says why", async (wrong, message) => {
    await expect(loadSettings(wrong)).rejects.toThrow(message);
  });

  it.each([
    ["what is not JSON", "{", "is not JSON"],
    ["null", "null", "is not a settings document of version 1"],
    ["another version", '{"version":2}', "is not a settings document of version 1"],
    ["no account", '{"version":1,"region":"us-east-1"}', "lacks accountId or region"],
    ["no region", '{"version":1,"accountId":"111111111111"}', "lacks accountId or region"],
  ])("refuses a document with %s, by the name of SETTINGS_URL", async (_, text, message) => {
    writeFileSync(file, text);
    await expect(loadSettings(url)).rejects.toThrow(message);
    await expect(loadSettings(url)).rejects.toThrow("SETTINGS_URL");
  });

  it.each([
    [
      { redaction: { mask: [{ pattern: "\\d{16}" }, { pattern: "/a+/g" }] } },
      "redaction.mask[1].pattern has delimiters, which RE2 would match: write the pattern without delimiters",
    ],
    [
      { redaction: { mask: [{ pattern: "a*" }] } },
      "redaction.mask[0].pattern matches the empty string: require at least",
    ],
    [{ redaction: { mask: [{}] } }, "redaction.mask[0].pattern is not a string: write a regular expression"],
    [
      { identity: { user: ["user"], company: ["user", { from: "user", extract: "x(?=y)" }] } },
      "identity.company[1].extract uses look-around, which RE2 does not have: match",
    ],
    [
      { identity: { user: [{ from: "user", extract: "(a)(b)" }] } },
      "identity.user[0].extract has 2 capturing groups: keep one, and write the others as (?: )",
    ],
    [
      { identity: { sessionToken: [{ from: "user", extract: "a".repeat(1001) }] } },
      "identity.sessionToken[0].extract is longer than 1000 characters: split it",
    ],
    [
      { filter: [{ drop: { user: "x" } }, { drop: { user: ["x"], "request.uri": { pattern: "(a)\\1" } } }] },
      'filter[1].drop["request.uri"].pattern uses a back-reference',
    ],
    [{ filter: [{ keep: { user: { pattern: "(" } } }] }, 'filter[0].keep["user"].pattern has an unclosed ('],
  ])("refuses the patterns of %j by their place, with the fix", async (more, message) => {
    writeFileSync(file, JSON.stringify({ ...settings, ...more }));
    await expect(loadSettings(url)).rejects.toThrow(message);
    await expect(loadSettings(url)).rejects.toThrow("SETTINGS_URL");
  });

  it.each([
    [{ filter: "x" }, "filter must be a list"],
    [
      { filter: [{ drop: { status: 404 } }] },
      'filter[0].drop["status"] must be a text or a list of texts or an object',
    ],
    [{ filter: [{ drop: { status: [404] } }] }, 'filter[0].drop["status"][0] must be a text'],
    [{ filter: [{}] }, "filter[0] must have one of drop and keep"],
    [{ identity: { user: "caller" } }, "identity.user must be a list"],
    [{ identity: { company: [7] } }, "identity.company[0] must be a text or an object"],
    [{ identity: { subscription: [{ from: 7 }] } }, "identity.subscription[0].from must be a text"],
    [{ identity: { user: [{ from: "a", map: { a: 1 } }] } }, 'identity.user[0].map["a"] must be a text'],
    [{ redaction: [] }, "redaction must be an object"],
    [{ redaction: { fields: { remove: "caller" } } }, "redaction.fields.remove must be a list"],
    [{ redaction: { hash: [1] } }, "redaction.hash[0] must be a text"],
    [{ redaction: { mask: "x" } }, "redaction.mask must be a list"],
    [{ redaction: { ip: "hide" } }, "redaction.ip must be keep or truncate"],
    [{ sampling: { rate: "50" } }, "sampling.rate must be a number"],
    [{ sampling: { remote: "no" } }, "sampling.remote must be true or false"],
    [{ output: "events" }, "output must be accessLog or event"],
    [{ apis: { a1: "orders" } }, 'apis["a1"] must be an object'],
    [{ metadata: "x" }, "metadata must be an object"],
    [{ tags: "public", passThrough: "yes" }, "tags must be a list; passThrough must be true or false"],
  ])("refuses %j by the name of the setting", async (more, message) => {
    writeFileSync(file, JSON.stringify({ ...settings, ...more }));
    await expect(loadSettings(url)).rejects.toThrow(message);
    await expect(loadSettings(url)).rejects.toThrow("SETTINGS_URL");
  });

  it("takes what passThrough turns off in any shape", async () => {
    const more = { passThrough: true, filter: "x", identity: [], sampling: 7 };
    writeFileSync(file, JSON.stringify({ ...settings, ...more }));
    await expect(loadSettings(url)).resolves.toEqual({ ...settings, ...more });
  });

  it("names all patterns that are refused, and nothing of what they hold", async () => {
    const mask = [{ pattern: "jane@example.com(" }, { pattern: "\\d+" }, { pattern: "(?=acme)" }];
    writeFileSync(file, JSON.stringify({ ...settings, redaction: { mask } }));
    const { message } = (await loadSettings(url).catch((error: unknown) => error)) as Error;
    expect(message).toMatch(/redaction\.mask\[0\]\.pattern .*; redaction\.mask\[2\]\.pattern /);
    expect(message).not.toMatch(/mask\[1\]|jane|acme/);
  });

  it.each([
    { redaction: { mask: [{ pattern: "acct_[a-z0-9]+" }] } },
    { identity: { user: [{ from: "user", extract: "^(?:user|client)-(.+)$" }] } },
    { filter: [{ drop: { resourcePath: { pattern: "(?i)^/(health|healthz)$" } } }] },
    { passThrough: true, filter: [{ drop: { resourcePath: { pattern: "(" } } }] },
  ])("takes %j: what is safe to run, and what is not run", async (more) => {
    writeFileSync(file, JSON.stringify({ ...settings, ...more }));
    await expect(loadSettings(url)).resolves.toEqual({ ...settings, ...more });
  });
});
