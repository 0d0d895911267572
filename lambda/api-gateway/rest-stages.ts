/**
 * Stages of REST APIs: version 1 of API Gateway.
 * https://docs.aws.amazon.com/apigateway/latest/api/API_Operations.html
 */
import type { PatchOperation, RestApi, Stage as SdkStage } from "@aws-sdk/client-api-gateway";
import { isNotFound } from "./call-failure";
import { clientSettings, type Connection, paced } from "./connection";
import { mapAhead } from "./map-ahead";
import { accessLogOf, type BareStage, type Stage, type StageId, type StageSource } from "./stage";

/** The most that GetRestApis gives at a time. */
const LARGEST_PAGE = 500;

/** https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html#UpdateStage-Patch */
const PATH = "/accessLogSettings";

export async function connectRest(connection: Connection): Promise<StageSource> {
  const sdk = await import("@aws-sdk/client-api-gateway");
  const client = new sdk.APIGatewayClient(clientSettings(connection));

  const stagesOf = async (api: RestApi): Promise<Stage[]> => {
    const command = new sdk.GetStagesCommand({ restApiId: api.id });
    const { item = [] } = await paced(connection, (options) => client.send(command, options)).catch(noStages);
    return item.map((stage) => ({ ...bareStage(api.id!, stage), apiName: api.name ?? "", apiTags: api.tags ?? {} }));
  };

  const patch = async ({ apiId, stage }: StageId, patchOperations: PatchOperation[]): Promise<void> => {
    const command = new sdk.UpdateStageCommand({ restApiId: apiId, stageName: stage, patchOperations });
    await paced(connection, (options) => client.send(command, options));
  };

  return {
    async *stages() {
      let position: string | undefined;
      do {
        const command = new sdk.GetRestApisCommand({ position, limit: LARGEST_PAGE });
        const page = await paced(connection, (options) => client.send(command, options));
        for await (const stages of mapAhead(page.items ?? [], stagesOf)) {
          yield* stages;
        }
        position = page.position;
      } while (position);
    },
    async stage({ apiId, stage }) {
      const command = new sdk.GetStageCommand({ restApiId: apiId, stageName: stage });
      return bareStage(apiId, await paced(connection, (options) => client.send(command, options)));
    },
    setAccessLog: (id, { destinationArn, format }) =>
      patch(id, [
        { op: "replace", path: `${PATH}/destinationArn`, value: destinationArn },
        { op: "replace", path: `${PATH}/format`, value: format },
      ]),
    removeAccessLog: (id) => patch(id, [{ op: "remove", path: PATH }]),
  };
}

/** An API that was deleted after it was listed has none. */
function noStages(error: unknown): { item?: SdkStage[] } {
  if (isNotFound(error)) {
    return {};
  }
  throw error;
}

function bareStage(apiId: string, { stageName, tags, accessLogSettings }: SdkStage): BareStage {
  return {
    type: "REST",
    apiId,
    stage: stageName ?? "",
    stageTags: tags ?? {},
    ...accessLogOf(accessLogSettings?.destinationArn, accessLogSettings?.format),
  };
}
