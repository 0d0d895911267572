/** One dashboard of many pipelines, each with its metrics in its account and region. */
import { z } from "zod";
import { CloudwatchDashboard } from "../aws";
import { Construct } from "../cdk";
import { pinned, type ProviderProps, provideTo } from "../addresses";
import type { IMoesifPipeline } from "../pipeline/imported-pipeline";
import { streamName } from "../pipeline/names";
import { Checks } from "../settings/checks";
import { rolloutDashboardDefaults, rolloutDashboardLimits } from "../settings/rollout-dashboard";
import { valueOf } from "../settings/values";
import { terraformJson } from "../terraform-json";
import { type DashboardBody, placed, render, type Row, type Widget } from "./dashboard";

/** Properties of a `RolloutDashboard`. */
export interface RolloutDashboardProps extends ProviderProps {
  /**
   * The pipelines, 1 to 500, by what the dashboard calls them. Of a pipeline in another stack, give `MoesifPipeline.fromName`
   * with literals for account and region. A literal.
   *
   * @example { "production eu-west-1": pipeline }
   */
  readonly pipelines: { readonly [label: string]: Pick<IMoesifPipeline, "name" | "environment"> };
  /**
   * Name of the dashboard, unique in its account.
   *
   * @default "moesif-rollout"
   */
  readonly name?: string;
}

/**
 * Dashboard of the pipelines of a rollout: for each its traffic, delivery success, freshness and failures. The account that
 * it is in must be allowed to read the metrics of the others: docs/operate.md says how.
 *
 * @example
 * new RolloutDashboard(stack, "dashboard", { pipelines: { production, staging } });
 */
export class RolloutDashboard extends Construct {
  /** Terraform resource of the dashboard. */
  readonly resource: CloudwatchDashboard;
  /** Name of the dashboard. */
  readonly name: string;
  /** ARN of the dashboard. */
  readonly arn: string;

  /** @throws InvalidValueError if a literal is out of its bounds */
  constructor(scope: Construct, id: string, props: RolloutDashboardProps) {
    super(scope, id);
    provideTo(this, props.provider);
    const { pipelines, name = rolloutDashboardDefaults.name } = props;
    new Checks(this)
      .value("name", name, rolloutDashboardLimits.name)
      .value("pipelines", Object.keys(pipelines).length, rolloutDashboardLimits.pipelines)
      .schema(LABELS, pipelines, ["pipelines"])
      .end();
    this.resource = pinned(
      new CloudwatchDashboard(this, "Resource", {
        dashboardName: name,
        dashboardBody: terraformJson(rolloutDashboard(pipelines)),
      }),
    );
    this.name = this.resource.dashboardName;
    this.arn = this.resource.dashboardArn;
  }
}

const LABELS = z.record(valueOf(rolloutDashboardLimits.label), z.unknown());

/** The body of the dashboard. */
export function rolloutDashboard(pipelines: RolloutDashboardProps["pipelines"]): DashboardBody {
  const all = Object.keys(pipelines)
    .sort()
    .map((label) => {
      const { name, environment } = pipelines[label]!;
      const { accountId, region } = environment;
      return render("rollout-dashboard", { label, account_id: accountId, region, stream_name: streamName(name) });
    });
  return { start: all[0]!.start, widgets: placed(together(all.map(({ rows }) => rows))) };
}

/** Of the same widget of each pipeline, one with the metrics of all. */
function together(all: readonly (readonly Row[])[]): Row[] {
  return all[0]!.map((row, index) => ({
    ...row,
    widgets: row.widgets.map((widget, nth): Widget => {
      const metrics = all.flatMap((rows) => rows[index]!.widgets[nth]!.properties.metrics ?? []);
      return { ...widget, properties: { ...widget.properties, metrics } };
    }),
  }));
}
