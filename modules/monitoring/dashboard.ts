/**
 * The dashboard of a pipeline. The plain module renders the same template, so that both have one definition. The body holds
 * names instead of attributes of resources: a plan shows all of it.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../common/package-root";
import { Token } from "../cdk";
import type { AwsEnvironment } from "../pipeline/aws-environment";
import { enrollmentName, redriveName, streamName, transformerName } from "../pipeline/names";

/** What is shown of a pipeline. */
interface DashboardProps {
  readonly pipeline: {
    readonly name: string;
    readonly environment: Pick<AwsEnvironment, "accountId" | "region" | "partition">;
    readonly transformer: {
      readonly memoryMb: number;
      readonly isInvoked: boolean;
      readonly readsApplicationId: boolean;
    };
    readonly redrive?: { readonly deadLetterQueue?: object };
  };
  /** Names of its alarms. */
  readonly alarmNames: readonly string[];
  /** Whether stages are enrolled. */
  readonly enrolls: boolean;
}

/** A part of a dashboard. */
export interface Widget {
  readonly type: string;
  readonly x: number;
  readonly width: number;
  readonly properties: { readonly metrics?: readonly unknown[] };
}

/** Widgets next to each other. */
export interface Row {
  /** What a pipeline must have for it. */
  readonly if?: string;
  readonly height: number;
  readonly widgets: readonly Widget[];
}

/** A template with its values. */
interface Rendered {
  readonly start: string;
  readonly rows: readonly Row[];
}

/** The body of a dashboard. */
export interface DashboardBody {
  readonly start: string;
  readonly widgets: readonly object[];
}

/** The body of the dashboard of a pipeline. */
export function pipelineDashboard({ pipeline, alarmNames, enrolls }: DashboardProps): DashboardBody {
  const { name, transformer, redrive, environment } = pipeline;
  const { partition, region, accountId } = environment;
  const alarmArns = alarmNames.map((alarm) => `arn:${partition}:cloudwatch:${region}:${accountId}:alarm:${alarm}`);
  const { start, rows } = render("monitoring", {
    name,
    region,
    stream_name: streamName(name),
    function_name: transformerName(name),
    memory_mb: textOf(transformer.memoryMb),
    redrive_queue_name: redriveName(name),
    redrive_failed_queue_name: `${redriveName(name)}-failed`,
    enrollment_name: enrollmentName(name),
    alarm_arns: JSON.stringify(alarmArns),
  });
  const has: Readonly<Record<string, boolean>> = {
    alarms: alarmNames.length > 0,
    transformer: transformer.isInvoked,
    sampling_rules: transformer.readsApplicationId,
    redrive: redrive !== undefined,
    redrive_queue: redrive?.deadLetterQueue !== undefined,
    enrollment: enrolls,
  };
  const shown = rows.filter((row) => row.if === undefined || has[row.if]);
  return { start, widgets: placed(shown) };
}

function textOf(number: number): string {
  return Token.isUnresolved(number) ? Token.asString(number) : String(number);
}

/** Reads the template of a plain module, as `templatefile` does. Its values stand between quotes, or are JSON. */
export function render(module: string, values: Readonly<Record<string, string>>): Rendered {
  const file = join(packageRoot(), "terraform", "modules", module, "dashboard.json.tftpl");
  const text = readFileSync(file, "utf8").replace(/\$\$\{|\$\{(\w+)\}/g, (_, name?: string) =>
    name === undefined ? "${" : values[name]!,
  );
  return JSON.parse(text) as Rendered;
}

/** Puts one row below the other. */
export function placed(rows: readonly Row[]): object[] {
  let y = 0;
  return rows.flatMap(({ height, widgets }) => {
    const top = y;
    y += height;
    return widgets.map((widget) => ({ ...widget, y: top, height }));
  });
}
