/** What the command line says of bad usage. */
import { runCommand } from "../../cli/command-line";
import { file } from "./support";

/** The exit code of a command, and what it complains of. */
async function run(...args: string[]): Promise<{ code: number; complaint: string }> {
  let complaint = "";
  const code = await runCommand(args, (text) => (complaint += text));
  return { code, complaint };
}

const settings = file('{"version":1,"accountId":"111111111111","region":"us-east-1"}');
const text = file("text");

describe("bad usage exits with 2 and names the option and the fix:", () => {
  it.each<[string, string[], RegExp]>([
    ["no sub-command", [], /^Usage: cdktf-moesif-firehose/],
    ["an unknown sub-command", ["perview"], /unknown command 'perview'\n\(Did you mean preview\?\)/],
    ["no log", ["preview"], /missing required argument 'file'\n--help shows the options/],
    ["two logs", ["preview", "a", "b"], /too many arguments/],
    ["a log that is not there", ["preview", "no.log"], /^FILE: there is no file no\.log\. Give the path of one, or -/],
    ["a folder", ["preview", "."], /^FILE: \. is a folder\. Give the path of a file\./],
    ["an unknown option", ["preview", "-", "--bogus"], /unknown option '--bogus'\n--help shows the options/],
    ["a limit that is no number", ["preview", "-", "--limit", "all"], /'all' is invalid\. Give a whole number/],
    ["no rollout", ["preview", "-", "--rollout", "no.yaml"], /^--rollout: no\.yaml cannot be read: .* Give the path/],
    ["a rollout with a mistake", ["preview", "-", "--rollout", text], /\n {2}fix: /],
    ["an unknown stack", ["preview", "-", "--stack", "x"], /^--stack: there is no stack x\. There are: moesif-/],
    [
      "settings from two places",
      ["preview", "-", "--settings", settings, "--stack", "x"],
      /option '--settings <file>' cannot be used with option '--stack <name>'/,
    ],
    ["settings that are not JSON", ["preview", "-", "--settings", text], /^--settings: .* is not JSON\. Give a JSON/],
    ["other settings", ["preview", "-", "--settings", file("null")], /^--settings: .* is no settings document of/],
    ["rules that are not JSON", ["preview", "-", "--moesif-config", text], /^--moesif-config: .* is not JSON/],
    ["a key that is not JSON", ["preview", "-", "--hash-key-file", text], /^--hash-key-file: .* is not JSON/],
    ["a format for no type", ["check-format", "{}"], /required option '--type <type>' not specified/],
    [
      "a format for another type",
      ["check-format", "{}", "--type", "GRPC"],
      /Allowed choices are REST, HTTP, WEBSOCKET/,
    ],
    [
      "a format that is none",
      ["check-format", "no.json", "--type", "REST"],
      /^FORMAT: no\.json is neither a file nor a format/,
    ],
    ["a folder for a format", ["check-format", ".", "--type", "REST"], /^FORMAT: \. is a folder\. Give the path/],
    [
      "a log for a format",
      ["check-format", file("x".repeat(70_000)), "--type", "REST"],
      /^FORMAT: more than 65536 bytes, expected one format/,
    ],
    [
      "a key that is too short",
      ["preview", "-", "--hash-key-file", file('{"hash_key":"abc"}')],
      /^--hash-key-file: .* has no hash_key of 32 characters or more\. Write/,
    ],
    ["coverage of no rollout", ["coverage", "--rollout", "no.yaml"], /^no\.yaml:1:1 {2}the file cannot be read: /],
    [
      "coverage of an unknown stack",
      ["coverage", "--stack", "x"],
      /^--stack: there is no stack x\. There are: moesif-/,
    ],
    ["an unknown reporter", ["coverage", "--reporter", "csv"], /Allowed choices are table, json, markdown/],
    ["no accounts at a time", ["coverage", "--concurrency", "0"], /'0' is invalid\. Give a whole number from 1 to 64/],
  ])("%s", async (_, args, message) => {
    const { code, complaint } = await run(...args);
    expect(complaint).toMatch(message);
    expect(code).toBe(2);
  });

  it("quotes nothing of a file that may hold a secret", async () => {
    const key = file('{"hash_key":"a-secret"}');
    const { complaint } = await run("preview", "-", "--hash-key-file", key, "--settings", settings);
    expect(complaint).not.toContain("a-secret");
  });
});
