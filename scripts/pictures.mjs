/**
 * Takes the pictures of the pages in docs/pictures, with Chromium:
 *   npm run pictures
 * The preview is of the sample log, with companies made of its callers; the coverage is of a made-up rollout; the dashboard
 * is of a simulated run.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { indexedPng } from "./indexed-png.mjs";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const PICTURES = join(ROOT, "docs", "pictures");
const WIDTH = 1080;
const require = createRequire(import.meta.url);
const folder = mkdtempSync(join(tmpdir(), "pictures-"));

const COMPANIES = ["Acme", "Globex", "Initech", "Hooli", "Soylent", "Tyrell", "Wonka", "Vandelay"];

/** The settings of the picture: each caller belongs to a company by the first digit of its id. */
const SETTINGS = {
  version: 1,
  accountId: "111111111111",
  region: "us-east-1",
  output: "event",
  sampling: { remote: false },
  apis: { a1b2c3d4e5: { name: "orders" }, f6g7h8i9j0: { name: "catalogue" }, k1l2m3n4o5: { name: "search" } },
  identity: {
    company: [
      {
        from: "user",
        extract: "^(?:user-)?([0-9a-f])",
        map: Object.fromEntries([..."0123456789abcdef"].map((digit, index) => [digit, COMPANIES[index % 8]])),
      },
    ],
  },
  filter: [{ drop: { resourcePath: { pattern: "^/(favicon.ico|robots.txt)$" } } }],
};

function previewPage() {
  writeFileSync(join(folder, "settings.json"), JSON.stringify(SETTINGS));
  const log = join(ROOT, "local", "sample", "access-logs.ndjson.gz");
  const args = [
    join(ROOT, "dist", "cli", "main.js"),
    "preview",
    log,
    "--settings",
    "settings.json",
    "--reporter",
    "html",
  ];
  return execFileSync(process.execPath, args, {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    timeout: 120_000,
  });
}

const ACCOUNTS = ["production", "payments", "logistics", "partners", "staging"];
const REGIONS = ["us-east-1", "us-west-2", "eu-west-1", "eu-central-1"];
const APIS = ["orders", "catalogue", "search", "billing", "webhooks"];
const TO_DO = {
  nowhere: "deploy the stack: it sets the access log",
  elsewhere: "set overwrite: true on the stage, and deploy the stack",
  missing: "create the stage, or remove it from the list",
};

/** Digits that tell what a stage does: the same picture each time. */
const DIGITS = "3141592653589793238462643383279502884197169399375105820974944592307816406286208998628034825342117067";

function coverageOf(account, region, index) {
  const accountId = String(ACCOUNTS.indexOf(account) + 1).repeat(12);
  const target = { stackName: `moesif-${account}-${region}`, accountId, accountName: account, region };
  if (account === "partners" && region === "eu-west-1") {
    const message = `arn:aws:iam::${accountId}:role/moesif-read cannot be assumed: AccessDenied`;
    return {
      target,
      rows: [],
      refusal: { message, fix: "let your credentials assume the role, or name another with --role" },
    };
  }
  const rows = APIS.slice(0, 2 + (index % 4)).map((apiName, at) => {
    const digit = Number(DIGITS[index * 5 + at]);
    const state =
      account === "staging" && region === "us-west-2"
        ? "nowhere"
        : ({ 0: "nowhere", 1: "elsewhere", 2: "missing" }[digit] ?? "ours");
    const covered = state === "ours";
    const destinationArn = `arn:aws:logs:${region}:${accountId}:log-group:/aws/apigateway/${apiName}`;
    const stage = {
      type: "REST",
      apiId: `${apiName.slice(0, 5)}${index}${at}x7`,
      apiName,
      stage: "prod",
      wanted: true,
    };
    return { ...stage, state, covered, destinationArn, issues: [], advice: covered ? "nothing" : TO_DO[state] };
  });
  return { target, rows };
}

function coveragePage() {
  const { coverageReport } = require(join(ROOT, "dist", "cli", "coverage", "report.js"));
  const places = ACCOUNTS.flatMap((account) => REGIONS.map((region) => [account, region]));
  const wanted = places.filter(([account, region]) => account !== "logistics" || region.startsWith("eu"));
  return coverageReport(wanted.map(([account, region], index) => coverageOf(account, region, index))).page();
}

async function dashboardPage() {
  const { dashboardPage, record } = require(join(ROOT, "dist", "bench", "dashboard", "record.js"));
  return dashboardPage(await record());
}

/** @param height of what is shown, the top of the page; without it, all of the page is */
async function picture(browser, name, text, height) {
  const file = join(folder, `${name}.html`);
  writeFileSync(file, text);
  const page = await browser.newPage({ viewport: { width: WIDTH, height: height ?? 900 }, colorScheme: "light" });
  await page.goto(pathToFileURL(file).href);
  // The policy of the page refuses the style by which a caret is hidden.
  const png = await page.screenshot({ caret: "initial", fullPage: height === undefined });
  writeFileSync(join(PICTURES, `${name}.png`), indexedPng(png));
}

const executablePath = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
  .flatMap((name) => process.env.PATH.split(":").map((directory) => join(directory, name)))
  .find((path) => existsSync(path));
if (executablePath === undefined) throw new Error("Install Chromium: `apt-get install chromium`.");
const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-lcd-text"],
});
try {
  mkdirSync(PICTURES, { recursive: true });
  await picture(browser, "preview", previewPage(), 1050);
  await picture(browser, "coverage", coveragePage(), 700);
  await picture(browser, "dashboard", await dashboardPage());
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
