/**
 * The body of a dashboard as AWS documents it, as far as ours use it
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html), and the quotas
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html).
 */
import { z } from "zod";

/** Seconds; a high resolution is for metrics that have one. */
const period = z.number().int().min(60).max(86_400).multipleOf(60);
const stat = z.enum(["SampleCount", "Average", "Sum", "Minimum", "Maximum"]);
const id = z.string().regex(/^[a-z][a-zA-Z0-9_]*$/);
const account = z.string().regex(/^\d{12}$/);
const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/);
const text = z.string().min(1);

const rendering = {
  id: id.optional(),
  label: text.optional(),
  period: period.optional(),
  stat: stat.optional(),
  visible: z.boolean().optional(),
  region: region.optional(),
  accountId: account.optional(),
};
const metricOptions = z.strictObject(rendering);
const expressionOptions = z.strictObject({ ...rendering, expression: text.max(1024) });
type ExpressionOptions = z.output<typeof expressionOptions>;

/** A namespace, a metric, and a value for each dimension; then how it is shown. */
const metric = z.array(z.union([text, metricOptions])).check(({ value, issues }) => {
  const texts = value.filter((one) => typeof one === "string");
  const options = value.slice(texts.length);
  const isInOrder = value.slice(0, texts.length).every((one) => typeof one === "string") && options.length <= 1;
  if (texts.length < 4 || texts.length % 2 !== 0 || !isInOrder) {
    issues.push({ code: "custom", message: "is no namespace, metric, dimensions and options", input: value });
  }
});
const expression = z.tuple([expressionOptions]);

const axis = z.strictObject({
  min: z.number().optional(),
  max: z.number().optional(),
  label: text.optional(),
  showUnits: z.boolean().optional(),
});

const metricProperties = z
  .strictObject({
    title: text,
    region,
    metrics: z
      .array(z.union([expression, metric]))
      .min(1)
      .max(500),
    view: z.enum(["timeSeries", "singleValue"]).optional(),
    stacked: z.boolean().optional(),
    setPeriodToTimeRange: z.boolean().optional(),
    period: period.optional(),
    stat: stat.optional(),
    yAxis: z.strictObject({ left: axis, right: axis.optional() }).optional(),
    annotations: z.strictObject({ horizontal: z.array(z.strictObject({ value: z.number(), label: text })) }).optional(),
  })
  .check(({ value, issues }) => {
    const all = value.metrics.map((one) => one.at(-1)!).filter((one) => typeof one !== "string");
    const ids = all.flatMap((one) => one.id ?? []);
    if (new Set(ids).size < ids.length) issues.push({ code: "custom", message: "has an id twice", input: ids });
    const used = new Set<string>();
    for (const one of all) {
      if (!("expression" in one)) continue;
      const words = (one as ExpressionOptions).expression.replaceAll(/'[^']*'/g, "").match(/\b[a-z]\w*/g) ?? [];
      for (const word of words) {
        used.add(word);
        if (!ids.includes(word)) issues.push({ code: "custom", message: `has no metric ${word}`, input: one });
      }
    }
    const unseen = all.filter((one) => one.visible === false && !used.has(one.id ?? ""));
    if (unseen.length > 0) issues.push({ code: "custom", message: "hides what nothing uses", input: unseen });
  });

const place = {
  x: z.number().int().min(0).max(23),
  y: z.number().int().min(0),
  width: z.number().int().min(1).max(24),
  height: z.number().int().min(1).max(1000),
};

const alarmArn = z.string().regex(/^arn:aws[a-z-]*:cloudwatch:[a-z0-9-]+:\d{12}:alarm:.{1,255}$/);

const widget = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("text"), ...place, properties: z.strictObject({ markdown: text }) }),
  z.strictObject({
    type: z.literal("alarm"),
    ...place,
    properties: z.strictObject({ title: text.optional(), alarms: z.array(alarmArn).min(1).max(100) }),
  }),
  z.strictObject({ type: z.literal("metric"), ...place, properties: metricProperties }),
]);

type Place = Pick<z.output<typeof widget>, "x" | "y" | "width" | "height">;

const overlap = (one: Place, other: Place) =>
  one.x < other.x + other.width &&
  other.x < one.x + one.width &&
  one.y < other.y + other.height &&
  other.y < one.y + one.height;

export const dashboardSchema = z
  .strictObject({ start: z.string().regex(/^-P(\d+[DWMY]|T\d+[HM])$/), widgets: z.array(widget).max(500) })
  .check(({ value: { widgets }, issues }) => {
    const wide = widgets.filter(({ x, width }) => x + width > 24);
    if (wide.length > 0) issues.push({ code: "custom", message: "is wider than 24 columns", input: wide });
    const over = widgets.filter((one, index) => widgets.slice(index + 1).some((other) => overlap(one, other)));
    if (over.length > 0) issues.push({ code: "custom", message: "lies over another widget", input: over });
    const metrics = widgets.flatMap((one) => (one.type === "metric" ? one.properties.metrics : []));
    if (metrics.length > 2500) issues.push({ code: "custom", message: "has too many metrics", input: metrics.length });
  });

export type Dashboard = z.output<typeof dashboardSchema>;
