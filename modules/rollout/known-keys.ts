/** Where a key belongs that is unknown where it stands. */
import type { z } from "zod";
import { formatPath, type Issue, type Path } from "../settings/issue";

type AnyType = z.core.$ZodTypes;

/** Keys from the root; `*` stands for any index. */
type Place = readonly string[];

/** For each key, every map of a file that may have it. */
export class KnownKeys {
  readonly #places = new Map<string, Place[]>();

  constructor(schema: z.ZodType) {
    this.#add(schema as unknown as AnyType, []);
  }

  /** Says of an unknown key where else it would be known. */
  locate(issue: Issue): Issue {
    const key = issue.path.at(-1);
    if (issue.id !== "unknown-key" || typeof key !== "string") return issue;
    const map = issue.path.slice(0, -1);
    const places = this.#places.get(key) ?? [];
    // Settings stand one level too high most often, and `region` is rather `regions` than a key of another section.
    const inSettings = [...map, "settings"];
    if (places.some((place) => isAt(place, inSettings))) return moved(issue, [inSettings]);
    if (issue.fix?.startsWith("did you mean")) return issue;
    // A key such as `name` may be meant for several.
    if (new Set(places.map(mapName)).size > MOST_KINDS) return issue;
    const nearest = nearestPlaces(places, map);
    // The map itself takes it, with other values than it has.
    const isHere = nearest.some((place) => formatPath(place) === formatPath(map));
    return nearest.length > 0 && !isHere ? moved(issue, nearest) : issue;
  }

  #add(type: AnyType, at: Place): void {
    const { def } = type._zod;
    switch (def.type) {
      case "object":
        for (const [key, value] of Object.entries(def.shape)) {
          this.#places.set(key, [...(this.#places.get(key) ?? []), at]);
          this.#add(value as AnyType, [...at, key]);
        }
        break;
      case "array":
        this.#add(def.element as AnyType, [...at, "*"]);
        break;
      case "union":
        for (const option of def.options) this.#add(option as AnyType, at);
        break;
      case "optional":
      case "nullable":
        this.#add(def.innerType as AnyType, at);
    }
  }
}

const MOST_KINDS = 2;

function moved(issue: Issue, places: readonly Path[]): Issue {
  return { ...issue, fix: `move it to ${places.map(formatPlace).join(" or ")}, where it is known` };
}

/** Whether a place is that of a path. */
function isAt(place: Place, path: Path): boolean {
  return place.length === path.length && commonKeys(place, path) === place.length;
}

/** What kind of map stands there: settings have the same keys in each scope. */
function mapName(place: Place): string {
  const name = place.findLast((key) => key !== "*") ?? "";
  return name === "defaults" ? "settings" : name;
}

/** The places that have most of the path in common, and of these those with the fewest further keys. */
function nearestPlaces(places: readonly Place[], path: Path): Path[] {
  const common = Math.max(...places.map((place) => commonKeys(place, path)));
  const close = places.filter((place) => commonKeys(place, path) === common);
  const length = Math.min(...close.map((place) => place.length));
  const nearest = close.filter((place) => place.length === length);
  return nearest.map((place) => [...path.slice(0, common), ...place.slice(common)]);
}

function commonKeys(place: Place, path: Path): number {
  const differs = place.findIndex((key, index) => !(key === path[index] || (key === "*" && index in path)));
  return differs < 0 ? place.length : differs;
}

/** `accounts[0].settings`, or `accounts[].regions[]` where it is not the same entry. */
function formatPlace(place: Path): string {
  return place.length === 0 ? "the top of the file" : formatPath(place).replaceAll('["*"]', "[]");
}
