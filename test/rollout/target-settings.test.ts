/** The settings document of a target is the one that its stack writes into the bucket. */
import { join } from "node:path";
import { RolloutError, rolloutSettings } from "../../modules";
import { ROOT, synthesizeFile } from "../support/rollout";

/** Undoes what keeps Terraform from reading a template. */
function unescaped(content: string): string {
  return content.replace(/([$%])\1(?=\{)/g, "$1");
}

describe("the settings of a rollout", () => {
  it.each(["rollout.yaml", "examples/cdktf-app/rollout.yaml", "test/rollout/settings.yaml"])(
    "are for each target of %s what its stack writes",
    (file) => {
      const written = [...synthesizeFile(file)].map(([name, stack]): [string, unknown] => [
        name,
        JSON.parse(unescaped(stack.resource("aws_s3_object").content)),
      ]);
      expect([...rolloutSettings(join(ROOT, file))]).toEqual(written);
    },
  );

  it("are refused with every mistake of the file", () => {
    const file = join(ROOT, "test", "rollout", "bad", "every-mistake-is-told-at-once.yaml");
    expect(() => rolloutSettings(file)).toThrow(RolloutError);
  });
});
