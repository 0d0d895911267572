/** What a zod schema refuses, as issues. */
import { z } from "zod";
import { formatPath, type Issue, type IssueParams, issuesOf } from "../../modules/settings/issue";

function issuesIn(schema: z.ZodType, value: unknown, writtenAs?: () => string): Issue[] {
  return issuesOf(schema.safeParse(value).error?.issues ?? [], { value, ...(writtenAs && { writtenAs }) });
}

const error = () => "write it right";

test("a refinement gives id, message, fix and severity itself", () => {
  const params: IssueParams = { id: "role-account", fix: "use another role", severity: "warning" };
  const schema = z.strictObject({
    role: z
      .string()
      .superRefine((_, context) => context.addIssue({ code: "custom", message: "wrong account", path: [], params })),
  });
  expect(issuesIn(schema, { role: "r" })).toEqual([{ ...params, path: ["role"], message: "wrong account" }]);
});

test("an unknown key is an issue of its own, with the nearest known key", () => {
  const schema = z.strictObject({ region: z.string().optional() }, { error: () => "region, name" });
  expect(issuesIn(schema, { regoin: 1, qqqqqqqq: 2 })).toEqual([
    {
      id: "unknown-key",
      path: ["regoin"],
      message: 'unknown key "regoin"',
      fix: 'did you mean "region"? known keys: region, name',
    },
    {
      id: "unknown-key",
      path: ["qqqqqqqq"],
      message: 'unknown key "qqqqqqqq"',
      fix: "remove it; known keys: region, name",
    },
  ]);
});

test.each([
  ["a missing key", z.object({ a: z.string({ error }) }), {}, "missing-key", 'required key "a" is missing'],
  ["an empty value", z.object({ a: z.string({ error }) }), { a: null }, "empty-value", "the value is empty"],
  ["another type", z.object({ a: z.string({ error }) }), { a: [1] }, "invalid-type", "[1] is a list"],
  ["a fraction", z.object({ a: z.int({ error }) }), { a: 1.5 }, "invalid-type", "1.5 is not a whole number"],
  ["too small", z.object({ a: z.number().min(2, { error }) }), { a: 1 }, "too-small", "1 is too small"],
  ["too large", z.object({ a: z.number().max(2, { error }) }), { a: 3 }, "too-large", "3 is too large"],
  ["too long", z.object({ a: z.string().max(2, { error }) }), { a: "abc" }, "too-large", '"abc" is too long'],
  ["no element", z.object({ a: z.array(z.any()).min(1, { error }) }), { a: [] }, "too-small", "the list is empty"],
  ["a pattern", z.object({ a: z.string().regex(/^b/, { error }) }), { a: "a" }, "invalid-value", 'invalid value "a"'],
  ["a key", z.object({ a: z.record(z.string().regex(/^b/, { error }), z.any()) }), { a: { x: 1 } }, "invalid-key"],
])("the schema's message is the fix for %s", (_, schema, value, id, message = 'invalid key "x"') => {
  expect(issuesIn(schema, value)).toMatchObject([{ id, message, fix: "write it right" }]);
});

test("a number where a string is expected is put in quotes as it is written", () =>
  expect(issuesIn(z.string({ error }), 12, () => "012")).toMatchObject([
    { message: "012 is a number, expected a string", fix: 'put it in quotes: "012"' },
  ]));

test("a choice is answered with the nearest one", () =>
  expect(issuesIn(z.literal(["REST", "HTTP"], { error }), "http")).toMatchObject([
    { message: 'invalid value "http"', fix: 'did you mean "HTTP"? write it right' },
  ]));

test("of a value with several types, the issues are those of the type that it has", () => {
  const schema = z.union([z.string(), z.strictObject({ name: z.string().min(2, { error }) })]);
  expect(issuesIn(schema, { name: "a" })).toMatchObject([{ path: ["name"], id: "too-small" }]);
});

test("a long value is cut", () => {
  expect(issuesIn(z.string().regex(/^b/), "a".repeat(1000))[0]!.message.length).toBeLessThan(150);
});

test("a path is written as in JavaScript", () =>
  expect(formatPath(["accounts", 0, "settings", "a b"])).toBe('accounts[0].settings["a b"]'));
