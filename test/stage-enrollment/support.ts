/** The enrollment function against moto: APIs and stages that others own, and what these have. */
import {
  APIGatewayClient,
  CreateDeploymentCommand,
  CreateRestApiCommand,
  CreateStageCommand,
  DeleteStageCommand,
  GetResourcesCommand,
  PutIntegrationCommand,
  PutMethodCommand,
} from "@aws-sdk/client-api-gateway";
import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateStageCommand as CreateV2StageCommand,
  DeleteStageCommand as DeleteV2StageCommand,
} from "@aws-sdk/client-apigatewayv2";
import { type ApiGateway, createApiGateway } from "../../lambda/api-gateway/api-gateway";
import { Pace } from "../../lambda/api-gateway/pace";
import type { AccessLogSettings, ApiType, StageId } from "../../lambda/api-gateway/stage";
import type { Enrollment, EnrollmentAnswer, EnrollmentRecord } from "../../lambda/stage-enrollment/contract";
import { handler } from "../../lambda/stage-enrollment/handler";
import { ApiGatewayProxy } from "../support/api-gateway-proxy";
import { Moto, type MotoOptions } from "../support/moto";

export const STREAM = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/amazon-apigateway-moesif";
export const GROUP = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/vendedlogs/apigateway/moesif";
export const OWNERS = "arn:aws:logs:eu-west-1:123456789012:log-group:owner";

export const destinations = {
  REST: { destinationArn: STREAM, format: '{"requestId":"$context.requestId","type":"REST"}' },
  HTTP: { destinationArn: GROUP, format: '{"requestId":"$context.requestId","type":"HTTP"}' },
  WEBSOCKET: { destinationArn: GROUP, format: '{"requestId":"$context.requestId","type":"WEBSOCKET"}' },
} as const satisfies Enrollment["destinations"];

/** What an owner had before. */
export const owners: AccessLogSettings = { destinationArn: OWNERS, format: "$context.requestId" };

/** The bucket of a pipeline. */
function bucketOf(pipeline: string): string {
  return pipeline === "moesif" ? "backup" : `backup-${pipeline}`;
}

interface Wishes {
  readonly type?: ApiType;
  readonly name?: string;
  readonly stage?: string;
  readonly apiTags?: Record<string, string>;
  readonly stageTags?: Record<string, string>;
  readonly accessLog?: AccessLogSettings;
}

/** One moto, one proxy before it, and the function as AWS Lambda would call it. */
export class Account {
  /** As an owner calls API Gateway: past the proxy's count where it matters not, and without a pace. */
  readonly api: ApiGateway;
  readonly #rest: APIGatewayClient;
  readonly #v2: ApiGatewayV2Client;
  /** Deployments by the ids of REST APIs. */
  readonly #deployments = new Map<string, string>();
  #calls = 0;
  #atWork = 0;
  #stdout?: jest.SpyInstance;

  private constructor(
    readonly moto: Moto,
    readonly proxy: ApiGatewayProxy,
  ) {
    Object.assign(process.env, this.environment());
    this.#rest = new APIGatewayClient({ endpoint: moto.url });
    this.#v2 = new ApiGatewayV2Client({ endpoint: moto.url });
    this.api = createApiGateway({ pace: new Pace({ callsPerSecond: 1000 }) });
  }

  static async start(options: MotoOptions = {}): Promise<Account> {
    const moto = await Moto.start(options);
    const account = new Account(moto, await ApiGatewayProxy.start(moto.url));
    await moto.s3("PUT", "backup");
    return account;
  }

  async stop(): Promise<void> {
    this.#rest.destroy();
    this.#v2.destroy();
    this.proxy.stop();
    this.moto.stop();
  }

  /** What the function of a pipeline finds in its environment. */
  environment(pipeline = "moesif"): Record<string, string> {
    return {
      ...this.moto.environment(),
      AWS_ENDPOINT_URL: this.proxy.url,
      AWS_REGION: "eu-west-1",
      RECORD_URL: `s3://${bucketOf(pipeline)}/enrollment/${pipeline}/record.json`,
      CALLS_PER_SECOND: "1000",
      PERMISSION_WAIT_SECONDS: "0",
    };
  }

  /** Begins anew: no APIs, no record. */
  async empty(): Promise<void> {
    await fetch(`${this.moto.url}/moto-api/reset`, { method: "POST" });
    await this.moto.s3("PUT", "backup");
    this.proxy.reset();
    this.#deployments.clear();
  }

  /** Creates an API with a stage. */
  async stage({ type = "REST", name = "orders", stage = "prod", ...wishes }: Wishes = {}): Promise<StageId> {
    const apiId = type === "REST" ? await this.#restApi(name, wishes) : await this.#v2Api(type, name, wishes);
    const id = { type, apiId, stage };
    await this.createStage(id, wishes);
    return id;
  }

  /** Creates a stage in an API that is there, as a redeployment may: without what it had. */
  async createStage(
    { type, apiId, stage }: StageId,
    { stageTags, accessLog }: Pick<Wishes, "stageTags" | "accessLog"> = {},
  ): Promise<void> {
    if (type === "REST") {
      const deploymentId = this.#deployments.get(apiId) ?? (await this.#deploy(apiId));
      const settings = { restApiId: apiId, stageName: stage, deploymentId, tags: stageTags };
      await this.#rest.send(new CreateStageCommand(settings));
    } else {
      await this.#v2.send(new CreateV2StageCommand({ ApiId: apiId, StageName: stage, Tags: stageTags }));
    }
    if (accessLog) await this.api.setAccessLog({ type, apiId, stage }, accessLog);
  }

  async deleteStage({ type, apiId, stage }: StageId): Promise<void> {
    await (type === "REST"
      ? this.#rest.send(new DeleteStageCommand({ restApiId: apiId, stageName: stage }))
      : this.#v2.send(new DeleteV2StageCommand({ ApiId: apiId, StageName: stage })));
  }

  /** What stages log now; `undefined` of one that logs nowhere or is not there. */
  async logs(...ids: readonly StageId[]): Promise<(AccessLogSettings | undefined)[]> {
    return Promise.all(ids.map(async (id) => (await this.api.stage(id))?.accessLog));
  }

  async record(pipeline = "moesif"): Promise<EnrollmentRecord | undefined> {
    const response = await this.moto.s3("GET", `${bucketOf(pipeline)}/enrollment/${pipeline}/record.json`);
    return response.ok ? ((await response.json()) as EnrollmentRecord) : undefined;
  }

  /** Creates the stream of a pipeline, with which other enrollments find its record, and its bucket. */
  async pipeline(name: string, url = "https://api.moesif.net/v1/partners/aws/kinesis"): Promise<void> {
    await this.moto.s3("PUT", bucketOf(name));
    await this.moto.call("firehose", "Firehose_20150804.CreateDeliveryStream", "123456789012", "eu-west-1", {
      DeliveryStreamName: `amazon-apigateway-${name}`,
      HttpEndpointDestinationConfiguration: {
        EndpointConfiguration: { Url: url },
        S3Configuration: { BucketARN: `arn:aws:s3:::${bucketOf(name)}`, RoleARN: "arn:aws:iam::123456789012:role/x" },
      },
    });
  }

  /** Calls the function of a pipeline, one at a time; {@link lines} is what it wrote to its log. */
  async callOf(pipeline: string, event: object): Promise<EnrollmentAnswer> {
    Object.assign(process.env, this.environment(pipeline));
    try {
      return await this.call(event);
    } finally {
      Object.assign(process.env, this.environment());
    }
  }

  /** Calls the function; {@link lines} is what it wrote to its log. */
  async call(event: object, remainingMs = 900_000): Promise<EnrollmentAnswer> {
    if (this.#atWork++ === 0) {
      this.lines.length = 0;
      this.#stdout = jest.spyOn(process.stdout, "write").mockImplementation((line) => {
        this.lines.push(JSON.parse(String(line)));
        return true;
      });
    }
    try {
      return await handler(event, {
        awsRequestId: `request-${++this.#calls}`,
        functionName: "moesif-enroll-moesif",
        getRemainingTimeInMillis: () => remainingMs,
      });
    } finally {
      if (--this.#atWork === 0) this.#stdout?.mockRestore();
    }
  }

  readonly lines: any[] = [];

  async #deploy(restApiId: string): Promise<string> {
    const { id } = await this.#rest.send(new CreateDeploymentCommand({ restApiId }));
    this.#deployments.set(restApiId, id!);
    return id!;
  }

  async #restApi(name: string, { apiTags }: Wishes): Promise<string> {
    const { id: restApiId } = await this.#rest.send(new CreateRestApiCommand({ name, tags: apiTags }));
    const { items } = await this.#rest.send(new GetResourcesCommand({ restApiId }));
    const method = { restApiId, resourceId: items![0]!.id, httpMethod: "GET" };
    await this.#rest.send(new PutMethodCommand({ ...method, authorizationType: "NONE" }));
    await this.#rest.send(new PutIntegrationCommand({ ...method, type: "MOCK" }));
    return restApiId!;
  }

  async #v2Api(type: "HTTP" | "WEBSOCKET", name: string, { apiTags }: Wishes): Promise<string> {
    const selection = type === "WEBSOCKET" ? { RouteSelectionExpression: "$request.body.action" } : {};
    const api = { Name: name, ProtocolType: type, Tags: apiTags, ...selection };
    return (await this.#v2.send(new CreateApiCommand(api))).ApiId!;
  }
}

/** The enrollment of stages by name. */
export function listing(...stages: readonly (StageId & { readonly overwrite?: boolean })[]): Enrollment {
  return { destinations, stages };
}
