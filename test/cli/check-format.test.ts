/** `check-format` as it is installed: what it prints of formats, and its exit codes. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { httpAccessLogFormat, restAccessLogFormat } from "../../modules";
import { ROOT } from "../support/rollout";
import { file } from "./support";

const COMMAND = join(ROOT, "dist", "cli", "main.js");

function checkFormat(args: readonly string[], input = "") {
  const { status, stdout } = spawnSync(process.execPath, [COMMAND, "check-format", ...args], {
    input,
    encoding: "utf8",
    timeout: 5 * 60_000,
  });
  return { status, stdout };
}

describe("check-format", () => {
  it.each([
    ["given as it is", [httpAccessLogFormat()], ""],
    ["in a file", [file(`${httpAccessLogFormat()}\n`)], ""],
    ["on standard input", ["-"], `${httpAccessLogFormat()}\r\n`],
  ])("says that a format is valid, %s", (_, args, input) => {
    expect(checkFormat([...args, "--type", "HTTP"], input)).toEqual({
      status: 0,
      stdout: "The format is valid for HTTP APIs.\n",
    });
  });

  it("lists what is wrong with a format, and prints it repaired", () => {
    const format = restAccessLogFormat().replace('"$context.status"', "$context.status");
    expect(checkFormat([format, "--type", "REST"])).toEqual({
      status: 1,
      stdout: [
        "1 issue for REST APIs:",
        "status: $context.status is not in quotes  [format-unquoted]",
        "  fix: put it in quotes: API Gateway writes - where there is no value, which is not JSON",
        "",
        "Repaired:",
        restAccessLogFormat(),
        "",
      ].join("\n"),
    });
  });

  it("gives this package's own format for one that is no JSON", () => {
    const { status, stdout } = checkFormat(["$context.requestId,$context.status", "--type", "HTTP"]);
    expect(stdout).toMatch(
      /^the format is CSV, expected a JSON object .*\n.*\n\nIt cannot be repaired\. The default format of this package:\n\{/m,
    );
    expect(stdout).toContain(httpAccessLogFormat());
    expect(status).toBe(1);
  });

  it("tells programs all of it", () => {
    const { status, stdout } = checkFormat(["-", "--type", "REST", "--json"], '{"key":"$context.identity.apiKey"}');
    expect(JSON.parse(stdout)).toEqual({
      type: "REST",
      issues: [
        { id: "format-missing-key", path: [], message: expect.stringContaining("status"), fix: expect.any(String) },
        { id: "format-request-id", path: [], message: expect.any(String), fix: expect.any(String) },
        {
          id: "format-secret",
          path: ["key"],
          message: "$context.identity.apiKey is the API key itself, a secret",
          fix: "log $context.identity.apiKeyId",
        },
      ],
      repaired: expect.stringContaining('"key":"$context.identity.apiKeyId"'),
      kept: true,
    });
    expect(status).toBe(1);
  });

  it.each(["table", "markdown", "json"])(
    "lets no control character of a format reach the terminal as %s",
    (reporter) => {
      const format = '{"requestId":"$context.requestId","\u202eb|`\u009b":"$context.status"}';
      const { stdout, status } = checkFormat(["-", "--type", "REST", "--reporter", reporter], format);
      expect(stdout).not.toMatch(/[\u009b\u202e]/);
      expect(stdout).toContain("\\u202eb|`\\u009b");
      expect(status).toBe(1);
    },
  );
});
