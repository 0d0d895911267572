/** What `preview` tells of settings: which rules found nothing, and what differs with others. */
import { gzipSync } from "node:zlib";
import type { TransformerSettings } from "../../lambda/transformer/settings";
import { file, preview, previewEach, recentLog, type Run } from "./support";

const BASE = { version: 1, accountId: "111111111111", region: "us-east-1", sampling: { remote: false } } as const;

function settingsFile(more: Partial<TransformerSettings> = {}): string {
  return file(JSON.stringify({ ...BASE, ...more }));
}

function logOf(logs: readonly Record<string, unknown>[]): string {
  return file(logs.map((log) => JSON.stringify(log)).join("\n"));
}

function diff(log: string, before: string, after: string, ...more: string[]): readonly string[] {
  return [log, "--settings", before, "--diff", after, ...more];
}

/** The one object for programs. */
async function difference(log: string, before: string, after: string): Promise<any> {
  const { stdout } = await preview(diff(log, before, after, "--json"));
  return JSON.parse(stdout);
}

const CALLS = [
  recentLog({ extendedRequestId: "a=", user: "ann", ip: "203.0.113.7", stage: "prod" }),
  recentLog({ extendedRequestId: "b=", status: "404" }),
  recentLog({ extendedRequestId: "c=", status: "500", httpMethod: "OPTIONS" }),
];

describe("the difference between two settings", () => {
  const before = settingsFile({ filter: [{ drop: { status: "404" } }, { drop: { httpMethod: "OPTIONS" } }] });
  const after = settingsFile({
    environment: "production",
    redaction: { ip: "truncate", fields: { remove: ["stage"] } },
    filter: [{ drop: { status: "500" } }],
    identity: { user: ["user"], company: ["user"] },
    sampling: { remote: false },
  });

  it("tells which calls appear and vanish, and in which fields they differ", async () => {
    const log = logOf([...CALLS, recentLog({ extendedRequestId: "d=", status: "500" })]);
    const found = await difference(log, before, after);
    expect(found).toMatchObject({ before, after, calls: 4, same: 1 });
    expect(found.groups).toEqual([
      { kind: "appears", result: "filtered → Ok", calls: 1, examples: [expect.objectContaining({ line: 2 })] },
      { kind: "vanishes", result: "Ok → filtered", calls: 1, examples: [expect.objectContaining({ line: 4 })] },
      {
        kind: "changes",
        result: "",
        calls: 1,
        examples: [{ line: 1, verb: "GET", path: "/orders/42", status: "200" }],
      },
    ]);
    expect(found.fields).toEqual([
      { field: "companyId", lost: 0, gained: 1, changed: 0, lines: [1] },
      { field: "ip", lost: 0, gained: 0, changed: 1, lines: [1] },
      { field: "metadata.environment", lost: 0, gained: 1, changed: 0, lines: [1] },
      { field: "metadata.stage", lost: 1, gained: 0, changed: 0, lines: [1] },
      { field: "stage", lost: 1, gained: 0, changed: 0, lines: [1] },
    ]);
  });

  it("ends with 1, and with 0 where there is none", async () => {
    const log = logOf(CALLS);
    const [different, same] = (await previewEach([diff(log, before, after), diff(log, before, before)])) as [Run, Run];
    expect(different).toMatchObject({ code: 1, stderr: "" });
    expect(different.stdout).toMatch(/3 calls: 1 the same, 2 different\.\n[^]*│ appears +│ filtered → Ok │ +1 │/);
    expect(same).toMatchObject({ code: 0, stderr: "" });
    expect(same.stdout).toContain("3 calls: 3 the same, 0 different.");
  });

  it("is the same in each run, with sampling by users that are hashed", async () => {
    const logs = Array.from({ length: 200 }, (_, index) =>
      recentLog({ extendedRequestId: `${index}=`, user: `u${index}` }),
    );
    const sampled = settingsFile({ redaction: { hash: ["user"] }, sampling: { remote: false, rate: 50, by: "user" } });
    const [first, second] = await previewEach([1, 2].map(() => diff(logOf(logs), settingsFile(), sampled, "--json")));
    const told = ({ stdout }: { stdout: string }) => ({ ...JSON.parse(stdout), before: "", after: "" });
    expect(told(first!)).toEqual(told(second!));
    expect(first!.stdout).not.toContain("hmac:");
  });

  it("goes by the calls of an envelope", async () => {
    const logEvents = CALLS.map((call, id) => ({ id: String(id), timestamp: 1, message: JSON.stringify(call) }));
    const head = { messageType: "DATA_MESSAGE", owner: "1", logGroup: "g", logStream: "s", subscriptionFilters: [] };
    const found = await difference(file(gzipSync(JSON.stringify({ ...head, logEvents }))), before, after);
    expect(found).toMatchObject({ calls: 3, same: 1 });
    expect(found.groups.map(({ kind }: any) => kind)).toEqual(["appears", "changes"]);
  });

  it("goes by the calls of a record that holds several, by their ids or else in their order", async () => {
    const record = (logs: readonly object[]) =>
      JSON.stringify({ Data: Buffer.from(JSON.stringify(logs)).toString("base64") });
    const log = file(record(CALLS));
    const [drops404, drops500] = ["404", "500"].map((status) => settingsFile({ filter: [{ drop: { status } }] }));
    const found = await difference(log, drops404!, drops500!);
    expect(found).toMatchObject({ calls: 3, same: 1 });
    expect(found.groups.map(({ kind, result }: any) => `${kind} ${result}`)).toEqual([
      "appears filtered → Ok",
      "vanishes Ok → filtered",
    ]);
    const elsewhere = await difference(log, settingsFile(), settingsFile({ region: "eu-west-1" }));
    expect(elsewhere.fields.map(({ field, changed }: any) => [field, changed])).toEqual([
      ["metadata.region", 3],
      ["requestId", 3],
    ]);
  });

  it("compares the stack of a rollout file for the same account and region", async () => {
    const rollout = file(`version: 1
defaults: { applicationId: { secretName: moesif }, sampling: { remote: false } }
accounts:
  - { id: "222222222222", name: other, regions: [{ name: us-east-1 }] }
  - { id: "111111111111", name: production, regions: [{ name: us-east-1 }] }
`);
    const [found, elsewhere] = (await previewEach([
      diff(logOf(CALLS), settingsFile({ environment: "production" }), rollout),
      diff(logOf(CALLS), settingsFile({ region: "eu-west-1" }), rollout),
    ])) as [Run, Run];
    expect(found.stdout).toContain("3 calls: 3 the same, 0 different.");
    expect(elsewhere.code).toBe(2);
    expect(elsewhere.stderr).toMatch(/^--diff: .* has no stack for account 111111111111 and region eu-west-1\. Choose/);
  });

  it("shows nothing of a value that one of both redacts, in any form", async () => {
    const secret = "HIDDEN";
    const log = logOf([
      recentLog({ extendedRequestId: "a=", resourcePath: `/orders/${secret}`, user: secret, httpMethod: secret }),
      recentLog({ extendedRequestId: "b=", resourcePath: `/orders/${secret}`, user: secret, status: "404" }),
    ]);
    const redacting = {
      redaction: { mask: [{ pattern: secret }], fields: { remove: ["user"] } },
      filter: [{ drop: { status: "404" } }],
    };
    const [open, closed] = [settingsFile(), settingsFile(redacting)];
    const forms = ["table", "markdown", "json"];
    const runs = forms.flatMap((form) => [
      diff(log, open, closed, "--reporter", form),
      diff(log, closed, open, "--reporter", form),
    ]);
    for (const { code, stdout, stderr } of await previewEach(runs)) {
      expect(code).toBe(1);
      expect(stdout + stderr).not.toContain(secret);
      expect(stdout).toMatch(/vanishes|appears/);
      expect(stdout).toContain("(differs)");
    }
  });

  it("lets no name of a field act on a terminal or in Markdown", async () => {
    const hostile = "\u001b[2J\u202e|`<b>";
    const log = logOf([recentLog({ extendedRequestId: "a=", [hostile]: "x" })]);
    const after = settingsFile({ redaction: { fields: { remove: [hostile] } } });
    const forms = [diff(log, settingsFile(), after), diff(log, settingsFile(), after, "--reporter", "markdown")];
    const [terminal, markdown] = (await previewEach(forms)) as [Run, Run];
    expect(terminal.stdout).toContain("\\u001b[2J\\u202e|`<b>");
    expect(terminal.stdout).not.toMatch(/[\u001b\u202e]/);
    expect(markdown.stdout).toContain("| \\\\u001b\\[2J\\\\u202e\\|\\`\\<b\\> | 1 | 0 | 0 | 1 |");
  });
});

describe("rules that matched nothing", () => {
  async function unusedRules(more: Partial<TransformerSettings>): Promise<string[]> {
    const log = logOf([...CALLS, recentLog({ resourcePath: "/users/7?page=2", metadata: { orgId: "acme" } })]);
    const { stdout } = await preview([log, "--json", "--settings", settingsFile(more)]);
    const { unusedRules: rules } = JSON.parse(stdout.trim().split("\n").at(-1)!);
    return rules.map(({ rule, name, reason }: any) => [rule, name ?? "", reason].join(" | "));
  }

  it("are those of the redaction whose key no record has, and masks that found nothing", async () => {
    const redaction = {
      fields: { remove: ["ip", "sourceIP", "orgId"] },
      hash: ["user", "apiKey"],
      mask: [{ pattern: "never" }, { pattern: "curl", fields: ["requestUserAgentHeader", "agent"] }],
      path: { segmentsAfter: ["users", "customers"], queryParameters: ["page", "token"] },
    };
    expect(await unusedRules({ redaction })).toEqual([
      "redaction.fields.remove[1] | sourceIP | no record has this key",
      "redaction.hash[1] | apiKey | no record has this key",
      "redaction.mask[0] |  | it found nothing to mask",
      "redaction.mask[1].fields[1] | agent | no record has this key",
      "redaction.path.segmentsAfter[1] | customers | no path has a segment after this one",
      "redaction.path.queryParameters[1] | token | no path has this parameter",
    ]);
  });

  it("are those of filter, identity and sampling that had nothing to go by", async () => {
    const more: Partial<TransformerSettings> = {
      filter: [{ keep: { status: "418" } }, { drop: { status: "404" } }, { drop: { status: ["404"] } }],
      identity: { user: ["Metadata.OrgId", { template: "{stage}:{tenant}" }], company: [{ from: "companyId" }] },
      sampling: { remote: false, by: "user", companyLimit: 5 },
    };
    expect(await unusedRules(more)).toEqual([
      "filter[0] | keep status | it decided on no call",
      "filter[2] | drop status | it decided on no call",
      "identity.user[1] | tenant | no record has a value of this key",
      "identity.company[0] | companyId | no record has a value of this key",
      "sampling.companyLimit | company | no delivered call has a company",
    ]);
    expect(await unusedRules({ ...more, passThrough: true })).toEqual([]);
  });
});
