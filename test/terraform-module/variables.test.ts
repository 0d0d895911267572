/** What the generator makes of a JSON Schema: a type, validations, the constructs' form and words, as Terraform's text. */
import * as fc from "fast-check";
import { constructsForm } from "../../modules/terraform-module/constructs-form";
import { snakeCase } from "../../modules/terraform-module/expressions";
import { descriptionOf, fieldsOf, inTerraformWords } from "../../modules/terraform-module/module-words";
import { matches } from "../../modules/terraform-module/demands";
import { variableChecks } from "../../modules/terraform-module/variable-checks";
import { defaultOf, typeConstraint } from "../../modules/terraform-module/variable-type";
import type { JsonSchema } from "../../modules/rollout/json-schema";

const text: JsonSchema = { type: "string" };

/** A section with a field of each kind. */
const sampling: JsonSchema = {
  type: "object",
  description: "How many calls are sent.",
  properties: {
    rate: {
      type: "number",
      default: 100,
      minimum: 0,
      maximum: 100,
      expects: "a number from 0 to 100",
      description: "Percent.",
    },
    keepErrors: { type: "string", enum: ["none", "all"], default: "none", description: "Errors, with keepErrors." },
    companyLimit: { type: "integer", minimum: 1, maximum: 9, expects: "a whole number", because: "see the guide" },
  },
};

const filter: JsonSchema = {
  type: "array",
  maxItems: 2,
  items: {
    type: "object",
    required: ["apiName"],
    properties: { apiName: { ...text, pattern: "^a$" }, tags: { type: "object", additionalProperties: text } },
  },
};

describe("the type of a variable", () => {
  it.each<[string, JsonSchema]>([
    ["string", text],
    ["number", { type: "integer" }],
    ["bool", { type: "boolean" }],
    ["list(string)", { type: "array", items: text }],
    ["map(string)", { type: "object", additionalProperties: text }],
    ["any", { type: "object", additionalProperties: {} }],
    [
      'object({ rate = optional(number, 100), keep_errors = optional(string, "none"), company_limit = optional(number) })',
      sampling,
    ],
    ["list(object({ api_name = string, tags = optional(map(string)) }))", filter],
  ])("is %s", (type, schema) => expect(typeConstraint(schema)).toBe(type));

  it("escapes what would be a template in a default", () =>
    expect(typeConstraint({ type: "object", properties: { mark: { ...text, default: "${x}" } } })).toBe(
      'object({ mark = optional(string, "$${x}") })',
    ));
});

describe("the default of a section", () => {
  it("is that of its fields", () => expect(defaultOf(sampling)).toEqual({}));
  it("is none where a field must be given", () => expect(defaultOf(filter.items!)).toBeUndefined());
  it("is none where one of several must be given", () =>
    expect(defaultOf({ ...sampling, oneOf: [{ required: ["rate"] }] })).toBeUndefined());
});

describe("a pattern of JavaScript, for RE2", () => {
  it.each([
    ["^[a-z]$", 'can(regex("^[a-z]$", v))'],
    ["^(?!-$).{1,9}$", '!can(regex("^(?:-$)", v)) && can(regex("^.{1,9}$", v))'],
    ["^(?!(a|b)$).+$", '!can(regex("^(?:(a|b)$)", v)) && can(regex("^.+$", v))'],
    ["^.{1,1024}$", 'can(regex("^.*$", v)) && length(v) >= 1 && length(v) <= 1024'],
    ["^[\\u00a0-\\uFFFF]$", 'can(regex("^[\\\\x{00a0}-\\\\x{FFFF}]$", v))'],
    ["^\\/v1$", 'can(regex("^/v1$", v))'],
    ["^\\${x}$", 'can(regex("^\\\\$${x}$", v))'],
  ])("%s", (pattern, condition) => expect(matches(pattern, "v")).toBe(condition));
});

describe("the validations of a variable", () => {
  it("are one for each rule, and let null be where nothing need be said", () =>
    expect(variableChecks("sampling", sampling)).toEqual([
      {
        condition: "${var.sampling.rate >= 0 && var.sampling.rate <= 100}",
        errorMessage: "sampling.rate must be a number from 0 to 100.",
      },
      {
        condition: '${contains(["none","all"], var.sampling.keep_errors)}',
        errorMessage: "sampling.keep_errors must be one of none, all.",
      },
      {
        condition:
          "${(var.sampling.company_limit == null ? true : var.sampling.company_limit >= 1 && " +
          "var.sampling.company_limit <= 9 && floor(var.sampling.company_limit) == var.sampling.company_limit)}",
        errorMessage: "sampling.company_limit must be a whole number (see the guide).",
      },
    ]));

  const tags: JsonSchema = { type: "array", maxItems: 2, items: { ...text, pattern: "^a$" } };
  /** What stands for names that must not be shown. */
  const named = (wrong: string, ifSensitive: string) =>
    `\${concat([for names in [join(", ", ${wrong})] : names if !issensitive(names)], ["${ifSensitive}"])[0]}`;

  it("name each element that is null or breaks a rule", () =>
    expect(variableChecks("tags", tags)).toEqual([
      {
        condition: "${alltrue([for key, element in var.tags : element != null])}",
        errorMessage: `${named(
          'flatten([for key, element in var.tags : element != null ? [] : ["tags[${key}]"]])',
          "tags[]",
        )} must not be null.`,
      },
      { condition: "${length(var.tags) <= 2}", errorMessage: "tags must have at most 2 elements." },
      {
        condition: '${alltrue([for key, element in var.tags : can(regex("^a$", element)) if element != null])}',
        errorMessage: `${named(
          'flatten([for key, element in var.tags : can(regex("^a$", element)) ? [] : ["tags[${key}]"] if element != null])',
          "tags[]",
        )} must be a text that matches ^a$.`,
      },
    ]));

  it("tell at once of all that is null, and pass over it where they tell of something else", () => {
    const nulls =
      'flatten([flatten([for key, element in var.filter : element != null ? [] : ["filter[${key}]"]]), ' +
      'flatten([for key, element in var.filter : element.api_name != null ? [] : ["filter[${key}].api_name"] if element != null]), ' +
      "flatten([for key, element in var.filter : (element.tags == null ? [] : flatten([for key1, element1 in element.tags : " +
      'element1 != null ? [] : ["filter[${key}].tags[\\"${key1}\\"]"]])) if element != null])])';
    expect(variableChecks("filter", filter)).toEqual([
      {
        condition: `\${length(${nulls}) == 0}`,
        errorMessage: `${named(nulls, "something in filter")} must not be null.`,
      },
      { condition: "${length(var.filter) <= 2}", errorMessage: "filter must have at most 2 elements." },
      {
        condition:
          "${alltrue([for key, element in var.filter : " +
          '(element.api_name == null ? true : can(regex("^a$", element.api_name))) if element != null])}',
        errorMessage: expect.stringMatching(/\["filter\[\]\.api_name"\]\)\[0\]\} must be a text that matches \^a\$\.$/),
      },
    ]);
  });

  it("ask for exactly one of several fields", () =>
    expect(
      variableChecks("one", {
        ...sampling,
        properties: {},
        oneOf: [{ required: ["rate"] }, { required: ["keepErrors"] }],
      }),
    ).toEqual([
      {
        condition: "${length([for given in [var.one.rate, var.one.keep_errors] : true if given != null]) == 1}",
        errorMessage: "one must have exactly one of rate, keep_errors.",
      },
    ]));

  it("hold what a schema names for the module to say", () =>
    expect(
      variableChecks(
        "mask",
        { ...text, format: "regex" },
        { regex: [{ condition: (v) => `ok(${v})`, problem: "must be ok." }] },
      ),
    ).toEqual([{ condition: "${ok(var.mask)}", errorMessage: "mask must be ok." }]));

  it("keep what is no template of theirs out of their messages", () => {
    const [check] = variableChecks("stage", { ...text, pattern: "^${x}$" });
    expect(check!.errorMessage).toBe("stage must be a text that matches ^$${x}$.");
  });
});

describe("the constructs' form", () => {
  it("has their names, and neither nulls nor defaults", () =>
    expect(constructsForm(sampling, "var.sampling")).toBe(
      "one([for all in [{ for key, value in { " +
        "rate = var.sampling.rate == 100 ? null : var.sampling.rate, " +
        'keepErrors = var.sampling.keep_errors == "none" ? null : var.sampling.keep_errors, ' +
        "companyLimit = var.sampling.company_limit " +
        "} : key => value if value != null }] : all if length(all) > 0])",
    ));

  it("goes into the elements of a list", () =>
    expect(constructsForm({ ...filter, default: [] }, "var.filter")).toBe(
      "one([for all in [[for element in var.filter : { for key, value in " +
        "{ apiName = element.api_name, tags = element.tags } : key => value if value != null }]] : all if length(all) > 0])",
    ));

  it("is as the module says where a schema has a form", () =>
    expect(constructsForm({ ...text, form: "match" }, "var.x", { match: (reference) => `f(${reference})` })).toBe(
      "var.x == null ? null : f(var.x)",
    ));
});

describe("names", () => {
  it("come back from Terraform's as they were", () =>
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]+([A-Z][a-z]+)*$/), (name) => {
        const terraform = snakeCase(name);
        expect(terraform).toMatch(/^[a-z]+(_[a-z]+)*$/);
        expect(terraform.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())).toBe(name);
      }),
    ));
});

describe("the words of a module", () => {
  const { properties } = inTerraformWords({ type: "object", properties: { sampling, apiId: text } });

  it("name fields as Terraform does, and leave other words", () => {
    const told = inTerraformWords({ ...sampling, description: "As keepErrors of MoesifPipeline and otherWord." });
    expect(told.description).toBe("As keep_errors of MoesifPipeline and otherWord.");
    expect(told.properties).toHaveProperty("keepErrors");
  });

  it("tell of each field what it is for, and its default", () =>
    expect(descriptionOf(properties!.sampling!)).toBe(
      "How many calls are sent.\n\n- `rate`: Percent. Default: `100`.\n" +
        '- `keep_errors`: Errors, with keep_errors. Default: `"none"`.\n- `company_limit`: \n',
    ));

  it("tell a variable without fields by itself", () =>
    expect(descriptionOf({ ...text, description: "A name." })).toBe("A name."));

  it("name fields in lists and maps by their paths", () =>
    expect(
      fieldsOf({
        type: "object",
        properties: {
          mask: { type: "array", items: sampling },
          apis: { type: "object", additionalProperties: filter.items! },
        },
      }).map(({ name }) => name),
    ).toEqual([
      "mask",
      "mask[].rate",
      "mask[].keep_errors",
      "mask[].company_limit",
      "apis",
      "apis.*.api_name",
      "apis.*.tags",
    ]));
});
