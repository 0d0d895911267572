import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { loadSettings } from "../../lambda/transformer/load-settings";
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
});
