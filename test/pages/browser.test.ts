/** The pages in a browser, as their readers have them: wide and narrow, light and dark, by keyboard, without any network. */
import { writeFileSync } from "node:fs";
import type { Browser } from "playwright-core";
import { coverageReport, type TargetCoverage } from "../../cli/coverage/report";
import type { CoverageRow } from "../../cli/coverage/rows";
import { html } from "../../cli/reporters/html";
import type { RolloutStages } from "../../modules";
import { count, duration, share, size } from "../../pages/formats";
import type { TrafficSummary } from "../../pages/traffic";
import { file, previewEach, recentLog } from "../cli/support";
import {
  describeWithBrowser,
  faintTexts,
  type Look,
  missedByKeyboard,
  openPage,
  startBrowser,
  tableOf,
  unnamed,
} from "../support/browser";

const HOSTILE = `"'><script>globalThis.ran = 1</script><img src=x onerror="globalThis.ran = 1">&lt;\u202e\u0007`;
const SHOWN = HOSTILE.replace("\u202e", "\\u202e").replace("\u0007", "\\u0007");

/** Calls of callers who wish the reader ill among others. */
const LOGS = Array.from({ length: 60 }, (_, index) =>
  recentLog({
    requestId: `id-${index}`,
    resourcePath: index % 6 === 0 ? `/${HOSTILE}/${"very-long-name".repeat(9)}` : `/items/${index}`,
    status: ["200", "200", "304", "404", "500"][index % 5],
    durationMs: String(10 + index * 7),
    responseLength: String(1000 * index),
    user: index % 6 === 0 ? HOSTILE : `user-${index % 9}`,
    companyId: index % 4 === 0 ? HOSTILE : `company-${index % 8}`,
    apiId: index % 2 === 0 ? HOSTILE : "a1b2c3d4e5",
  }),
);

const SETTINGS = {
  version: 1,
  accountId: "111111111111",
  region: "us-east-1",
  output: "event",
  sampling: { remote: false },
  redaction: { mask: [{ pattern: "items/1" }], hash: ["usr"] },
  filter: [{ drop: { status: "304" } }],
};

const target: RolloutStages = {
  stackName: "moesif-production-us-east-1",
  accountId: "111111111111",
  accountName: "production",
  region: "us-east-1",
  partition: "aws",
  destinations: {},
  enrollment: { destinations: {} },
};
const row: CoverageRow = {
  type: "REST",
  apiId: "a1b2c3d4e5",
  apiName: "orders",
  stage: "prod",
  wanted: true,
  state: "ours",
  covered: true,
  issues: [],
  advice: "nothing",
};
const missing = {
  ...row,
  state: "nowhere",
  covered: false,
  advice: "deploy the stack: it sets the access log",
} as const;
const FOUND: readonly TargetCoverage[] = [
  { target, rows: [row, { ...missing, stage: HOSTILE, apiName: HOSTILE }] },
  { target: { ...target, region: "eu-west-1" }, rows: [row] },
  ...["ap-south-1", "eu-north-1", "sa-east-1", "ca-central-1"].map((region) => ({
    target: { ...target, region, accountName: "staging", accountId: "222222222222" },
    rows: [missing, { ...missing, stage: "beta" }],
  })),
  {
    target: { ...target, region: "us-west-2" },
    rows: [],
    refusal: { message: HOSTILE, fix: "name another role" },
  },
];

const LOOKS: readonly Look[] = [
  { width: 1280, colorScheme: "light" },
  { width: 1280, colorScheme: "dark" },
  { width: 360, colorScheme: "light" },
];

describeWithBrowser("a page", () => {
  let browser: Browser;
  let traffic: TrafficSummary;
  let totals: readonly { readonly reason?: string; readonly events: number }[];
  const pages: Record<string, string> = {};

  beforeAll(async () => {
    const [log, settings] = [file(LOGS.map((one) => JSON.stringify(one)).join("\n")), file(JSON.stringify(SETTINGS))];
    const [asPage, asJson] = await previewEach(
      ["html", "json"].map((reporter) => [log, "--settings", settings, "--reporter", reporter]),
    );
    ({ traffic, totals } = JSON.parse(asJson!.stdout.trim().split("\n").at(-1)!));
    const contents = { preview: asPage!.stdout, coverage: html(coverageReport(FOUND)) };
    for (const [name, text] of Object.entries(contents)) {
      pages[name] = `${file("")}.html`;
      writeFileSync(pages[name], text);
    }
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());

  describe.each(["preview", "coverage"])("of %s", (name) => {
    test.each(LOOKS)("is whole, legible and reached by keyboard at $width pixels, $colorScheme", async (look) => {
      const { page, messages, requests } = await openPage(browser, pages[name]!, look);
      expect(await missedByKeyboard(page)).toEqual([]);
      expect(await faintTexts(page)).toEqual([]);
      expect(await unnamed(page)).toEqual([]);
      const [needed, ground] = await page.evaluate(() => {
        const { document, getComputedStyle } = globalThis as any;
        return [document.documentElement.scrollWidth, getComputedStyle(document.body).backgroundColor];
      });
      expect(needed).toBeLessThanOrEqual(look.width);
      expect(ground === "rgb(255, 255, 255)").toBe(look.colorScheme === "light");
      expect({ messages, requests }).toEqual({ messages: [], requests: [`file://${pages[name]}`] });
      await page.close();
    });

    it("shows hostile values as text, and lets no script run", async () => {
      const { page } = await openPage(browser, pages[name]!, LOOKS[0]!);
      const [text, found, ran] = await page.evaluate(() => {
        const { document, ran } = globalThis as any;
        return [document.body.textContent, document.querySelectorAll("script, img, [onerror]").length, ran];
      });
      expect(text).toContain(SHOWN);
      expect([found, ran]).toEqual([0, undefined]);
      await expect(page.addScriptTag({ content: "globalThis.ran = 1" })).rejects.toThrow("Content Security Policy");
      await page.close();
    });
  });

  it("of a preview has the figures of the JSON", async () => {
    const { page } = await openPage(browser, pages.preview!, LOOKS[0]!);
    const { overTime, routes, routesByErrors, companies, companiesByBytes, users, apis, redacted } = traffic;
    const shown = async (caption: string) =>
      (await tableOf(page, caption)).slice(1).map((cells) => cells.filter(Boolean));
    const visible = (text: string) => text.replace("\u202e", "\\u202e").replace("\u0007", "\\u0007");
    const named = (of: (figures: any) => (string | number)[]) => (one: any) => [
      visible(one.name),
      ...of(one).map(String),
    ];
    const rest = ({ rest, none }: any, of: (figures: any) => string[]) => [
      ...(rest ? [[`${rest.names} others`, ...of(rest)]] : []),
      ...(none ? [["(none)", ...of(none)]] : []),
    ];
    const errors = (one: any) => share(one.clientErrors + one.serverErrors, one.calls);
    const caller = (one: any) => [count(one.calls), errors(one), duration(one.p90Ms)];
    const download = (one: any) => [size(one.bytes), share(one.bytes, traffic.bytes), size(one.bytes / one.calls)];
    const error = (one: any) => [String(one.clientErrors), String(one.serverErrors), count(one.calls), errors(one)];
    const latency = (one: any) => [one.calls, ...[one.p50Ms, one.p90Ms, one.p99Ms].map(duration)].map(String);
    const identified = (one: any) => [
      String(one.calls),
      share(one.withUser, one.calls),
      share(one.withCompany, one.calls),
    ];
    const expected: Record<string, readonly string[][]> = {
      "Company, by calls": [...companies.rows.map(named(caller)), ...rest(companies, caller)],
      "User, by calls": [...users.rows.map(named(caller)), ...rest(users, caller)],
      "Company, by bytes of responses": [
        ...companiesByBytes.rows.map(named(download)),
        ...rest(companiesByBytes, download),
      ],
      "API, by calls": apis.rows.map(named(identified)),
      "Route, by calls": [...routes.rows.map(named(latency)), ...rest(routes, latency)],
      "Route, by errors": [...routesByErrors.rows.map(named(error)), ...rest(routesByErrors, error)],
      "Calls over time, by status": overTime.begins.map((_, index) => [
        expect.any(String),
        ...overTime.byStatus.map(({ calls }) => String(calls[index])),
      ]),
      "Keys with masked or hashed values": redacted.map(({ key, calls }) => [
        key,
        count(calls),
        share(calls, traffic.calls),
      ]),
    };
    for (const [caption, rows] of Object.entries(expected)) {
      expect(rows.length).toBeGreaterThan(0);
      expect([caption, await shown(caption)]).toEqual([caption, rows]);
    }
    const [filtered] = totals.filter(({ reason }) => reason === "filtered");
    expect((await shown("What is not delivered, by reason"))[0]!.slice(0, 3)).toEqual([
      "filtered",
      "dropped",
      String(filtered!.events),
    ]);
    expect(await shown("Rules of the filter")).toEqual([["filter[0]", "drop status", String(filtered!.events)]]);
    const facts = await page.evaluate(() => (globalThis as any).document.querySelector(".facts").innerText);
    expect(facts.replace(/\s+/g, " ")).toContain(`Calls in Moesif ${traffic.calls} of ${LOGS.length} logged`);
    await page.close();
  });

  it("of coverage leads from a cell to its stages", async () => {
    const { page } = await openPage(browser, pages.coverage!, LOOKS[0]!);
    expect(await tableOf(page, "Stages in Moesif of stages wanted, by account and region")).toEqual([
      [
        "Account",
        "ap-south-1",
        "ca-central-1",
        "eu-north-1",
        "eu-west-1",
        "sa-east-1",
        "us-east-1",
        "us-west-2",
        "All regions",
      ],
      ["production 111111111111", "", "", "", "1/1", "", "1/2", "no access", "2/3", "66.7%"],
      ["staging 222222222222", "0/2", "0/2", "0/2", "", "0/2", "", "", "0/8", "0%"],
    ]);
    const stages = page.getByRole("table", { name: "production us-east-1: 1 of 2 wanted stages in Moesif" });
    expect(await stages.isVisible()).toBe(false);
    await page.locator(".cells").getByRole("link", { name: "production us-east-1: 1 of 2" }).press("Enter");
    expect(await stages.isVisible()).toBe(true);
    const cells = await tableOf(page, "production us-east-1: 1 of 2 wanted stages in Moesif");
    expect(cells.map((one) => one.at(-1))).toEqual([
      "What to do",
      "nothing",
      "deploy the stack: it sets the access log",
    ]);
    expect(await tableOf(page, "What to do")).toContainEqual([
      "deploy the stack: it sets the access log",
      "9",
      "production us-east-1, staging ap-south-1, staging eu-north-1, staging sa-east-1, staging ca-central-1",
    ]);
    await page.close();
  });
});
