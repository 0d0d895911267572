/** Compares what AWS has with what the rollout file deploys. Reads, and changes nothing. */
import { createApiGateway } from "../../lambda/api-gateway/api-gateway";
import type { Stage } from "../../lambda/api-gateway/stage";
import { coverageRows, logsTo } from "../coverage/rows";
import type { Clients } from "./clients";
import type { Expected } from "./expected";
import { functions, settings } from "./functions";
import { ask, Inspection } from "./inspection";
import { logs, roles } from "./logs-and-roles";
import { secrets } from "./secrets";
import { bucket, stream, streamSettings } from "./stream";

/**
 * Checks one account and region. The order counts: what uses a role or a bucket says its name.
 *
 * @throws NoAccess if AWS does not say whether there is a stream
 */
export async function checkSetUp(expected: Expected, clients: Clients): Promise<Inspection> {
  const inspection = new Inspection(expected, clients);
  await secrets(inspection);
  const found = await stream(inspection);
  await functions(inspection);
  if (found) streamSettings(inspection, found);
  await bucket(inspection);
  await settings(inspection);
  await logs(inspection);
  await roles(inspection);
  await stages(inspection);
  return inspection;
}

/** A check for each stage that the rollout file lists or matches. */
async function stages(inspection: Inspection): Promise<void> {
  const { target } = inspection.expected;
  const { credentials } = inspection.aws;
  const apiGateway = createApiGateway({ region: target.region, ...(credentials && { credentials }) });
  const read = async () => {
    const all: Stage[] = [];
    for await (const stage of apiGateway.stages()) all.push(stage);
    return all;
  };
  const subject = `stages in ${target.region}`;
  const all = inspection.take("stage", subject, await ask(read()), "apigateway:GET", [
    "there is no API Gateway",
    inspection.apply,
  ]);
  if (all === undefined) return;
  const rows = coverageRows(target, all);
  for (const row of rows.filter(({ wanted }) => wanted)) {
    const name = `${row.apiId} ${row.stage}`;
    const issues = row.issues.map(({ message }) => message).join("; ");
    if (row.covered) inspection.ok("stage", name);
    else inspection.problem("stage", name, `it logs to: ${logsTo(row)}${issues && ` (${issues})`}`, row.advice);
  }
  const covered = rows.filter((row) => row.covered).length;
  if (covered > 0) inspection.ok("stages", subject);
  else
    inspection.problem(
      "stages",
      subject,
      "no stage logs to Moesif: no call arrives",
      "list a stage under apis[].stages, or set its access log",
    );
}
