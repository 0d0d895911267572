/** A root of one's own that calls the module with `for_each`, over two regions and over several pipelines of one. */
import { join } from "node:path";
import { Moto } from "../support/moto";
import { describeWithMoto } from "../support/terraform";
import { copyOfModule, Root } from "./root";

const ACCOUNT = "123456789012";
const REGIONS = ["eu-west-1", "us-east-1"];

const orders = { name: "orders", regions: REGIONS, environment: "production" };
const catalogue = { name: "catalogue", regions: ["eu-west-1"], environment: "staging", sampling: { rate: 10 } };

const streamArn = (region: string, name: string) =>
  `arn:aws:firehose:${region}:${ACCOUNT}:deliverystream/amazon-apigateway-${name}`;

describeWithMoto("pipelines that are entries of a map", () => {
  let moto: Moto;
  let root: Root;

  const set = (pipelines: object) => {
    const secrets = REGIONS.map((region) => [
      region,
      `arn:aws:secretsmanager:${region}:${ACCOUNT}:secret:moesif-a1B2c3`,
    ]);
    root.set({ pipelines, secret_arns: Object.fromEntries(secrets) });
  };
  const streams = () => root.state().output("stream_arns");
  const leftOvers = async () => (await Promise.all(REGIONS.map((region) => moto.leftOvers(ACCOUNT, region)))).flat();

  beforeAll(async () => {
    moto = await Moto.start();
    const folder = join("test", "terraform-module", "for-each");
    root = await Root.on(moto, join(copyOfModule(folder), folder), ACCOUNT);
    set({ orders, catalogue });
    await root.init();
  }, 120_000);

  afterAll(() => moto?.stop());

  it("are there in each of their regions, and need no change afterwards", async () => {
    await root.apply();
    expect(streams()).toEqual({
      "eu-west-1": { orders: streamArn("eu-west-1", "orders"), catalogue: streamArn("eu-west-1", "catalogue") },
      "us-east-1": { orders: streamArn("us-east-1", "orders") },
    });
    const { code, output } = await root.plan();
    expect(output).toContain("No changes.");
    expect(code).toBe(0);
  }, 300_000);

  it("go alone when their entry goes", async () => {
    set({ orders });
    const output = await root.apply();
    expect(output).toMatch(/Resources: 0 added, 0 changed, [1-9]\d* destroyed/);
    const gone = [...output.matchAll(/^(.*): Destroying\.\.\./gm)].map(([, address]) => address!);
    expect(gone.filter((address) => !address.startsWith('module.eu_west_1["catalogue"].'))).toEqual([]);
    expect(streams()).toEqual({
      "eu-west-1": { orders: streamArn("eu-west-1", "orders") },
      "us-east-1": { orders: streamArn("us-east-1", "orders") },
    });
    expect((await leftOvers()).filter((name) => name.includes("catalogue"))).toEqual([]);
  }, 300_000);

  it("leave nothing when all go", async () => {
    await root.destroy();
    expect(await root.stateList()).toEqual([]);
    expect(await leftOvers()).toEqual([]);
  }, 300_000);
});
