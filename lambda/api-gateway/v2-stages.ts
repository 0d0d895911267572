/**
 * Stages of HTTP and WebSocket APIs: version 2 of API Gateway.
 * https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/operations.html
 */
import type { Api, GetStagesCommandOutput, Stage as SdkStage } from "@aws-sdk/client-apigatewayv2";
import { isNotFound } from "./call-failure";
import { clientSettings, type Connection, paced } from "./connection";
import { mapAhead } from "./map-ahead";
import { accessLogOf, type ApiType, type BareStage, type Stage, type StageSource } from "./stage";

export async function connectV2(connection: Connection): Promise<StageSource> {
  const sdk = await import("@aws-sdk/client-apigatewayv2");
  const client = new sdk.ApiGatewayV2Client(clientSettings(connection));

  const stagesOf = async (api: Api): Promise<Stage[]> => {
    const stages: SdkStage[] = [];
    let token: string | undefined;
    do {
      const command = new sdk.GetStagesCommand({ ApiId: api.ApiId, NextToken: token });
      const page = await paced(connection, (options) => client.send(command, options)).catch(noStages);
      stages.push(...(page.Items ?? []));
      token = page.NextToken;
    } while (token);
    return stages.map((stage) => ({
      ...bareStage(api.ProtocolType === "WEBSOCKET" ? "WEBSOCKET" : "HTTP", api.ApiId!, stage),
      apiName: api.Name ?? "",
      apiTags: api.Tags ?? {},
    }));
  };

  return {
    async *stages() {
      let token: string | undefined;
      do {
        const command = new sdk.GetApisCommand({ NextToken: token });
        const page = await paced(connection, (options) => client.send(command, options));
        for await (const stages of mapAhead(page.Items ?? [], stagesOf)) {
          yield* stages;
        }
        token = page.NextToken;
      } while (token);
    },
    async stage({ type, apiId, stage }) {
      const command = new sdk.GetStageCommand({ ApiId: apiId, StageName: stage });
      return bareStage(type, apiId, await paced(connection, (options) => client.send(command, options)));
    },
    async setAccessLog({ apiId, stage }, { destinationArn, format }) {
      const settings = { DestinationArn: destinationArn, Format: format };
      const command = new sdk.UpdateStageCommand({ ApiId: apiId, StageName: stage, AccessLogSettings: settings });
      await paced(connection, (options) => client.send(command, options));
    },
    async removeAccessLog({ apiId, stage }) {
      const command = new sdk.DeleteAccessLogSettingsCommand({ ApiId: apiId, StageName: stage });
      await paced(connection, (options) => client.send(command, options));
    },
  };
}

/** An API that was deleted after it was listed has none. */
function noStages(error: unknown): Partial<GetStagesCommandOutput> {
  if (isNotFound(error)) {
    return {};
  }
  throw error;
}

function bareStage(type: ApiType, apiId: string, { StageName, Tags, AccessLogSettings }: Partial<SdkStage>): BareStage {
  return {
    type,
    apiId,
    stage: StageName ?? "",
    stageTags: Tags ?? {},
    ...accessLogOf(AccessLogSettings?.DestinationArn, AccessLogSettings?.Format),
  };
}
