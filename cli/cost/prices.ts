/** List prices: those of the package, docs/prices.json, and those that the user gives for another region or contract. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { parseJson } from "../../common/json";
import { packageRoot } from "../../common/package-root";
import { messageOf, UsageError } from "../../common/usage-error";

/** What AWS bills, each in its unit. */
export const PRICE_NAMES = [
  "firehoseGb",
  "logIngestionGb",
  "logStorageGbMonth",
  "lambdaMillionRequests",
  "lambdaArm64GbSecond",
  "lambdaX86GbSecond",
  "transferOutGb",
  "s3GbMonth",
  "s3ThousandPuts",
  "secretMonth",
  "secretTenThousandCalls",
  "metricMonth",
  "alarmMetricMonth",
  "dashboardMonth",
] as const;

export type PriceName = (typeof PRICE_NAMES)[number];

const AMOUNT = "expected USD, a number from 0";
const usd = z.number(AMOUNT).min(0, AMOUNT);

/** Of the units up to a month's total, and without `upTo` of all further ones. */
const tier = z.strictObject({ upTo: z.number().positive().optional(), usd });

const tiers = z
  .array(tier)
  .min(1, "expected one tier or more")
  .refine((all) => all.every(({ upTo }, index) => (upTo === undefined) === (index === all.length - 1)), {
    error: "only the last tier has no upTo",
  })
  .refine((all) => all.every(({ upTo = Infinity }, index) => upTo > (all[index - 1]?.upTo ?? 0)), {
    error: "each upTo is above the one before",
  });

const price = z.strictObject({
  usd: z.union([usd, tiers], `${AMOUNT}, or a list of tiers`),
  source: z.string().optional(),
  asOf: z.string().optional(),
});

const priceFile = z.strictObject({
  region: z.string().min(1),
  prices: z.partialRecord(z.enum(PRICE_NAMES), price),
});

type Price = z.output<typeof price>;

/** The prices that a calculation uses. */
export interface Prices {
  /** Region of the file that was given, else of the package's own. */
  readonly region: string;
  readonly of: Readonly<Record<PriceName, Price>>;
  /** Prices that the given file leaves out, so that those of {@link LIST_REGION} serve. */
  readonly fromList: readonly PriceName[];
}

/** The region of the prices that the package brings. */
export const LIST_REGION = "us-east-1";

/**
 * @param file with other prices, in the form of docs/prices.json; those that it leaves out are the package's own
 * @throws UsageError that names the first wrong field
 */
export function loadPrices(file?: string): Prices {
  const list = readPrices(join(packageRoot(), "docs", "prices.json"));
  const given = file === undefined ? list : readPrices(file);
  return {
    region: given.region,
    of: { ...list.prices, ...given.prices } as Prices["of"],
    fromList: PRICE_NAMES.filter((name) => given.prices[name] === undefined),
  };
}

function readPrices(file: string): z.output<typeof priceFile> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`--prices: ${file} cannot be read: ${messageOf(error)}`);
  }
  const read = priceFile.safeParse(parseJson(text));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new UsageError(
    `--prices: ${file}: ${describe(issue!)}. Write it in the form of docs/prices.json, which the package contains.`,
  );
}

/** The field and what is wrong with it. A union says only of its own form what it expects. */
function describe(issue: z.core.$ZodIssue): string {
  const { path, code } = issue;
  if (code === "unrecognized_keys") return `${[...path, issue.keys[0]].join(".")}: unknown key`;
  if (code === "invalid_union") {
    // Tiers are the form of a list.
    const inner = issue.errors.flat().find((one) => one.path.length > 0 || one.code === "custom");
    if (inner) return describe({ ...inner, path: [...path, ...inner.path] } as z.core.$ZodIssue);
  }
  return `${path.join(".") || "the file"}: ${issue.message.replace(/^Invalid input: /, "")}`;
}

/** What so many units cost in a month, tier by tier. */
export function costOf({ usd }: Price, units: number): number {
  if (typeof usd === "number") return units * usd;
  let from = 0;
  let sum = 0;
  for (const tier of usd) {
    const upTo = tier.upTo ?? Infinity;
    sum += Math.max(0, Math.min(units, upTo) - from) * tier.usd;
    from = upTo;
  }
  return sum;
}
