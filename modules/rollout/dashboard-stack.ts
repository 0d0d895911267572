/** The stack of the dashboard of all targets of a rollout file. It knows them only by their names. */
import { type Construct, TerraformStack } from "../cdk";
import { RolloutDashboard } from "../monitoring/rollout-dashboard";
import { addBackend, addProvider, NEWEST_NEEDS } from "./deployment";
import type { RolloutDashboardTarget, RolloutTarget } from "./targets";

/** Stack of the dashboard of a rollout file. */
export class RolloutDashboardStack extends TerraformStack {
  constructor(scope: Construct, dashboard: RolloutDashboardTarget, targets: readonly RolloutTarget[]) {
    super(scope, dashboard.stackName);
    addProvider(this, dashboard);
    addBackend(this, dashboard.state);
    if (dashboard.state.s3) this.addOverride("terraform.required_version", NEWEST_NEEDS);
    const pipelines = targets.map(({ account, region, partition, settings: { name } }) => {
      return [`${account.name} ${region}`, { name, environment: { accountId: account.id, region, partition } }];
    });
    new RolloutDashboard(this, "dashboard", { name: dashboard.name, pipelines: Object.fromEntries(pipelines) });
  }
}
