/** Formats of which Terraform alone knows the settings: in Terraform's own hands, the text that literals make. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import type { ApiType } from "../../lambda/api-gateway/stage";
import { identityFrom, type IdentitySource } from "../../modules";
import {
  Fn,
  ref,
  TerraformLocal,
  TerraformOutput,
  type TerraformStack,
  TerraformVariable,
  Token,
} from "../../modules/cdk";
import { type AccessLogFormatProps, sourceProblems } from "../../modules/stage-logging/build-format";
import { FORMAT_BUILDERS } from "../../modules/stage-logging/format-builders";
import { formatFits } from "../../modules/terraform-module/format-fits";
import { FORMAT_KINDS } from "../../modules/stage-logging/format-kinds";
import { authorizerPropertyExpression, identityExpression } from "../../modules/terraform-module/identity-expression";
import { synthesizeExpressions } from "../support/synth";
import { describeWithTerraform, Terraform } from "../support/terraform";

type From = keyof typeof identityFrom;

/** As the rollout file and the variables of a module say it. */
interface Settings {
  readonly path?: string;
  readonly user?: { readonly from: From; readonly name?: string };
  readonly company?: { readonly from: From; readonly name?: string };
  readonly request?: { readonly query?: string; readonly forwardedFor?: string; readonly contentType?: string };
  readonly extra?: Record<string, string>;
  readonly metadata?: Record<string, string>;
}

const IDENTITY = "optional(object({ from = string, name = optional(string) }))";
const REQUEST = "query = optional(string), forwardedFor = optional(string), contentType = optional(string)";
const TYPE = `object({
  path = optional(string), user = ${IDENTITY}, company = ${IDENTITY}, request = optional(object({ ${REQUEST} })),
  extra = optional(map(string)), metadata = optional(map(string))
})`;

const TYPES = Object.keys(FORMAT_BUILDERS) as ApiType[];

/** The same settings as a program has them. */
function literalProps(type: ApiType, settings: Settings): AccessLogFormatProps & { path?: string } {
  const { path, user, company, request = {}, extra, metadata } = settings;
  const parts = Object.entries(request).map(([part, name]) => [part, identityFrom.authorizerProperty(name)]);
  return {
    path,
    user: known(type, user),
    company: known(type, company),
    request: Object.fromEntries(parts),
    extra,
    metadata,
  };
}

/** What a type of API does not have is not given. */
function known(type: ApiType, setting: Settings["user"]): IdentitySource | undefined {
  const source = setting && identityFrom[setting.from](setting.name ?? "");
  return source && sourceProblems(type, { user: source }).length === 0 ? source : undefined;
}

/** The same settings as Terraform has them at a reference. */
function plannedProps(type: ApiType, reference: string): AccessLogFormatProps & { path?: string } {
  const at = (path: string) => ref(`try(${reference}.${path}, null)`);
  return {
    path: Token.asString(at("path")),
    user: identityExpression(type, `${reference}.user`),
    company: identityExpression(type, `${reference}.company`),
    request: {
      query: authorizerPropertyExpression(`${reference}.request.query`),
      forwardedFor: authorizerPropertyExpression(`${reference}.request.forwardedFor`),
      contentType: authorizerPropertyExpression(`${reference}.request.contentType`),
    },
    extra: at("extra") as any,
    metadata: at("metadata") as any,
  };
}

const plain = fc.constantFrom<From>("apiKeyId", "authorizerPrincipal", "cognitoIdentityId", "iamCaller");
const claim = fc.constantFrom<From>("cognitoClaim", "jwtClaim");
const identity = fc.oneof(
  fc.record({ from: plain }),
  fc.record({ from: claim, name: fc.constantFrom("sub", "custom:tenant", "https://example.com/a&b") }),
  fc.record({ from: fc.constant<From>("authorizerProperty"), name: fc.constantFrom("orgId", "a") }),
);
const property = fc.constantFrom("query_string", "q");
const chosen = (...keys: string[]) =>
  fc.subarray(keys).map((some) => Object.fromEntries(some.map((key) => [key, "$context.error.message"])));
const anySettings: fc.Arbitrary<Settings> = fc.record(
  {
    path: fc.constantFrom("real", "route"),
    user: identity,
    company: identity,
    request: fc.record({ query: property, forwardedFor: property, contentType: property }, { requiredKeys: [] }),
    extra: chosen('"', "<\\>", "key"),
    metadata: chosen("&amp", "ein Schlüssel", "key"),
  },
  { requiredKeys: [] },
);

/** Whether literals make a format of them that is not too long. */
function isTaken(type: ApiType, settings: Settings): boolean {
  try {
    return FORMAT_BUILDERS[type](literalProps(type, settings)) !== "";
  } catch (error) {
    expect((error as Error).message).toMatch(/the format has \d+ bytes/);
    return false;
  }
}

/** A stack of which the variables are given in a file: CDKTF changes keys within a default. */
async function apply(build: (scope: TerraformStack) => void, variables: object): Promise<Terraform> {
  const { directory } = synthesizeExpressions(build);
  writeFileSync(join(directory, "terraform.tfvars.json"), JSON.stringify(variables));
  const terraform = new Terraform(directory);
  await terraform.must(["init", "-input=false", "-no-color"]);
  await terraform.apply();
  return terraform;
}

describe("a format of which Terraform alone knows a part", () => {
  const planned: IdentitySource = { variable: Token.asString(ref("var.source")) };

  it.each<[string, AccessLogFormatProps, RegExp]>([
    [
      "a name that is taken",
      { user: planned, metadata: { stage: "$context.stage" } },
      /metadata\.stage: the transformer/,
    ],
    ["a variable that is none", { company: planned, extra: { a: "$context.nothing" } }, /\$context\.nothing is no/],
    [
      "a source of other APIs",
      { user: planned, request: { query: { variable: "$context.path.x" } } },
      /request\.query: /,
    ],
    ["what is too long already", { user: planned, extra: { a: "x".repeat(4000) } }, /the format has \d+ bytes/],
  ])("is refused for %s in the rest of it", (_, props, message) => {
    for (const type of TYPES) expect(() => FORMAT_BUILDERS[type](props)).toThrow(message);
  });

  it("is not refused for the length of what is not known", () => {
    const request = { query: planned, forwardedFor: planned, contentType: planned };
    const half = { variable: `$context.authorizer.${Token.asString(ref(`var.${"a".repeat(200)}`))}` };
    for (const type of TYPES) {
      const { length } = FORMAT_BUILDERS[type]();
      const extra = { a: "x".repeat(FORMAT_KINDS[type].maxBytes - length - 80) };
      expect(() => FORMAT_BUILDERS[type]({ user: planned, company: half, request, extra })).not.toThrow();
    }
  });
});

describeWithTerraform("a format of which Terraform alone knows the settings", () => {
  it.each(TYPES)("is what literals make of the same settings, for %s APIs", async (type) => {
    const sampled = fc.sample(anySettings, { numRuns: 30, seed: 1 }).filter((settings) => isTaken(type, settings));
    const all = [null, {}, ...sampled];
    const terraform = await apply(
      (scope) => {
        const settings = new TerraformVariable(scope, "settings", { type: `list(${TYPE})` });
        all.forEach((_, index) => {
          const value = FORMAT_BUILDERS[type](plannedProps(type, `${settings.fqn}[${index}]`));
          new TerraformOutput(scope, `format_${index}`, { value });
        });
      },
      { settings: all },
    );
    const outputs = JSON.parse(await terraform.must(["output", "-json"])) as Record<string, { value: string }>;
    const formats = all.map((_, index) => outputs[`format_${index}`]!.value);
    expect(formats).toEqual(all.map((settings) => FORMAT_BUILDERS[type](literalProps(type, settings ?? {}))));
  });
});

describeWithTerraform("a source that is a conditional expression of CDKTF's", () => {
  it.each([
    ["given", true],
    ["not given", false],
  ])("is %s as its condition says", async (_, given) => {
    const source = identityFrom.iamCaller();
    const variable = Token.asString(Fn.conditional(ref("var.given"), source.variable, Token.nullValue()));
    const terraform = await apply(
      (scope) => {
        new TerraformVariable(scope, "given", { type: "bool" });
        new TerraformOutput(scope, "format", {
          value: FORMAT_BUILDERS.REST({ user: { variable }, company: { variable } }),
        });
      },
      { given },
    );
    const literal = FORMAT_BUILDERS.REST(given ? { user: source, company: source } : {});
    expect(await terraform.must(["output", "-raw", "format"])).toBe(literal);
  });
});

describeWithTerraform("the length of a format that Terraform alone knows", () => {
  it("is held to what each type of API takes, to the byte", async () => {
    const cases = TYPES.flatMap((type) => {
      const most = FORMAT_KINDS[type].maxBytes;
      return [0, 1, 2, 3, 300].flatMap((accents) => {
        const text = (bytes: number) => "é".repeat(accents) + '"\\x'.repeat(bytes).slice(0, bytes - 2 * accents);
        return [-1, 0, 1].map((more) => ({ type, text: text(most + more), fits: more <= 0 }));
      });
    });
    const builtWith = (type: ApiType, name: string) =>
      FORMAT_BUILDERS[type]({ company: { variable: `$context.authorizer.${name}` } });
    const terraform = await apply(
      (scope) => {
        cases.forEach(({ type }, index) => {
          const format = Token.asString(ref(`var.texts[${index}]`));
          new TerraformOutput(scope, `text_${index}`, { value: formatFits(type, format).condition });
        });
        new TerraformVariable(scope, "texts", { type: "list(string)" });
        new TerraformVariable(scope, "names", { type: "map(string)" });
        for (const type of TYPES) {
          const fitsWith = (id: string, name: string) =>
            formatFits(type, new TerraformLocal(scope, id, builtWith(type, name)).asString).condition;
          const name = Token.asString(ref(`var.names.${type}`));
          new TerraformOutput(scope, type, { value: fitsWith(`format_${type}`, name) });
          new TerraformOutput(scope, `${type}_more`, { value: fitsWith(`longer_${type}`, `${name}a`) });
        }
      },
      {
        texts: cases.map(({ text }) => text),
        names: Object.fromEntries(
          TYPES.map((type) => [type, "a".repeat(FORMAT_KINDS[type].maxBytes + 1 - builtWith(type, "a").length)]),
        ),
      },
    );
    const outputs = JSON.parse(await terraform.must(["output", "-json"])) as Record<string, { value: boolean }>;
    expect(cases.filter(({ fits }, index) => outputs[`text_${index}`]!.value !== fits)).toEqual([]);
    expect(TYPES.map((type) => outputs[type]!.value)).toEqual([true, true, true]);
    expect(TYPES.map((type) => outputs[`${type}_more`]!.value)).toEqual([false, false, false]);
  });
});
