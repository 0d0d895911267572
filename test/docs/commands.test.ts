/**
 * Every command that the documents show is run, on what was built: here, by the test of its guide, by `.ci/run`, or by
 * a test that is named here; what cannot be run is listed with the reason. `COMMANDS_TABLE=file` writes which is which.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { httpAccessLogFormat, restAccessLogFormat } from "../../modules";
import { processingFailed, recentLog } from "../cli/support";
import { Moto } from "../support/moto";
import { ROOT } from "../support/rollout";
import { describeWithCommands } from "../support/terraform";
import { type Commands, documentedCommands } from "./commands";
import { OF_THE_MODULE } from "./page";
import { Reader, type Shown } from "./reader";

const HERE = "test/docs/commands.test.ts";
const CI = ".ci/run";
const ACCOUNT = "123456789012";
const REGION = "us-east-1";

/** Guides, of which a test runs each block in its place. */
const GUIDES: Readonly<Record<string, (heading: string) => string | undefined>> = {
  "README.md": (heading) => QUICK_STARTS[heading],
  "docs/lifecycle.md": testOfGuide,
};

const QUICK_STARTS: Readonly<Record<string, string>> = {
  Terraform: "test/docs/quick-starts.test.ts",
  "Rollout file": "test/docs/quick-starts.test.ts",
  Constructs: "test/package/installed.test.ts",
};

function testOfGuide(heading: string): string {
  return `test/docs/lifecycle${OF_THE_MODULE.includes(heading) ? "-of-the-module" : ""}.test.ts`;
}

/** What other tests run, each on the real thing. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  "npx cdktf-moesif-firehose verify": "test/verify/set-up.test.ts",
  "npx cdktf-moesif-firehose verify --no-record": "test/verify/set-up.test.ts",
  "npx cdktf-moesif-firehose verify --moesif-token env:MOESIF_MANAGEMENT_TOKEN": "test/verify/set-up.test.ts",
  "npx cdktf-moesif-firehose verify --count --since 1h --moesif-token secret:moesif/management-token":
    "test/verify/set-up.test.ts",
  "npx cdktf-moesif-firehose verify --json | jq -c 'select(.result == \"problem\") | [.id, .subject, .cause, .fix]'":
    "test/verify/set-up.test.ts",
  "npx cdktf-moesif-firehose redrive": "test/redrive/command.test.ts",
  "npx cdktf-moesif-firehose redrive --send": "test/redrive/command.test.ts",
  "npx cdktf-moesif-firehose redrive --stream amazon-apigateway-moesif --region eu-west-1":
    "test/redrive/command.test.ts",
  "npx cdktf-moesif-firehose redrive --from access.ndjson --send": "test/redrive/command.test.ts",
  "npm run changelog": "test/release/steps.test.ts",
  "npx jest test/package/contents -u": "test/package/contents.test.ts",
  "sha256sum --check --ignore-missing SHA256SUMS": "test/release/steps.test.ts",
  'TF_VAR_moesif_application_id="…" terraform apply': "test/terraform/nested.test.ts",
  "terraform init && terraform test": "test/terraform-module/terraform-tests.test.ts",
};

/** What is not run, by the reason. */
const NOT_RUN: Readonly<Record<string, readonly string[]>> = {
  "takes minutes; the same is run with --quick": ["npm run bench", "npm run bench -- synth"],
  "takes minutes; the same is run with fewer records": ["npm run bench -- fuzz"],
  "takes minutes; the same is run with fewer combinations": ["npm run bench -- faults"],
  "runs the property tests of the suite again, by other seeds: the workflow fuzz.yml": ["npm run fuzz"],
  "needs Chromium; each of its versions draws a little differently": ["npm run pictures"],
  "is all that .ci/run does with what is built": ["npm run check"],
  "writes the files that .ci/run compares by --check": ["npm run docs"],
  "needs cdktf's command line, which is none of our dependencies; the app that it runs is run here": [
    "cdktf deploy '*'",
    "cdktf deploy moesif-production-eu-west-1",
    "cdktf deploy moesif-production-us-east-1",
    "cdktf destroy moesif-production-eu-west-1",
  ],
  "moto does not know it": ["aws lambda get-account-settings --query AccountLimit"],
  "the AWS CLI asks SQS at an address of its own": [
    'aws sqs purge-queue --queue-url "$(aws sqs get-queue-url --queue-name moesif-redrive-$NAME-failed --query QueueUrl --output text)"',
  ],
  "changes a published repository": ["git push origin v<version>", "git tag v<version> origin/main"],
  "asks a registry for what is published": [
    "gh attestation verify <file> --repo <owner>/<repository>",
    "npm audit signatures",
    "npm install",
    "terraform init -upgrade",
  ],
  "names what a guide's command does in full": [
    "git diff",
    "terraform apply",
    "terraform destroy",
    "terraform plan",
    "terraform state pull",
    "terraform validate",
  ],
};

/** Of commands that end with another exit code than 0. */
const EXIT_CODES: Readonly<Record<string, number>> = {
  // A stage that the rollout file lists is not in Moesif.
  "npx cdktf-moesif-firehose coverage": 1,
  "npx cdktf-moesif-firehose coverage --json": 1,
  "npx cdktf-moesif-firehose coverage --reporter html > coverage.html": 1,
  "npm run coverage": 1,
  "npx cdktf-moesif-firehose coverage --all --role moesif-read": 1,
  "npx cdktf-moesif-firehose coverage --json | jq -c 'select(.wanted and (.covered | not)) | [.stack, .apiId, .stage, .advice]'": 1,
  // The secret of the rollout is missing, and what another guide made has its names.
  "npx cdktf-moesif-firehose preflight": 1,
  "npm run preflight -- --stack moesif-production-us-east-1": 1,
  "npx cdktf-moesif-firehose preflight --json | jq -c 'select(.result == \"problem\") | [.stack, .id, .subject, .fix]'": 1,
  // Calls differ.
  "npx cdktf-moesif-firehose preview access.ndjson --diff changed.yaml": 1,
  "npx cdktf-moesif-firehose preview access.ndjson --diff changed.yaml --reporter markdown": 1,
  // A format that is not good.
  'npx cdktf-moesif-firehose check-format \'{"requestId":"$context.requestId"}\' --type HTTP': 1,
  "npx cdktf-moesif-firehose check-format - --type WEBSOCKET --json < format.json | jq -r .repaired": 1,
};

const inCi = withoutComments(readFileSync(join(ROOT, CI), "utf8"));
const documented = documentedCommands();

/** What runs a command, or why nothing does. */
function runnerOf(command: string, { page, heading }: Commands): string {
  const ofGuide = heading === "" ? undefined : GUIDES[page]?.(heading);
  const reason = Object.keys(NOT_RUN).find((one) => NOT_RUN[one]!.includes(command));
  return ofGuide ?? ELSEWHERE[command] ?? (reason && `not run: ${reason}`) ?? (isInCi(command) ? CI : HERE);
}

/** Whether each part of it stands in `.ci/run`, with more options or without. */
function isInCi(command: string): boolean {
  return command.split(" && ").every((part) => {
    const [, after] = inCi.split(part).map((rest) => rest[0]);
    return inCi.includes(part) && /\s/.test(after ?? " ");
  });
}

function withoutComments(script: string): string {
  return script.replaceAll(/^\s*#.*$/gm, "");
}

/** Each command once: of several places, one that is in a guide counts. */
const runners = new Map<string, string>();
for (const one of documented) {
  for (const command of one.commands) {
    const known = runners.get(command);
    if (known === undefined || known === HERE) runners.set(command, runnerOf(command, one));
  }
}

/** Where each command stands first. */
const first = new Map<string, Commands>();
for (const one of documented) {
  for (const command of one.commands) if (!first.has(command)) first.set(command, one);
}

/** The blocks whose commands are run here, each command once. */
const blocks = documented
  .map((one) => ({
    ...one,
    title: `${one.page}, ${one.heading || one.commands[0]}`,
    commands: one.commands.filter((command) => runners.get(command) === HERE && first.get(command) === one),
  }))
  .filter(({ commands }) => commands.length > 0);

const asksAws = ({ commands }: Commands) =>
  commands.some((command) => /\b(aws|terraform|jq|coverage|preflight)\b/.test(command));

/** A clone of the repository as far as the commands look at it, and what their reader has besides. */
function sandbox(reader: Reader): Reader {
  const cloned = [
    "README.md",
    "CONTRIBUTING.md",
    "docs",
    "examples",
    "package.json",
    "package-lock.json",
    "rollout.schema.json",
  ];
  const shown = ["rollout.yaml"];
  const zips = ["dist/lambda/transformer.zip", "dist/lambda/stage-enrollment.zip"];
  for (const path of [...cloned, ...shown, "terraform", ...zips]) {
    cpSync(join(ROOT, path), join(reader.folder, path), { recursive: true });
  }
  const write = (name: string, content: string | Buffer) => writeFileSync(join(reader.folder, name), content);
  const logs = [recentLog(), recentLog({ status: "500" }), {}].map((log) => JSON.stringify(log));
  write("access.ndjson", logs.join("\n"));
  write("failed.gz", gzipSync(processingFailed(recentLog())));
  write("config.json", '{"sample_rate":50}');
  const rollout = readFileSync(join(ROOT, "rollout.yaml"), "utf8");
  write("changed.yaml", rollout.replace("defaults:", "defaults:\n  filter: [{ drop: { httpMethod: GET } }]"));
  return reader;
}

/** The logs, the stream and the given-up record of a pipeline that has alarms. */
async function putWhatTheRunbookReads(moto: Moto): Promise<void> {
  const [account, region] = [ACCOUNT, REGION];
  for (const name of ["lambda/moesif-enroll", "lambda/moesif-transform", "lambda/moesif-redrive"]) {
    const logGroupName = `/aws/${name}-moesif`;
    await moto.call("logs", "Logs_20140328.CreateLogGroup", account, region, { logGroupName });
  }
  const DeliveryStreamName = "amazon-apigateway-moesif";
  const logGroupName = `/aws/kinesisfirehose/${DeliveryStreamName}`;
  await moto.call("logs", "Logs_20140328.CreateLogGroup", account, region, { logGroupName });
  await moto.call("firehose", "Firehose_20150804.CreateDeliveryStream", account, region, {
    DeliveryStreamName,
    HttpEndpointDestinationConfiguration: {
      EndpointConfiguration: { Url: "https://api.moesif.net" },
      S3Configuration: { RoleARN: `arn:aws:iam::${account}:role/firehose`, BucketARN: "arn:aws:s3:::backup" },
    },
  });
  await moto.s3("PUT", "backup/firehose/moesif/given-up/reason=attempts/1");
}

/** Runs a block, and shows what becomes of each of its commands. */
function describeBlock({ page, title, commands }: (typeof blocks)[number], reader: () => Reader): void {
  describe(title, () => {
    let shown: readonly Shown[];

    beforeAll(async () => {
      const format = page === "docs/stages.md" ? httpAccessLogFormat() : restAccessLogFormat();
      writeFileSync(join(reader().folder, "format.json"), format);
      shown = await reader().each(commands);
    });

    it.each(commands.map((command, index) => [command, index] as const))("%s", (command, index) => {
      const { code, output } = shown[index]!;
      const expected = EXIT_CODES[command] ?? 0;
      if (code !== expected) throw new Error(`${command}\nexit code ${code}, not ${expected}\n${output}`);
      // A filter that finds nothing is misspelt.
      if (/\| jq\b/.test(command)) expect(output).not.toBe("");
    });
  });
}

describe("what is run offline", () => {
  const reader = sandbox(new Reader({ region: REGION, names: { "<version>": "9.8.7" } }));
  const { folder } = reader;

  for (const block of blocks.filter((one) => !asksAws(one))) describeBlock(block, () => reader);

  it("set the version of a release", () => {
    for (const file of ["package.json", "package-lock.json"]) {
      expect(JSON.parse(readFileSync(join(folder, file), "utf8")).version).toBe("9.8.7");
    }
  });

  it("left nothing in the temporary folder", () => {
    expect(readdirSync(reader.temporary)).toEqual([]);
  });

  it("wrote the figures of a run", () => {
    expect(JSON.parse(readFileSync(join(folder, "report.json"), "utf8"))).toMatchObject({ lost: 0 });
  });
});

describeWithCommands("what is run on an emulated AWS", () => {
  let moto: Moto;
  let reader: Reader;

  beforeAll(async () => {
    moto = await Moto.start({ managedPolicies: true });
    await moto.s3("PUT", "backup");
    await putWhatTheRunbookReads(moto);
    const environment = { NAME: "moesif", STREAM: "amazon-apigateway-moesif", BUCKET: "backup" };
    reader = sandbox(new Reader({ aws: { moto }, region: REGION, names: { "…": "application-id" }, environment }));
    change("rollout.yaml", "name: orders", "name: orders\n            stages: [prod]");
    // The provider waits a minute for the lifecycle of a new bucket: this one is there already.
    change("examples/terraform-json/rollout.yaml", "defaults:", "defaults:\n  backup: { bucket: backup }");
  });

  afterAll(() => moto?.stop());

  /** Changes a file of the repository, in the account of the credentials. */
  function change(file: string, text: string, by: string): void {
    const before = readFileSync(join(ROOT, file), "utf8");
    writeFileSync(join(reader.folder, file), before.replace(text, by).replaceAll("111111111111", ACCOUNT));
  }

  for (const block of blocks.filter(asksAws)) describeBlock(block, () => reader);

  it("left nothing in the temporary folder", () => {
    expect(readdirSync(reader.temporary)).toEqual([]);
  });
});

describe("cdktf", () => {
  it("runs the app of this repository, main.ts", () => {
    const { app } = JSON.parse(readFileSync(join(ROOT, "cdktf.json"), "utf8"));
    const out = mkdtempSync(join(tmpdir(), "cdktf-"));
    // As its command line does: https://github.com/hashicorp/terraform-cdk, packages/@cdktf/cli-core/src/lib/synth-stack.ts
    const env = { ...process.env, CDKTF_OUTDIR: out };
    const { status, stderr } = spawnSync(app, { shell: true, cwd: ROOT, env, encoding: "utf8", timeout: 5 * 60_000 });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(readdirSync(join(out, "stacks"))).toEqual(["moesif-production-us-east-1", "moesif-staging-eu-west-1"]);
  });
});

describe("the list", () => {
  it("names no command that no document shows", () => {
    const listed = [...Object.keys(ELSEWHERE), ...Object.values(NOT_RUN).flat(), ...Object.keys(EXIT_CODES)];
    expect(listed.filter((command) => !runners.has(command))).toEqual([]);
  });

  it("is written as a table where COMMANDS_TABLE names a file", () => {
    const pages = (command: string) =>
      [...new Set(documented.filter(({ commands }) => commands.includes(command)).map(({ page }) => page))].join(", ");
    const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
    const inOneLine = (command: string) => command.replaceAll(/\\?\n\s*/g, " ").replaceAll("|", "\\|");
    const rows = [...runners].map(([command, by]) => row([`\`${inOneLine(command)}\``, pages(command), by]));
    const table = [row(["Command", "Where", "Run by"]), row(["---", "---", "---"]), ...rows].join("\n");
    expect(rows.length).toBeGreaterThan(50);
    if (process.env.COMMANDS_TABLE) writeFileSync(process.env.COMMANDS_TABLE, `${table}\n`);
  });
});
