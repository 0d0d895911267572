/** Patterns in which a star stands for any characters. */
import fc from "fast-check";
import { TerraformResource } from "../../modules/cdk";
import { isMeant } from "../../modules/stage-logging/stage-selection";
import { synthesize } from "../support/synth";

describe("a pattern of a stage's path", () => {
  let construct: TerraformResource;
  synthesize((stack) => {
    construct = new TerraformResource(stack, "stage", { terraformResourceType: "aws_api_gateway_stage" });
  });
  const fits = (path: string, pattern: string) => isMeant({ construct, path, api: {}, tags: {} }, [{ path: pattern }]);
  // Few characters, so that texts fit patterns often.
  const text = fc.string({ unit: fc.constantFrom("a", "b", "/", "."), maxLength: 8 });
  const pattern = fc.string({ unit: fc.constantFrom("a", "b", "/", ".", "*"), maxLength: 6 });

  it("fits what the regular expression fits in which each star is any characters", () => {
    fc.assert(
      fc.property(text, pattern, (path, stars) => {
        const expression = new RegExp(`^${stars.replaceAll(".", "\\.").replaceAll("*", ".*")}$`);
        expect(fits(path, stars)).toBe(expression.test(path));
      }),
      { numRuns: 2000 },
    );
  });

  it("fits a text with stars put in place of any of its parts", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { maxLength: 5 }), (parts) => {
        const path = parts.map(([kept, left]) => kept + left).join("");
        expect(fits(path, parts.map(([kept]) => `${kept}*`).join("") || path)).toBe(true);
      }),
    );
  });

  it("takes no long time over many stars", () => {
    expect(fits("a".repeat(20_000), `${"a*".repeat(5_000)}b`)).toBe(false);
  });
});
