/** What docs/settings.md says of filters, of fields and of the size of the error is true, row by row. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { AccessLog } from "../../../lambda/transformer/access-log";
import { createIds } from "../../../lambda/transformer/call";
import { MARK_KEY, MARK_VALUE } from "../../../lambda/transformer/access-log";
import { LONGEST_PATTERN, MOST_STEPS } from "../../../lambda/re2/pattern";
import { RULES_SHARE } from "../../../lambda/re2/time-budget";
import {
  LONGEST_PATH,
  MOST_PATTERNS,
  MOST_PREPARING_MS,
  parseConfig,
} from "../../../lambda/transformer/sampling/config";
import { createField } from "../../../lambda/transformer/sampling/fields";
import { LARGEST_BODY } from "../../../lambda/transformer/sampling/remote-config";
import { chanceOf, hashOf } from "../../../lambda/transformer/sampling/sampler";
import { weightOf } from "../../../lambda/transformer/sampling/sampler";
import type { TransformerSettings } from "../../../lambda/transformer/settings";
import { accessLog, base64, outcomeFor, settings } from "../support";

const page = readFileSync(join(__dirname, "..", "..", "..", "docs", "settings.md"), "utf8");
const unwrapped = page.replaceAll(/\s+/g, " ");

/** The rows of a table, without its head. */
function rowsOf(table: string): string[][] {
  const [, text = ""] = new RegExp(`<!-- ${table}: .*?-->(.*?)<!-- end of ${table} -->`, "s").exec(page) ?? [];
  const rows = text.trim().split("\n").slice(2);
  return rows.map((row) => row.split(" | ").map((cell) => cell.replace(/^\| |\s*\|$/g, "").trim()));
}

const code = (cell: string) => cell.replace(/^`|`$/g, "");

describe("docs/settings.md", () => {
  const filters = rowsOf("filter");

  it.each(filters)("%s: %s is %s", (rules, call, fate) => {
    const filter = JSON.parse(code(rules!)) as TransformerSettings["filter"];
    const data = base64(JSON.stringify(accessLog(JSON.parse(code(call!)) as object as Record<string, unknown>)));
    const outcome = outcomeFor(data, { ...settings, filter });
    expect(outcome.result === "Ok" ? "sent" : outcome.reason).toBe(fate === "dropped" ? "filtered" : fate);
  });

  const fields = rowsOf("fields");

  it.each(fields)("%s is %s", (field, keys) => {
    const named = keys!.split(", ").map(code);
    const read = createField(code(field!));
    for (const [index, key] of named.entries()) {
      const absent = Object.fromEntries(named.slice(0, index).map((before) => [before, "-"]));
      const later = Object.fromEntries(named.slice(index + 1).map((behind) => [behind, "later"]));
      expect(read(accessLog({ ...absent, [key]: "held", ...later }) as AccessLog)).toBe("held");
    }
  });

  it("has rows for each kind", () => {
    expect([filters.length, fields.length, rowsOf("errors").length]).toEqual([8, 7, 5]);
  });

  it("names each limit of rules", () => {
    expect(unwrapped).toContain(`at most ${LONGEST_PATTERN.toLocaleString("en")} characters`);
    expect(unwrapped).toContain(`at most ${MOST_PATTERNS.toLocaleString("en")} patterns`);
    expect(unwrapped).toContain(`within ${MOST_PREPARING_MS / 1000} seconds`);
    expect(unwrapped).toContain(`at most ${LONGEST_PATH} characters`);
    expect(unwrapped).toContain(`Rules may take ${100 * RULES_SHARE} %`);
    expect(unwrapped).toContain(`${MOST_STEPS / 1e6} million characters times instructions`);
    for (const value of ["^(?:id-1|id-2)$", "GET|HEAD"]) {
      const conditions = Array<object>(MOST_PATTERNS + 1).fill({ path: "user_id", value });
      expect(unwrapped).toContain(`\`${value}\``);
      expect(parseConfig({ regex_config: [{ sample_rate: 1, conditions }] }).skipped).toBe(0);
    }
  });

  it("names the mark, the largest weight and the largest answer", () => {
    expect(unwrapped).toContain(`metadata.${MARK_KEY}: "${MARK_VALUE}"`);
    expect(unwrapped).toContain(weightOf(1e-300, 0, 0).toLocaleString("en"));
    expect(unwrapped).toContain(`${LARGEST_BODY / 1e6} MB`);
  });
});

const CALLS = 10_000;
/** So many batches of calls are sampled. */
const BATCHES = 40;

/** The calls of a batch by user: of as many users as there are numbers. */
type Users = readonly number[];
const EQUAL: Users = Array<number>(1000).fill(10);
const ONE_LARGE: Users = [CALLS / 5, ...Array<number>((CALLS * 4) / 5 / 10).fill(10)];

/** Mean square of the weights of calls that are kept, over all chances, times their part of all. */
function meanSquare(rate: number): number {
  const [decisions, roundings] = [100, 300];
  let sum = 0;
  for (let decision = 0.5; decision < decisions; decision++) {
    for (let rounding = 0.5; rounding < roundings; rounding++) {
      sum += weightOf(rate, decision / decisions, rounding / roundings) ** 2;
    }
  }
  return sum / decisions / roundings;
}

/** Relative standard errors, of the formulas in the page but for the rounding, which is measured. */
function errorsOf(rate: number): { byRequest: number; byUser: (users: Users) => number } {
  const decision = (100 - rate) / rate;
  const rounding = meanSquare(rate) - 1 - decision;
  return {
    byRequest: Math.sqrt((decision + rounding) / CALLS),
    byUser: (users) => {
      const squares = users.reduce((sum, calls) => sum + (calls / CALLS) ** 2, 0);
      return Math.sqrt(decision * squares + rounding / CALLS);
    },
  };
}

describe("the sizes of the error in docs/settings.md", () => {
  const ids = createIds("111111111111", "us-east-1");
  const batches = Array.from({ length: BATCHES }, (_, batch) =>
    Array.from({ length: CALLS }, (__, call) => ids.hashOf(`${batch}/${call}`)),
  );
  const users = Array.from({ length: BATCHES }, (_, batch) =>
    EQUAL.map((__, user) => chanceOf(hashOf(`user ${batch}/${user}`), "decision")),
  );
  const rows = rowsOf("errors").map(
    ([rate, byRequest, byUser, byOneLarge]) => [parseFloat(rate!), byRequest!, byUser!, byOneLarge!] as const,
  );
  const percent = (error: number) => `${(100 * error).toFixed(1)} %`;

  it.each(rows)("at %d %% follow from the weights", (rate, byRequest, byUsers, byOneLarge) => {
    const errors = errorsOf(rate);
    expect(percent(errors.byRequest)).toBe(byRequest);
    expect(percent(errors.byUser(EQUAL))).toBe(byUsers);
    expect(percent(errors.byUser(ONE_LARGE))).toBe(byOneLarge);
    const [p, f] = [rate / 100, (100 / rate) % 1];
    expect(errors.byRequest).toBeCloseTo(Math.sqrt(((1 - p) / p + p * f * (1 - f)) / CALLS), 9);
  });

  it.each(rows)("at %d %% are those of calls that are sampled", (rate) => {
    const errors = errorsOf(rate);
    let [byRequest, byUser] = [0, 0];
    for (const [batch, hashes] of batches.entries()) {
      let [requests, journeys] = [0, 0];
      for (const [call, hash] of hashes.entries()) {
        const rounding = chanceOf(hash, "rounding");
        requests += weightOf(rate, chanceOf(hash, "decision"), rounding);
        journeys += weightOf(rate, users[batch]![call % EQUAL.length]!, rounding);
      }
      byRequest += (requests / CALLS - 1) ** 2 / BATCHES;
      byUser += (journeys / CALLS - 1) ** 2 / BATCHES;
    }
    // Four of the standard deviations that such an estimate has.
    expect(Math.abs(Math.sqrt(byRequest) / errors.byRequest - 1)).toBeLessThan(4 / Math.sqrt(2 * BATCHES));
    expect(Math.abs(Math.sqrt(byUser) / errors.byUser(EQUAL) - 1)).toBeLessThan(4 / Math.sqrt(2 * BATCHES));
  });
});
