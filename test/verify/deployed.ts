/** A rollout that Terraform has applied on moto, with a REST and an HTTP stage, and what breaks it. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StageId } from "../../lambda/api-gateway/stage";
import { Front, type Request } from "../support/front";
import { LambdaProxy } from "../support/lambda-proxy";
import { ROOT, synthesizeFile } from "../support/rollout";
import { Terraform } from "../support/terraform";
import { Account } from "../stage-enrollment/support";

export const ACCOUNT = "123456789012";
export const REGION = "eu-west-1";
export const STREAM = "amazon-apigateway-moesif";
export const STACK = "moesif-production-eu-west-1";

const SECRETS = {
  "moesif/application-id": { api_key: "the-application-id-itself" },
  "moesif/hash-key": { hash_key: "the-key-of-hashes-itself-of-32-characters" },
};

/** An applied rollout. Its events are in Moesif's model. */
export class DeployedRollout {
  /** Takes what `verify` puts on the stream: moto's own goes nowhere. */
  put: (data: Buffer) => Promise<void> = async () => {};
  /** Operations that AWS does not allow. */
  refused = new Set<string>();
  /** What CloudWatch has of a metric, by the minute; moto does not speak the protocol of the SDK. */
  metric: (name: string) => readonly (readonly [time: Date, value: number])[] = () => [];
  readonly #front: Promise<Front>;

  private constructor(
    readonly account: Account,
    private readonly lambda: LambdaProxy,
    readonly file: string,
    readonly rest: StageId,
    readonly http: StageId,
  ) {
    this.#front = Front.start(account.moto.url, (request) => this.#answer(request));
  }

  static async apply(): Promise<DeployedRollout> {
    const account = await Account.start();
    const { RECORD_URL: _, CALLS_PER_SECOND: __, ...environment } = account.environment();
    const module = join(ROOT, "dist", "lambda", "stage-enrollment", "index.mjs");
    const lambda = await LambdaProxy.start({ moto: account.moto.url, module, environment });
    const rest = await account.stage();
    const http = await account.stage({ type: "HTTP", stage: "live" });
    for (const [name, value] of Object.entries(SECRETS)) await account.moto.createSecret(ACCOUNT, REGION, name, value);
    const file = join(mkdtempSync(join(tmpdir(), "verify-")), "rollout.yaml");
    writeFileSync(
      file,
      [
        "version: 1",
        "defaults:",
        "  applicationId: { secretName: moesif/application-id }",
        "  redaction: { hash: [user] }",
        "  hashKey: { secretName: moesif/hash-key }",
        "  output: event",
        "state: { local: { directory: state } }",
        "accounts:",
        `  - id: "${ACCOUNT}"`,
        "    name: production",
        "    regions:",
        `      - name: ${REGION}`,
        "        apis:",
        `          - { id: ${rest.apiId}, name: orders, stages: [${rest.stage}] }`,
        `          - { id: ${http.apiId}, name: search, type: HTTP, stages: [${http.stage}] }`,
        "",
      ].join("\n"),
    );
    const { directory } = synthesizeFile(file).get(STACK)!;
    account.moto.redirect(directory, {}, { lambda: lambda.url });
    const terraform = new Terraform(directory, account.moto.environment());
    await terraform.must(["init", "-input=false", "-no-color", "-backend-config=path=terraform.tfstate"]);
    await terraform.apply();
    const rollout = new DeployedRollout(account, lambda, file, rest, http);
    // For the commands that a test runs.
    const { url } = await rollout.#front;
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_FIREHOSE: url,
      AWS_ENDPOINT_URL_CLOUDWATCH: url,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
    });
    return rollout;
  }

  async #answer({ headers, body }: Request) {
    const target = String(headers["x-amz-target"]);
    const answer = (value: object, status = 200) => {
      return { status, headers: { "content-type": "application/x-amz-json-1.1" }, body: JSON.stringify(value) };
    };
    if (this.refused.has(target.split(".")[1]!)) {
      return answer({ __type: "AccessDeniedException", Message: "not authorized" }, 400);
    }
    if (target.endsWith(".PutRecord")) {
      await this.put(Buffer.from(JSON.parse(String(body)).Record.Data, "base64"));
      return answer({ RecordId: "1" });
    }
    if (!target.endsWith(".GetMetricData")) return undefined;
    const { StartTime, EndTime, MetricDataQueries } = JSON.parse(String(body));
    const [{ Id, MetricStat }] = MetricDataQueries;
    const points = this.metric(MetricStat.Metric.MetricName)
      .map(([time, value]) => [time.getTime() / 1000, value] as const)
      .filter(([time]) => time >= StartTime && time < EndTime);
    const result = { Id, Timestamps: points.map(([time]) => time), Values: points.map(([, value]) => value) };
    return answer({ MetricDataResults: [result] });
  }

  async stop(): Promise<void> {
    (await this.#front).stop();
    this.lambda.stop();
    await this.account.stop();
  }
}
