/** The defaults that the documents tell are those that the constructs have. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { synthesizeRollout } from "../../modules";
import { type JsonSchema, rolloutJsonSchema } from "../../modules/rollout/json-schema";
import { Synthesized } from "../support/synth";

/** Every documented default of a map of settings, as settings. */
function defaultsOf(schema: JsonSchema): Record<string, unknown> {
  const entries = Object.entries(schema.properties ?? {}).flatMap(([key, value]): [string, unknown][] => {
    if (value.default !== undefined) return [[key, value.default]];
    const inner = defaultsOf(value);
    return Object.keys(inner).length > 0 ? [[key, inner]] : [];
  });
  return Object.fromEntries(entries);
}

function synthesize(defaults: object): Synthesized {
  const folder = mkdtempSync(join(tmpdir(), "defaults-"));
  const file = join(folder, "rollout.yaml");
  const rollout = {
    version: 1,
    defaults: { ...defaults, applicationId: { secretName: "moesif" } },
    accounts: [{ id: "111111111111", name: "production", regions: [{ name: "us-east-1" }] }],
  };
  writeFileSync(file, JSON.stringify(rollout));
  const [stack] = synthesizeRollout(file, join(folder, "out")).folders;
  return new Synthesized(stack!);
}

it("every documented default makes no difference when it is written out", () => {
  const defaults = defaultsOf(rolloutJsonSchema().definitions!.settings!);
  expect(Object.keys(defaults)).toEqual(
    expect.arrayContaining(["name", "baseUrl", "backup", "delivery", "transformer"]),
  );
  const { resource, data, output, provider } = synthesize(defaults).json;
  const bare = synthesize({}).json;
  expect({ resource, data, output, provider }).toEqual({
    resource: bare.resource,
    data: bare.data,
    output: bare.output,
    provider: bare.provider,
  });
});
