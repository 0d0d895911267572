/** Each file of `bad/`, named by the id of its issue, with the whole of its error message. `UPDATE=1` writes the messages. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Issue } from "../../modules/settings/issue";

const folder = join(__dirname, "bad");
const ids = readdirSync(folder)
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.replace(".ts", ""));

test.each(ids)("%s", (id) => {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- each file throws when it is loaded
  const error = errorOf(() => require(join(folder, id)));
  expect(error?.issues.map((issue) => issue.id)).toContain(id);
  const texts = join(folder, `${id}.txt`);
  if (process.env.UPDATE) writeFileSync(texts, `${error?.message}\n`);
  expect(`${error?.message}\n`).toBe(readFileSync(texts, "utf8"));
});

function errorOf(run: () => void): (Error & { readonly issues: readonly Issue[] }) | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    return error as ReturnType<typeof errorOf>;
  }
}
