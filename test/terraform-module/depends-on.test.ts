/** Modules that wait for something of the root: what Terraform cannot know while planning is not lost by the apply. */
import { join } from "node:path";
import { Moto } from "../support/moto";
import { describeWithMoto } from "../support/terraform";
import { copyOfModule, Root } from "./root";

describeWithMoto("pipelines with depends_on", () => {
  let moto: Moto;
  let root: Root;

  beforeAll(async () => {
    moto = await Moto.start();
    const folder = join("test", "terraform-module", "depends-on");
    root = await Root.on(moto, join(copyOfModule(folder), folder), "123456789012");
    await root.init();
    root.set({ network: "one", environment: "staging" });
    await root.apply();
  }, 300_000);

  afterAll(() => moto?.stop());

  /** The settings as each function finds them. */
  const settings = () =>
    Promise.all(
      root
        .state()
        .all("aws_lambda_function")
        .map(async ({ environment }) => {
          const response = await moto.s3("GET", environment[0].variables.SETTINGS_URL.replace("s3://", ""));
          return response.status === 200 ? ((await response.json()) as { environment: string }) : response.status;
        }),
    );
  const inEach = (environment: string) => [
    expect.objectContaining({ environment }),
    expect.objectContaining({ environment }),
  ];

  it("keep their settings where these come out of an apply as they were", async () => {
    root.set({ network: "two", environment: "staging" });
    const output = await root.apply();
    expect(output).toContain(
      "module.existing_bucket.data.aws_s3_bucket.pipeline_backup_bucket_existing: Read complete",
    );
    expect(await settings()).toEqual(inEach("staging"));
  }, 300_000);

  it("need no change afterwards", async () => {
    const { code, output } = await root.plan();
    expect(output).toContain("No changes.");
    expect(code).toBe(0);
  }, 120_000);

  it("find new settings where these change", async () => {
    root.set({ network: "two", environment: "production" });
    await root.apply();
    expect(await settings()).toEqual(inEach("production"));
  }, 300_000);
});
