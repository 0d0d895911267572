/** How stages are told apart, in maps and in sentences. */
import type { StageId } from "../api-gateway/stage";

/** The same for the same stage, and for no other. No id of an API and no name of a stage has a slash. */
export function keyOf({ type, apiId, stage }: StageId): string {
  return `${type}/${apiId}/${stage}`;
}

/** For a sentence, where it stands at the beginning. */
export function nameOf({ type, apiId, stage }: StageId): string {
  return `Stage ${JSON.stringify(stage)} of the ${type === "WEBSOCKET" ? "WebSocket" : type} API ${apiId}`;
}

/** Only what tells the stage apart. */
export function idOf({ type, apiId, stage }: StageId): StageId {
  return { type, apiId, stage };
}
