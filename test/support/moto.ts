/** An AWS emulator on localhost, one for each test file. */
import { readFileSync, writeFileSync } from "node:fs";
import { createHash, randomUUID } from "node:crypto";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DeployCalls } from "./deploy-calls";
import { type Answer, Front, type Hook } from "./front";
import { ServerProcess } from "./server-process";
import { tools } from "./terraform";

const SERVICES = [
  "apigateway",
  "apigatewayv2",
  "cloudwatchlogs",
  "events",
  "firehose",
  "iam",
  "kms",
  "lambda",
  "s3",
  "secretsmanager",
  "sqs",
  "sts",
];

const START_TIMEOUT_MS = 5 * 60_000;

const LIFECYCLE = "aws_s3_bucket_lifecycle_configuration";

/** Terraform merges it into the configuration of its folder. */
export const OVERRIDE = "moto_override.tf.json";

export interface MotoOptions {
  /** Buckets get their lifecycle, too. The provider then waits for 55 seconds: it polls until S3 answers alike. */
  readonly lifecycle?: boolean;
  /**
   * AWS's own IAM policies, which a role can then have. They take half a second of processor time for each account, at
   * each start and reset.
   *
   * @default false
   */
  readonly managedPolicies?: boolean;
}

export class Moto {
  private constructor(
    private readonly server: ServerProcess,
    private readonly front: Front,
    private readonly options: MotoOptions,
    private readonly uploads: ReadonlyMap<string, Buffer>,
    /** What Terraform asked of AWS. */
    readonly deployCalls: DeployCalls,
  ) {}

  static async start(options: MotoOptions = {}): Promise<Moto> {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const environment = { MOTO_IAM_LOAD_MANAGED_POLICIES: String(options.managedPolicies ?? false) };
    const server = new ServerProcess(tools.moto!, ["-H", "127.0.0.1", "-p", String(port)], { environment });
    server.stdout.resume();
    const uploads = new Map<string, Buffer>();
    const deployCalls = new DeployCalls();
    const answer = keepingUploads(uploads, denyingPolicies());
    const front = await Front.start(url, (request) => {
      deployCalls.add(request);
      return request.headers["x-amz-target"] === "AmazonSQS.GetQueueAttributes"
        ? withPoliciesAsSet(front.forward(request))
        : answer(request);
    });
    const moto = new Moto(server, front, options, uploads, deployCalls);
    for (const end = Date.now() + START_TIMEOUT_MS; Date.now() < end;) {
      if (
        await fetch(`${url}/moto-api/`).then(
          () => true,
          () => false,
        )
      )
        return moto;
      await sleep(200);
    }
    moto.stop();
    throw new Error("moto_server did not start");
  }

  get url(): string {
    return this.front.url;
  }

  stop(): void {
    this.front.stop();
    this.server.stop();
  }

  /** Calls an API of AWS's JSON protocol in an account and region; moto reads the credentials and checks no signature. */
  async call(service: string, target: string, account: string, region: string, body: object): Promise<any> {
    const response = await fetch(this.url, {
      method: "POST",
      headers: {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": target,
        Authorization: authorization(await this.#accessKey(account), region, service),
      },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${target}: ${response.status} ${text}`);
    return text === "" ? {} : JSON.parse(text);
  }

  createSecret(account: string, region: string, name: string, value: object): Promise<unknown> {
    return this.call("secretsmanager", "secretsmanager.CreateSecret", account, region, {
      Name: name,
      SecretString: JSON.stringify(value),
      ClientRequestToken: randomUUID(),
    });
  }

  /** Calls S3, in the account of the credentials `test` if none is named. */
  async s3(
    method: "GET" | "PUT" | "DELETE",
    path: string,
    body?: string | Buffer,
    { account = "", region = "us-east-1" } = {},
  ): Promise<Response> {
    const key = account === "" ? "test" : await this.#accessKey(account);
    return fetch(`${this.url}/${path}`, { method, body, headers: { Authorization: authorization(key, region, "s3") } });
  }

  /** What Lambda says of a function. */
  async getFunction(account: string, region: string, name: string): Promise<any> {
    const response = await fetch(`${this.url}/2015-03-31/functions/${name}`, {
      headers: { Authorization: authorization(await this.#accessKey(account), region, "lambda") },
    });
    return response.json();
  }

  /** The zip that was uploaded with this SHA-256 in base64, which moto keeps and does not give away. */
  uploadOf(sha256: string): Buffer {
    return this.uploads.get(sha256)!;
  }

  /** What an account and region still have of what a stack makes. */
  async leftOvers(account: string, region: string): Promise<string[]> {
    const streams = await this.call("firehose", "Firehose_20150804.ListDeliveryStreams", account, region, {});
    const groups = await this.call("logs", "Logs_20140328.DescribeLogGroups", account, region, {});
    const filters = await this.call("logs", "Logs_20140328.DescribeMetricFilters", account, region, {});
    const queues = await this.call("sqs", "AmazonSQS.ListQueues", account, region, {});
    const alarms = await this.call("monitoring", "GraniteServiceVersion20100801.DescribeAlarms", account, region, {});
    const boards = await this.call("monitoring", "GraniteServiceVersion20100801.ListDashboards", account, region, {});
    const key = await this.#accessKey(account);
    const list = async (service: string, path: string, tag: RegExp): Promise<string[]> => {
      const response = await fetch(`${this.url}/${path}`, {
        headers: { Authorization: authorization(key, region, service) },
      });
      if (!response.ok) throw new Error(`${service} ${path}: ${response.status}`);
      return [...(await response.text()).matchAll(tag)].map(([, name]) => name!);
    };
    return [
      ...streams.DeliveryStreamNames,
      ...groups.logGroups.map((group: any) => group.logGroupName),
      ...filters.metricFilters.map((filter: any) => filter.filterName),
      ...(queues.QueueUrls ?? []),
      ...alarms.MetricAlarms.map((alarm: any) => alarm.AlarmName),
      ...boards.DashboardEntries.map((dashboard: any) => dashboard.DashboardName),
      ...(await list("lambda", "2015-03-31/functions/", /"FunctionName": ?"(.*?)"/g)),
      ...(await list("s3", "", /<Bucket>.*?<Name>(.*?)<\/Name>/gs)),
      ...(await list("apigateway", "restapis", /"name": ?"(.*?)"/g)),
      ...(await list("apigateway", "v2/apis", /"name": ?"(.*?)"/g)),
      ...(await list("sns", "?Action=ListTopics&Version=2010-03-31", /<TopicArn>(.*?)<\/TopicArn>/g)),
      ...(await list("iam", "?Action=ListRoles&Version=2010-05-08", /<RoleName>(.*?)<\/RoleName>/g)),
    ];
  }

  /** An access key by which moto knows the account. */
  async #accessKey(account: string): Promise<string> {
    const response = await fetch(this.url, {
      method: "POST",
      headers: {
        "Content-Type": "application/x-www-form-urlencoded",
        Authorization: authorization("test", "us-east-1", "sts"),
      },
      body: new URLSearchParams({
        Action: "AssumeRole",
        Version: "2011-06-15",
        RoleArn: `arn:aws:iam::${account}:role/test`,
        RoleSessionName: "test",
      }),
    });
    return (await response.text()).match(/<AccessKeyId>(.*?)<\/AccessKeyId>/)![1]!;
  }

  /** What makes the AWS clients of a Terraform run talk to moto. */
  environment(): Record<string, string> {
    return {
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_ENDPOINT_URL: this.url,
      AWS_MAX_ATTEMPTS: "4",
    };
  }

  /** The same in an account of one's own, so that several roots may be applied at once. */
  async environmentOf(account: string): Promise<Record<string, string>> {
    return { ...this.environment(), AWS_ACCESS_KEY_ID: await this.#accessKey(account) };
  }

  /**
   * What the block of a provider says besides, in Terraform's override file.
   *
   * @param elsewhere what stands before moto, by the service that it stands in for
   */
  provider(elsewhere: Readonly<Record<string, string>> = {}): Record<string, unknown> {
    return {
      endpoints: [{ ...Object.fromEntries(SERVICES.map((service) => [service, this.url])), ...elsewhere }],
      skip_credentials_validation: true,
      skip_metadata_api_check: true,
      s3_use_path_style: true,
      // A server error of the emulator would otherwise be retried 25 times; a lost connection deserves another try.
      max_retries: 4,
    };
  }

  /**
   * Points the provider of a synthesized stack at moto by Terraform's own override file; the stack itself stays as it
   * was synthesized.
   */
  redirect(
    directory: string,
    provider: Record<string, unknown> = {},
    elsewhere: Readonly<Record<string, string>> = {},
  ): void {
    const stack = join(directory, "cdk.tf.json");
    const resource = this.options.lifecycle ? {} : withoutLifecycle(stack);
    writeFileSync(
      join(directory, OVERRIDE),
      JSON.stringify({
        // Terraform refuses a block of resources that holds none.
        ...(Object.keys(resource).length > 0 && { resource }),
        provider: {
          aws: aliasesIn(stack).map((alias) => ({
            ...(alias !== undefined && { alias }),
            ...this.provider(elsewhere),
            ...provider,
          })),
        },
      }),
    );
  }
}

/** The aliases of a stack's AWS providers; `undefined` for the one without. */
function aliasesIn(file: string): (string | undefined)[] {
  const { provider } = JSON.parse(readFileSync(file, "utf8"));
  return (provider?.aws ?? [{}]).map(({ alias }: { alias?: string }) => alias);
}

/** Credentials as a signature names them; moto checks no signature. */
function authorization(accessKey: string, region: string, service: string): string {
  return `AWS4-HMAC-SHA256 Credential=${accessKey}/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`;
}

/**
 * Keeps the policies of buckets that deny something, in moto's place, which takes a Deny with a condition for one without:
 * a TLS-only policy would lock out every caller.
 */
function denyingPolicies(): Hook {
  const policies = new Map<string, Buffer>();
  return async ({ method, path, body }) => {
    const bucket = /^\/([^/?]+)\/?\?policy\b/.exec(path)?.[1];
    if (bucket === undefined) return undefined;
    const kept = policies.get(bucket);
    if (method === "GET") return kept && { status: 200, body: kept };
    policies.delete(bucket);
    if (method === "PUT" && body.includes('"Deny"')) policies.set(bucket, body);
    else if (!kept || method === "PUT") return undefined;
    return { status: 204, body: "" };
  };
}

/** Keeps the zips of functions as they are uploaded, by their SHA-256 in base64. */
function keepingUploads(uploads: Map<string, Buffer>, next: Hook): Hook {
  return (request) => {
    if (/^\/2015-03-31\/functions(\/[^/]+\/code)?$/.test(request.path) && request.body.length > 0) {
      const { ZipFile, Code = { ZipFile } } = JSON.parse(String(request.body));
      const zip = Buffer.from(Code.ZipFile ?? "", "base64");
      uploads.set(createHash("sha256").update(zip).digest("base64"), zip);
    }
    return next(request);
  };
}

/** Takes the lifecycle of its buckets out of a stack. */
function withoutLifecycle(file: string): object {
  const { resource } = JSON.parse(readFileSync(file, "utf8"));
  const names = Object.keys(resource?.[LIFECYCLE] ?? {});
  const none = Object.fromEntries(names.map((name) => [name, { count: 0 }]));
  return names.length === 0 ? {} : { [LIFECYCLE]: none };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** SQS keeps the redrive policy of a queue as it was set; moto puts spaces into it, a change to the provider. */
async function withPoliciesAsSet(asked: Promise<Answer>): Promise<Answer> {
  const answer = await asked;
  const value = answer.status === 200 ? JSON.parse(answer.body.toString()) : {};
  const policy = value.Attributes?.RedrivePolicy;
  if (policy === undefined) return answer;
  value.Attributes.RedrivePolicy = JSON.stringify(JSON.parse(policy));
  const headers = { "content-type": "application/x-amz-json-1.0" };
  return { status: 200, headers, body: JSON.stringify(value) };
}
