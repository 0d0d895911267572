/** Where stages log to: what `coverage` compares with is what Terraform makes, and knows nothing of before. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { rolloutStages } from "../../modules";
import { ROOT, synthesizeFile } from "../support/rollout";
import type { Synthesized } from "../support/synth";

const EXAMPLES = readdirSync(join(ROOT, "examples"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith("rollout.yaml"))
  .map((file) => join("examples", file));

/** The name of the resource whose ARN a stack outputs. */
function nameOf({ json }: Synthesized, output: string): string | undefined {
  const [, type, address] = /^\$\{(\w+)\.(\w+)\.arn\}$/.exec(json.output[output]?.value) ?? [];
  return type && json.resource[type][address!].name;
}

describe.each(["rollout.yaml", ...EXAMPLES])("%s", (file) => {
  const stacks = synthesizeFile(file);
  const targets = rolloutStages(join(ROOT, file));

  it("has a target for each stack", () => {
    expect(targets.map(({ stackName }) => stackName).sort()).toEqual([...stacks.keys()].sort());
  });

  it.each(targets)("has the stream and the log group of $stackName", ({ stackName, accountId, region, ...target }) => {
    const stack = stacks.get(stackName)!;
    const { partition, deployRole, destinations } = target;
    const arn = (service: string, name: string) => `arn:${partition}:${service}:${region}:${accountId}:${name}`;
    const group = nameOf(stack, "stage_log_group_arn");
    const stream = arn("firehose", `deliverystream/${nameOf(stack, "stream_arn")}`);
    const logGroup = group && arn("logs", `log-group:${group}`);
    expect([destinations.REST, destinations.HTTP, destinations.WEBSOCKET].map((one) => one?.destinationArn)).toEqual([
      stream,
      logGroup,
      logGroup,
    ]);
    const [provider] = stack.json.provider.aws;
    expect({ region, accounts: [accountId], role: deployRole }).toEqual({
      region: provider.region,
      accounts: provider.allowed_account_ids,
      role: provider.assume_role?.[0].role_arn,
    });
  });

  it.each(targets)("has the formats that $stackName outputs", ({ stackName, destinations }) => {
    const { output } = stacks.get(stackName)!.json;
    expect(destinations.REST?.format).toBe(output.access_log_format.value);
    expect(destinations.HTTP?.format).toBe(output.access_log_format_http?.value);
    expect(destinations.WEBSOCKET?.format).toBe(output.access_log_format_websocket?.value);
  });
});
