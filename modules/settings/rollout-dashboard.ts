/** The dashboard of a whole rollout: where it is, and what it may hold. */
import { awsLimits } from "./aws";
import { iamLimits } from "./iam";
import { required, section, setting, text, wholeNumber } from "./values";

const QUOTAS = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html";

export const rolloutDashboardLimits = {
  name: text(
    "^[A-Za-z0-9_-]{1,255}$",
    "1 to 255 letters, digits, '_' or '-'",
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html",
  ),
  label: text(
    '^[^"\\\\$%\\x00-\\x1f]{1,100}$',
    '1 to 100 characters on one line, none of them ", \\, $ or %',
    "it stands in the body of the dashboard, which Terraform reads as a template",
  ),
  pipelines: wholeNumber(1, 500, "pipelines", `a widget has at most 500 metrics: ${QUOTAS}`),
};

export const rolloutDashboardDefaults = { name: "moesif-rollout" } as const;

export const rolloutDashboardSection = section({
  accountId: required(awsLimits.accountId, "Account of the dashboard: one that may read the metrics of the others."),
  region: required(awsLimits.regionName, "Region that Terraform uses; the dashboard is the same in all."),
  deployRole: setting(
    iamLimits.roleArn,
    "The role of this account that Terraform assumes; without one, the caller's own credentials are used.",
  ),
  name: setting(rolloutDashboardLimits.name, "Name of the dashboard.", rolloutDashboardDefaults.name),
});
