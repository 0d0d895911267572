/** Which stages an enrollment wants. */
import fc from "fast-check";
import type { Stage } from "../../lambda/api-gateway/stage";
import type { StageMatch } from "../../lambda/stage-enrollment/contract";
import { matchedTypes, matchesGlob, matchesStage, wantedStages } from "../../lambda/stage-enrollment/wanted";

const REST = { destinationArn: "stream", format: "rest" };
const HTTP = { destinationArn: "group", format: "http" };
const stage: Stage = {
  type: "REST",
  apiId: "a1",
  stage: "prod",
  apiName: "orders",
  apiTags: { team: "shop", moesif: "yes" },
  stageTags: { moesif: "no" },
};
const id = { type: "REST", apiId: "a1", stage: "prod" } as const;

describe("a match", () => {
  it.each<[string, boolean, StageMatch]>([
    ["anything, if it names nothing", true, {}],
    ["a tag of the API", true, { tags: { team: "shop" } }],
    ["a tag of the stage rather than the API's", true, { tags: { moesif: "no" } }],
    ["no tag of the API that the stage overrules", false, { tags: { moesif: "yes" } }],
    ["no tag that is missing", false, { tags: { constructor: "shop" } }],
    ["all tags or none", false, { tags: { team: "shop", moesif: "yes" } }],
    ["a name by a pattern", true, { apiName: "ord*", stage: "*" }],
    ["one name of two", false, { apiName: "orders", stage: "test" }],
    ["types", true, { types: ["HTTP", "REST"] }],
    ["no other type", false, { types: ["HTTP"] }],
  ])("takes %s", (_, expected, match) => {
    expect(matchesStage(match, stage)).toBe(expected);
  });
});

describe("an enrollment", () => {
  it("wants each stage once, listed and matched", () => {
    const enrollment = { destinations: { REST }, stages: [id, { ...id, overwrite: true }], match: [{}] };
    expect(wantedStages(enrollment, [stage])).toEqual([{ ...id, set: REST, listed: true, overwrite: true }]);
  });

  it("lets a stage be taken over if any match that fits allows it", () => {
    const match = [{ apiName: "orders" }, { stage: "prod", overwrite: true }];
    expect(wantedStages({ destinations: { REST }, match }, [stage])).toEqual([
      { ...id, set: REST, listed: false, overwrite: true },
    ]);
    const others = [{ apiName: "orders" }, { stage: "test", overwrite: true }];
    expect(wantedStages({ destinations: { REST }, match: others }, [stage])[0]!.overwrite).toBe(false);
  });

  it("matches no stage for whose type there is no destination, and wants one that is listed all the same", () => {
    expect(wantedStages({ destinations: { HTTP }, match: [{}] }, [stage])).toEqual([]);
    expect(wantedStages({ destinations: { HTTP }, stages: [id] }, [])).toEqual([
      { ...id, listed: true, overwrite: false },
    ]);
  });

  it("says among which types it can match", () => {
    expect(matchedTypes({ destinations: { REST, HTTP }, stages: [id] })).toEqual([]);
    expect(matchedTypes({ destinations: { REST, HTTP }, match: [{}] })).toEqual(["REST", "HTTP"]);
    expect(matchedTypes({ destinations: { REST, HTTP }, match: [{ types: ["HTTP", "WEBSOCKET"] }] })).toEqual(["HTTP"]);
  });
});

describe("a pattern of names", () => {
  const letters = fc.string({ unit: fc.constantFrom("a", "b", ".", "*"), maxLength: 8 });

  it("means what the same regular expression means", () => {
    fc.assert(
      fc.property(letters, letters, (pattern, text) => {
        const parts = pattern.split("*").map((part) => part.replaceAll(".", "\\."));
        expect(matchesGlob(pattern, text)).toBe(new RegExp(`^${parts.join(".*")}$`, "s").test(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it("takes no long time over many stars", () => {
    expect(matchesGlob(`${"a*".repeat(5_000)}b`, "a".repeat(20_000))).toBe(false);
  });
});
