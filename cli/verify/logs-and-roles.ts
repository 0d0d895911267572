/** Log groups with the subscription of HTTP and WebSocket stages, and the roles. */
import { parseJson } from "../../common/json";
import type { Block } from "./expected";
import { ask, type Inspection } from "./inspection";
import { missingGrants, sameJson } from "./policy";

export async function logs(inspection: Inspection): Promise<void> {
  for (const [, block] of inspection.stack.all("aws_cloudwatch_log_group")) {
    const name = inspection.stack.text(block["name"])!;
    const command = new inspection.aws.services.DescribeLogGroupsCommand({ logGroupNamePrefix: name, limit: 50 });
    const asked = await ask(inspection.aws.logs.send(command));
    const found = inspection.take("log-group", name, asked, "logs:DescribeLogGroups", [
      "there is no such log group",
      inspection.apply,
    ]);
    if (found === undefined) continue;
    if (found.logGroups?.some(({ logGroupName }) => logGroupName === name)) inspection.ok("log-group", name);
    else inspection.problem("log-group", name, "there is no such log group", inspection.apply);
  }
  for (const [, block] of inspection.stack.all("aws_cloudwatch_log_stream")) {
    const [logGroupName, name] = [
      inspection.stack.text(block["log_group_name"])!,
      inspection.stack.text(block["name"])!,
    ];
    const command = new inspection.aws.services.DescribeLogStreamsCommand({ logGroupName, logStreamNamePrefix: name });
    const asked = await ask(inspection.aws.logs.send(command));
    const subject = `${logGroupName} ${name}`;
    const missing: [string, string] = ["there is no such log stream: Firehose cannot say what fails", inspection.apply];
    const found = inspection.take("log-stream", subject, asked, "logs:DescribeLogStreams", missing);
    if (found === undefined) continue;
    if (found.logStreams?.some(({ logStreamName }) => logStreamName === name)) inspection.ok("log-stream", subject);
    else inspection.problem("log-stream", subject, ...missing);
  }
  for (const [, block] of inspection.stack.all("aws_cloudwatch_log_subscription_filter"))
    await subscription(inspection, block);
}

async function subscription(inspection: Inspection, block: Block): Promise<void> {
  const [logGroupName, name] = [inspection.stack.text(block["log_group_name"])!, inspection.stack.text(block["name"])!];
  const asked = await ask(
    inspection.aws.logs.send(new inspection.aws.services.DescribeSubscriptionFiltersCommand({ logGroupName })),
  );
  const missing: [string, string] = [
    `there is no subscription filter ${name}: calls of HTTP and WebSocket stages do not reach the stream`,
    inspection.apply,
  ];
  const found = inspection.take("subscription", logGroupName, asked, "logs:DescribeSubscriptionFilters", missing);
  if (found === undefined) return;
  const filter = found.subscriptionFilters?.find(({ filterName }) => filterName === name);
  if (filter === undefined) return inspection.problem("subscription", logGroupName, ...missing);
  inspection.foundRole(block["role_arn"], filter.roleArn);
  inspection.compare(
    "subscription",
    logGroupName,
    { destination: filter.destinationArn, role: filter.roleArn, pattern: filter.filterPattern ?? "" },
    {
      destination: inspection.stack.text(block["destination_arn"]),
      role: inspection.stack.text(block["role_arn"]),
      pattern: block["filter_pattern"],
    },
  );
}

// Roles: who may assume them, and whether they allow all that they must.

export async function roles(inspection: Inspection): Promise<void> {
  for (const [address, block] of inspection.stack.all("aws_iam_role")) {
    const name = inspection.stack.text(`\${aws_iam_role.${address}.name}`);
    const prefix = String(block["name_prefix"] ?? block["name"]);
    if (name === undefined) {
      inspection.unknown("role", `${prefix}*`, "what uses it is missing, or uses another");
      continue;
    }
    const asked = await ask(inspection.aws.iam.send(new inspection.aws.services.GetRoleCommand({ RoleName: name })));
    const role = inspection.take("role", name, asked, "iam:GetRole", ["there is no such role", inspection.apply])?.Role;
    if (role === undefined) continue;
    inspection.ok("role", name);
    const trust = parseJson(decodeURIComponent(role.AssumeRolePolicyDocument ?? ""));
    if (sameJson(trust, parseJson(inspection.stack.text(block["assume_role_policy"])!)))
      inspection.ok("role-trust", name);
    else
      inspection.problem(
        "role-trust",
        name,
        "its trust policy is not the rollout's: the service may not be able to assume it",
        inspection.apply,
      );
    await grants(inspection, address, name);
  }
}

async function grants(inspection: Inspection, address: string, RoleName: string): Promise<void> {
  const { iam, services } = inspection.aws;
  for (const [, block] of inspection.stack.all("aws_iam_role_policy")) {
    if (inspection.stack.referred(block["role"])?.name !== address) continue;
    const PolicyName = String(block["name"]);
    const wanted = inspection.stack.text(block["policy"]);
    const asked = await ask(iam.send(new services.GetRolePolicyCommand({ RoleName, PolicyName })));
    const missing: [string, string] = [`it has no inline policy ${PolicyName}`, inspection.apply];
    const found = inspection.take("role-policy", RoleName, asked, "iam:GetRolePolicy", missing);
    if (found === undefined) continue;
    if (wanted === undefined) {
      inspection.unknown("role-policy", RoleName, "what it must allow refers to something that is missing");
      continue;
    }
    const lacks = missingGrants(parseJson(wanted), parseJson(decodeURIComponent(found.PolicyDocument ?? "")));
    if (lacks.length === 0) inspection.ok("role-policy", RoleName);
    else inspection.problem("role-policy", RoleName, `it does not allow ${lacks.join(", ")}`, inspection.apply);
  }
}
