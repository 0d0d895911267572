/** Looks at the stages that matter: which are wanted, and what each is like now. */
import type { ApiGateway } from "../api-gateway/api-gateway";
import { mapAhead } from "../api-gateway/map-ahead";
import type { Stage, StageId } from "../api-gateway/stage";
import type { EnrolledStage, Enrollment } from "./contract";
import { describe, TIME_IS_UP } from "./failure";
import type { Sight } from "./plan";
import { hasSet, type OtherEnrollments } from "./other-enrollments";
import { keyOf } from "./stage-names";
import { matchedTypes, type WantedStage, wantedStages } from "./wanted";

export interface View {
  readonly wanted: readonly WantedStage[];
  readonly seen: (id: StageId) => Sight;
}

/**
 * One call for each stage, and where stages are matched those that list all of them.
 *
 * @param remembered stages that are looked at whether they are wanted or not
 * @param hasTime whether there is time for another call
 * @throws what API Gateway threw when all were listed: a part of them would look as if the others had gone
 */
export async function look(
  api: ApiGateway,
  otherEnrollments: OtherEnrollments,
  enrollment: Enrollment,
  remembered: readonly EnrolledStage[],
  hasTime: () => boolean,
): Promise<View> {
  const types = matchedTypes(enrollment);
  const stages: Stage[] = [];
  if (types.length > 0) {
    for await (const stage of api.stages(types)) {
      if (!hasTime()) {
        throw new Error(
          `Not all stages could be listed: ${TIME_IS_UP}, with a longer time-out or more calls a second.`,
        );
      }
      stages.push(stage);
    }
  }
  const sights = new Map<string, Sight>(stages.map((stage) => [keyOf(stage), { stage }]));
  const wanted = wantedStages(enrollment, stages);
  const isListed = ({ type }: StageId): boolean => types.includes(type);
  const others = new Map([...wanted, ...remembered].filter((id) => !isListed(id)).map((id) => [keyOf(id), id]));
  const lookAt = async (id: StageId): Promise<void> => {
    sights.set(keyOf(id), hasTime() ? await sightOf(api, id) : { failure: TIME_IS_UP });
  };
  for await (const _ of mapAhead(others.values(), lookAt));
  // Only what may be taken over from its owner may be taken from another enrollment.
  for (const id of wanted.filter(({ overwrite }) => overwrite)) {
    const sight = sights.get(keyOf(id));
    if (sight?.stage?.accessLog) {
      sights.set(keyOf(id), await withHolder(api, otherEnrollments, id, sight));
    }
  }
  return { wanted, seen: (id) => sights.get(keyOf(id)) ?? {} };
}

/** With the other enrollment that set the stage as it is, if one did. */
async function withHolder(api: ApiGateway, otherEnrollments: OtherEnrollments, id: StageId, sight: Sight) {
  const destinationArn = sight.stage!.accessLog!.destinationArn;
  const other = await otherEnrollments.at(destinationArn);
  if (other === undefined) {
    return sight;
  }
  const entry = other.stages?.find((one) => keyOf(one) === keyOf(id) && hasSet(one, destinationArn));
  if (entry || other.failure !== undefined) {
    return { ...sight, other: { name: other.name, entry, failure: other.failure } };
  }
  // It may have restored the stage, and forgotten it, since the stage was read.
  return sightOf(api, id);
}

async function sightOf(api: ApiGateway, id: StageId): Promise<Sight> {
  try {
    return { stage: await api.stage(id) };
  } catch (error) {
    return { failure: describe(error) };
  }
}
