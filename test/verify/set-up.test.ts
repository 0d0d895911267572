/** `verify` as it is installed, on a rollout that Terraform applied on moto: what is broken is found, with cause and fix. */
import { gunzipSync } from "node:zlib";
import { LambdaClient, UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { DeleteFunctionCommand, GetFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { EXIT } from "../../common/exit-codes";
import { run } from "../cli/support";
import { owners } from "../stage-enrollment/support";
import { describeWithMoto } from "../support/terraform";
import { type DataPlane, DeployedPipeline } from "../faults/deployed-pipeline";
import { ManagementApi, TOKEN } from "./management-api";
import { ACCOUNT, DeployedRollout, REGION, STACK, STREAM } from "./deployed";

const FUNCTION = "moesif-transform-moesif";
const ERROR_LOG = "/aws/kinesisfirehose/amazon-apigateway-moesif";
const STAGE_LOG = "/aws/vendedlogs/apigateway/moesif";
const SECRETS = ["the-application-id-itself", "the-key-of-hashes-itself-of-32-characters"];
const APPLY = `apply the stack ${STACK}`;

interface Line {
  readonly id: string;
  readonly subject: string;
  readonly result: string;
  readonly cause: string;
  readonly fix: string;
}

describeWithMoto("verify", () => {
  let rollout: DeployedRollout;
  let lambda: LambdaClient;
  /** Names that Terraform has made. */
  let bucket: string;
  let roles: Readonly<Record<string, string>>;

  beforeAll(async () => {
    process.env.VERIFY_TOKEN = TOKEN;
    rollout = await DeployedRollout.apply();
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    lambda = new LambdaClient({ endpoint: rollout.account.moto.url, region: REGION, credentials });
    const { BucketARN } = (await endpoint()).S3DestinationDescription;
    bucket = BucketARN.split(":::")[1];
    const left = await rollout.account.moto.leftOvers(ACCOUNT, REGION);
    const named = (prefix: string) => left.find((name) => name.startsWith(prefix))!;
    roles = { delivery: named("moesif-delivery-"), transform: named("moesif-transform-moesif-") };
  });
  afterAll(async () => {
    lambda?.destroy();
    await rollout?.stop();
  });

  const call = (service: string, target: string, body: object) =>
    rollout.account.moto.call(service, target, ACCOUNT, REGION, body);
  const firehose = (operation: string, body: object = {}) =>
    call("firehose", `Firehose_20150804.${operation}`, { DeliveryStreamName: STREAM, ...body });
  const secrets = (operation: string, body: object) => call("secretsmanager", `secretsmanager.${operation}`, body);
  const logs = (operation: string, body: object) => call("logs", `Logs_20140328.${operation}`, body);

  const encrypt = (KmsKeyId: string) => {
    const SecretString = JSON.stringify({ api_key: SECRETS[0] });
    const ClientRequestToken = crypto.randomUUID();
    return secrets("UpdateSecret", { SecretId: "moesif/application-id", KmsKeyId, SecretString, ClientRequestToken });
  };

  const description = async () => (await firehose("DescribeDeliveryStream")).DeliveryStreamDescription;
  const endpoint = async () => (await description()).Destinations[0].HttpEndpointDestinationDescription;

  /** Changes the destination of the stream. */
  async function update(change: object): Promise<void> {
    const { VersionId, Destinations } = await description();
    const HttpEndpointDestinationUpdate = { ...change };
    const place = { CurrentDeliveryStreamVersionId: VersionId, DestinationId: Destinations[0].DestinationId };
    await firehose("UpdateDestination", { ...place, HttpEndpointDestinationUpdate });
  }

  async function verify(...args: string[]) {
    const all = ["verify", "--rollout", rollout.file, "--no-record", ...args];
    const result = await run(all);
    for (const secret of SECRETS) expect(result.stdout + result.stderr).not.toContain(secret);
    return result;
  }

  /** All that is not as it should be. */
  async function issues(): Promise<Line[]> {
    const { code, stdout } = await verify("--json");
    const lines: Line[] = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))
      .filter(({ result }) => result !== undefined && result !== "ok");
    expect(code).toBe(lines.some(({ result }) => result === "problem") ? EXIT.found : EXIT.done);
    return lines;
  }

  it("finds every check in order after the apply, and changes nothing", async () => {
    const { code, stdout, stderr } = await verify();
    expect({ code, stderr }).toEqual({ code: EXIT.done, stderr: "" });
    expect(stdout).toMatch(/\d+ checks: \d+ ok, 0 problems, 0 unknown\./);
    expect(stdout).not.toMatch(/│ (problem|unknown) /);
  });

  it("shows the same in the other forms", async () => {
    expect((await verify("--reporter", "markdown")).stdout).toContain(`| stream-url | ${STREAM} | ok |`);
    expect((await verify("--json")).stdout.trim().split("\n").at(-1)).toMatch(
      /^\{"totals":\{"ok":\d+,"problem":0,"unknown":0,"errors":0\}\}$/,
    );
  });

  it("ends with 3 where AWS does not even say whether there is a stream", async () => {
    rollout.refused.add("DescribeDeliveryStream");
    const { code, stderr } = await verify();
    rollout.refused.clear();
    expect(code).toBe(EXIT.noAccess);
    expect(stderr).toBe(
      `account ${ACCOUNT} (production), ${REGION}: AccessDeniedException: not authorized  [no-access]\n` +
        "  fix: allow firehose:DescribeDeliveryStream to the role or user that checks\n",
    );
  });

  it("says what it could not check, and which permission that needs", async () => {
    rollout.refused.add("GetSecretValue");
    const found = await issues();
    rollout.refused.clear();
    const fix = "allow secretsmanager:GetSecretValue to the role that checks";
    expect(found).toEqual([
      expect.objectContaining({ id: "secret-value", result: "unknown", fix }),
      expect.objectContaining({ id: "hash-key-value", result: "unknown", fix }),
    ]);
  });

  /** Something that is broken and mended again. */
  interface Case {
    readonly what: string;
    readonly id: string;
    readonly cause: RegExp;
    readonly fix?: string;
    breaks(): Promise<unknown>;
    mends(): Promise<unknown>;
    /** Other checks that fail with it. */
    readonly also?: readonly string[];
  }

  /** Sets variables of the function. */
  async function setVariables(change: Record<string, string>): Promise<Record<string, string>> {
    const FunctionName = FUNCTION;
    const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    const Variables = { ...Environment!.Variables, ...change };
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
    return Environment!.Variables as Record<string, string>;
  }

  const iam = async (Action: string, parameters: Record<string, string>) => {
    const { moto } = rollout.account;
    const environment = await moto.environmentOf(ACCOUNT);
    const authorization = `AWS4-HMAC-SHA256 Credential=${environment.AWS_ACCESS_KEY_ID}/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0`;
    const body = new URLSearchParams({ Action, Version: "2010-05-08", ...parameters });
    const response = await fetch(moto.url, { method: "POST", body, headers: { authorization } });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return text;
  };
  const policyOf = async (RoleName: string, PolicyName: string) => {
    const text = await iam("GetRolePolicy", { RoleName, PolicyName });
    return decodeURIComponent(/<PolicyDocument>(.*?)<\/PolicyDocument>/s.exec(text)![1]!.replaceAll("&quot;", '"'));
  };
  let kept: any;

  const CASES: readonly Case[] = [
    {
      what: "the secret is scheduled for deletion",
      id: "secret",
      cause: /^it is scheduled for deletion$/,
      fix: "restore it: aws secretsmanager restore-secret",
      breaks: () => secrets("DeleteSecret", { SecretId: "moesif/application-id", RecoveryWindowInDays: 7 }),
      mends: () => secrets("RestoreSecret", { SecretId: "moesif/application-id" }),
    },
    ...(
      [
        ["has no api_key", `{"key":"${SECRETS[0]}"}`, /^its value has no text under "api_key"$/],
        ["is not JSON", SECRETS[0]!, /^its value is not a JSON object$/],
        ["holds a line break", `{"api_key":"${SECRETS[0]}\\n"}`, /has a blank, a line break/],
      ] as const
    ).map(([what, SecretString, cause]): Case => ({
      what: `the secret ${what}`,
      id: "secret-value",
      cause,
      fix: `set its value to {"api_key": "<application id>"}`,
      breaks: () =>
        secrets("PutSecretValue", {
          SecretId: "moesif/application-id",
          SecretString,
          ClientRequestToken: crypto.randomUUID(),
        }),
      mends: () =>
        secrets("PutSecretValue", {
          SecretId: "moesif/application-id",
          SecretString: `{"api_key":"${SECRETS[0]}"}`,
          ClientRequestToken: crypto.randomUUID(),
        }),
    })),
    {
      what: "a key encrypts the secret that the rollout file does not name",
      id: "secret-key",
      cause:
        /^the KMS key arn:aws:kms:.* encrypts it, and the rollout file does not name the key: Firehose and the function cannot read/,
      fix: `set kmsKey with the secret in the rollout file, and ${APPLY}`,
      breaks: () => encrypt("arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"),
      mends: () => encrypt("alias/aws/secretsmanager"),
    },
    {
      what: "the key of hashes is too short",
      id: "hash-key-value",
      cause: /^its value has no text of 32 characters under "hash_key"$/,
      fix: `set its value to {"hash_key": "<key>"}`,
      breaks: () =>
        secrets("PutSecretValue", {
          SecretId: "moesif/hash-key",
          SecretString: `{"hash_key":"short"}`,
          ClientRequestToken: crypto.randomUUID(),
        }),
      mends: () =>
        secrets("PutSecretValue", {
          SecretId: "moesif/hash-key",
          SecretString: `{"hash_key":"${SECRETS[1]}"}`,
          ClientRequestToken: crypto.randomUUID(),
        }),
    },
    ...(
      [
        [
          "delivers to another address",
          "stream-url",
          /^url is "https:\/\/other.example", expected "https:\/\/api.moesif.net\/v1\/partners\/aws\/kinesis\/events"$/,
          { EndpointConfiguration: { Url: "https://other.example", Name: "Moesif" } },
        ],
        [
          "buffers longer",
          "stream-buffering",
          /^seconds is 900, expected 60$/,
          { BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 900 } },
        ],
        ["does not retry", "stream-retry", /^seconds is 0, expected 300$/, { RetryOptions: { DurationInSeconds: 0 } }],
        [
          "backs up everything",
          "stream-backup-mode",
          /^mode is "AllData", expected "FailedDataOnly"$/,
          { S3BackupMode: "AllData" },
        ],
        [
          "does not compress",
          "stream-compression",
          /^requests is "NONE", expected "GZIP"$/,
          { RequestConfiguration: { ContentEncoding: "NONE" } },
        ],
        [
          "bypasses the transformer",
          "stream-transformer",
          /^enabled is false, expected true; LambdaArn is not set, expected "arn:aws:lambda:/,
          { ProcessingConfiguration: { Enabled: false, Processors: [] } },
        ],
        [
          "reads another secret",
          "stream-secret",
          /^arn is "arn:aws:secretsmanager:eu-west-1:123456789012:secret:other-abcdef", expected/,
          {
            SecretsManagerConfiguration: {
              Enabled: true,
              SecretARN: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:other-abcdef",
            },
          },
        ],
        [
          "reads no secret",
          "stream-secret",
          /^enabled is false, expected true/,
          { SecretsManagerConfiguration: { Enabled: false } },
        ],
        [
          "writes no error log",
          "stream-error-log",
          /^delivery enabled is false, expected true/,
          { CloudWatchLoggingOptions: { Enabled: false } },
        ],
      ] as const
    ).map(([what, id, cause, change]): Case => ({
      what: `the stream ${what}`,
      id,
      cause,
      breaks: async () => {
        kept = await endpoint();
        await update(change);
      },
      mends: async () => {
        const key = Object.keys(change)[0]!;
        await update({ [key]: kept[key] });
      },
    })),
    {
      what: "the delivery role may not invoke the function",
      id: "role-policy",
      cause:
        /^it does not allow lambda:InvokeFunction on arn:aws:lambda:eu-west-1:123456789012:function:moesif-transform-moesif:\$LATEST$/,
      breaks: async () => {
        kept = await policyOf(roles.delivery!, "deliver");
        const PolicyDocument = kept.replace('"lambda:InvokeFunction",', "");
        await iam("PutRolePolicy", { RoleName: roles.delivery!, PolicyName: "deliver", PolicyDocument });
      },
      mends: () => iam("PutRolePolicy", { RoleName: roles.delivery!, PolicyName: "deliver", PolicyDocument: kept }),
    },
    {
      what: "the function's role has no policy",
      id: "role-policy",
      cause: /^it has no inline policy transform$/,
      breaks: async () => {
        kept = await policyOf(roles.transform!, "transform");
        await iam("DeleteRolePolicy", { RoleName: roles.transform!, PolicyName: "transform" });
      },
      mends: () => iam("PutRolePolicy", { RoleName: roles.transform!, PolicyName: "transform", PolicyDocument: kept }),
    },
    {
      what: "another service may assume the delivery role",
      id: "role-trust",
      cause: /^its trust policy is not the rollout's/,
      breaks: async () => {
        const text = await iam("GetRole", { RoleName: roles.delivery! });
        kept = decodeURIComponent(/<AssumeRolePolicyDocument>(.*?)<\//s.exec(text)![1]!.replaceAll("&quot;", '"'));
        const PolicyDocument = kept.replace("firehose.amazonaws.com", "ec2.amazonaws.com");
        await iam("UpdateAssumeRolePolicy", { RoleName: roles.delivery!, PolicyDocument });
      },
      mends: () => iam("UpdateAssumeRolePolicy", { RoleName: roles.delivery!, PolicyDocument: kept }),
    },
    {
      what: "the function has less memory",
      id: "function-configuration",
      cause: /^memory is 128, expected 256$/,
      breaks: () => lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: FUNCTION, MemorySize: 128 })),
      mends: () => lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: FUNCTION, MemorySize: 256 })),
    },
    {
      what: "the function works with other settings",
      id: "settings",
      cause: /^it works with other settings than the rollout file's$/,
      also: ["settings-object"],
      breaks: async () => (kept = await setVariables({ SETTINGS_SHA256: "0".repeat(64) })),
      mends: () => setVariables(kept),
    },
    {
      what: "the settings are missing",
      id: "settings-object",
      cause: /^the function's settings are not there: it refuses to work$/,
      breaks: async () => (kept = await setVariables({ SETTINGS_URL: `s3://${bucket}/transformer/moesif/gone.json` })),
      mends: () => setVariables(kept),
    },
    {
      what: "the settings were changed by hand",
      id: "settings-object",
      cause: /^it is not what Terraform wrote: the function refuses to work with it$/,
      breaks: async () => {
        const key = "transformer/moesif/edited.json";
        await rollout.account.moto.s3("PUT", `${bucket}/${key}`, '{"version":1}', { account: ACCOUNT, region: REGION });
        kept = await setVariables({ SETTINGS_URL: `s3://${bucket}/${key}` });
      },
      mends: () => setVariables(kept),
    },
    {
      what: "a stage does not log",
      id: "stage",
      cause: /^it logs to: nowhere$/,
      fix: "deploy the stack: it sets the access log",
      breaks: () => rollout.account.api.removeAccessLog(rollout.rest),
      mends: () => rollout.account.api.setAccessLog(rollout.rest, kept),
    },
    {
      what: "a stage logs to another log group",
      id: "stage",
      cause: /^it logs to: log group owner$/,
      fix: "set overwrite: true on the stage, and deploy the stack",
      breaks: () => rollout.account.api.setAccessLog(rollout.rest, owners),
      mends: () => rollout.account.api.setAccessLog(rollout.rest, kept),
    },
    {
      what: "a stage logs in a format that Moesif does not take",
      id: "stage",
      cause: /^it logs to: Moesif, in a bad format \(.*requestTime/,
      fix: "deploy the stack: it sets the rollout's format",
      breaks: () =>
        rollout.account.api.setAccessLog(rollout.rest, { ...kept, format: '{"requestId":"$context.requestId"}' }),
      mends: () => rollout.account.api.setAccessLog(rollout.rest, kept),
    },
    {
      what: "the log group of stages has no subscription",
      id: "subscription",
      cause: /^there is no subscription filter moesif: calls of HTTP and WebSocket stages do not reach the stream$/,
      also: ["role"],
      breaks: async () => {
        [kept] = (await logs("DescribeSubscriptionFilters", { logGroupName: STAGE_LOG })).subscriptionFilters;
        await logs("DeleteSubscriptionFilter", { logGroupName: STAGE_LOG, filterName: "moesif" });
      },
      mends: () => {
        const { logGroupName, filterName, filterPattern, destinationArn, roleArn } = kept;
        return logs("PutSubscriptionFilter", { logGroupName, filterName, filterPattern, destinationArn, roleArn });
      },
    },
    {
      what: "the function has no log group",
      id: "log-group",
      cause: /^there is no such log group$/,
      breaks: () => logs("DeleteLogGroup", { logGroupName: `/aws/lambda/${FUNCTION}` }),
      mends: () => logs("CreateLogGroup", { logGroupName: `/aws/lambda/${FUNCTION}` }),
    },
    {
      what: "Firehose has no log stream for its errors",
      id: "log-stream",
      cause: /^there is no such log stream: Firehose cannot say what fails$/,
      breaks: () => logs("DeleteLogStream", { logGroupName: ERROR_LOG, logStreamName: "DestinationDelivery" }),
      mends: () => logs("CreateLogStream", { logGroupName: ERROR_LOG, logStreamName: "DestinationDelivery" }),
    },
    {
      what: "nothing blocks public access to the bucket",
      id: "bucket-public-access",
      cause: /^nothing blocks public access to it$/,
      breaks: async () => {
        const path = `${bucket}?publicAccessBlock`;
        kept = await (
          await rollout.account.moto.s3("GET", path, undefined, { account: ACCOUNT, region: REGION })
        ).text();
        await rollout.account.moto.s3("DELETE", path, undefined, { account: ACCOUNT, region: REGION });
      },
      mends: () =>
        rollout.account.moto.s3("PUT", `${bucket}?publicAccessBlock`, kept, { account: ACCOUNT, region: REGION }),
    },
  ];

  it.each(CASES.map((one) => [one.what, one] as const))(
    "finds that %s",
    async (_, { id, cause, fix = APPLY, also = [], breaks, mends }) => {
      if (id === "stage") [kept] = await rollout.account.logs(rollout.rest);
      await breaks();
      try {
        const found = await issues();
        const own = found.find((issue) => issue.id === id && issue.result === "problem");
        expect(own).toMatchObject({ cause: expect.stringMatching(cause), fix });
        expect(found.filter((issue) => issue !== own).map((issue) => issue.id)).toEqual(also);
      } finally {
        await mends();
      }
    },
  );

  it("finds nothing any more where all is mended", async () => {
    expect(await issues()).toEqual([]);
  });

  describe("with the stream, the function and the bucket at work", () => {
    let api: ManagementApi;
    let pipeline: DeployedPipeline;
    let plane: DataPlane;
    let subject: ReturnType<DataPlane["subjectOf"]>;
    /** What Moesif got, once each. */
    const events = new Map<string, any>();

    beforeAll(async () => {
      api = await ManagementApi.start();
      api.events = () => [...events.values()];
      pipeline = await DeployedPipeline.find(rollout.account.moto, ACCOUNT, REGION, STREAM);
      plane = await pipeline.open();
      subject = plane.subjectOf("verify");
      const { moesif } = subject.aws;
      const post = moesif.post.bind(moesif);
      moesif.post = async (request) => {
        const reply = await post(request);
        const { records } = JSON.parse(gunzipSync(request.body).toString());
        const delivered = records.map(({ data }: any) => JSON.parse(Buffer.from(data, "base64").toString()));
        if (reply.status === 200) for (const event of delivered) events.set(event.transaction_id, event);
        return reply;
      };
      rollout.put = (data) => subject.put(data);
    });
    afterAll(async () => {
      await plane?.close();
      pipeline?.close();
      api?.stop();
    });

    const sending = ["--timeout", "8", "--json"];
    async function send(...args: string[]): Promise<Line[]> {
      const { stdout, stderr } = await run(["verify", "--rollout", rollout.file, ...sending, ...args]);
      expect(stderr).toBe("");
      for (const secret of [...SECRETS, TOKEN]) expect(stdout).not.toContain(secret);
      return stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
    }
    const byId = (lines: readonly Line[]) => Object.fromEntries(lines.map((line) => [line.id, line]));

    it("reads every field of its call back out of Moesif, hashes and weight included", async () => {
      const lines = await send("--moesif-token", "env:VERIFY_TOKEN", "--moesif-api", api.url);
      expect(lines.filter(({ result }) => result === "problem")).toEqual([]);
      const { record, ...found } = byId(lines);
      expect(record!.result).toBe("ok");
      expect(found["moesif-event"]!.cause).toMatch(/^present after \d s$/);
      expect(found["moesif-duplicate"]!.cause).toBe("sent twice, shown once");
      expect(found["moesif-weight"]!.cause).toBe("delivered 2, shown 2");
      const [event] = [...events.values()].filter(({ weight }) => weight === undefined);
      expect(event).toMatchObject({
        request: { uri: expect.stringMatching(/cdktf-moesif-firehose\/verify\/[0-9a-f-]{36}$/) },
        user_id: expect.stringMatching(/^hmac:/),
      });
    });

    it("says why its call is in the backup bucket", async () => {
      const { behaviour } = subject.aws.moesif;
      subject.aws.moesif.behaviour = () => ({ status: 401 });
      const found = byId(await send());
      subject.aws.moesif.behaviour = behaviour;
      expect(found["record-delivered"]).toMatchObject({
        result: "problem",
        cause: expect.stringMatching(
          /^it is in the backup bucket: HttpEndpoint\.DestinationException: Received the following response/,
        ),
        fix: "compare the application id in the secret with Moesif's, and whether the subscription is active",
      });
    });

    it.each([
      ["as many", 0, 0, "ok"],
      ["fewer than were delivered", -200, EXIT.found, "problem"],
      ["more than were delivered", 200, EXIT.found, "problem"],
    ])("counts %s in Moesif, but for what is under way", async (_, difference, code, result) => {
      const minute = (index: number) => new Date((Math.floor(Date.now() / 60_000) - index) * 60_000);
      rollout.metric = (name) =>
        name === "EventsKept" ? Array.from({ length: 100 }, (_, index) => [minute(index), 10] as const) : [];
      api.count = 600 + difference;
      const args = ["--count", "--since", "1h", "--moesif-token", "env:VERIFY_TOKEN", "--moesif-api", api.url];
      const answer = await run(["verify", "--rollout", rollout.file, ...args, "--json"]);
      const [line] = answer.stdout
        .trim()
        .split("\n")
        .map((one) => JSON.parse(one));
      expect(line).toMatchObject({ id: "count", result });
      expect(line.cause).toContain(`kept 600 calls`);
      expect(line.cause).toContain(`Moesif counts ${600 + difference}: a difference of ${difference}`);
      expect(answer.code).toBe(code);
      const { body, parameters } = api.asked.at(-1)!;
      expect(JSON.stringify(body)).toContain(`"metadata.accountId.raw":"${ACCOUNT}"`);
      expect(parameters.get("track_total_hits")).toBe("true");
    });
  });

  // What is missing cannot be made as it was: so one thing after another goes.

  it.each<[string, string, RegExp, () => Promise<unknown>]>([
    [
      "the function",
      "function",
      /^there is no such function in this account and region$/,
      () => lambda.send(new DeleteFunctionCommand({ FunctionName: FUNCTION })),
    ],
    [
      "the secret",
      "secret",
      /^there is no such secret$/,
      () => secrets("DeleteSecret", { SecretId: "moesif/application-id", ForceDeleteWithoutRecovery: true }),
    ],
    [
      "the stream",
      "stream",
      /^there is no such stream in this account and region$/,
      () => firehose("DeleteDeliveryStream"),
    ],
  ])("finds that %s is missing, and says no more of it", async (_, id, cause, remove) => {
    await remove();
    const found = await issues();
    const own = found.filter((issue) => issue.id.split("-")[0] === id && issue.result === "problem");
    expect(own).toEqual([expect.objectContaining({ id, cause: expect.stringMatching(cause) })]);
  });
});
