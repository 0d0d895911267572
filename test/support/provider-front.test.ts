/** Terraform plans by the front what it plans by a provider that it starts itself, as a user's does. */
import { join } from "node:path";
import { AppliedRoot, copyOfModule } from "../terraform/applied-root";
import { Moto } from "./moto";
import { synthesizeFile } from "./rollout";
import { describeWithMoto, Terraform } from "./terraform";

const ACCOUNT = "123456789012";
const TO_ADD = /^Plan: \d+ to add, 0 to change, 0 to destroy\.$/m;

describeWithMoto("a plan", () => {
  let moto: Moto;
  beforeAll(async () => void (moto = await Moto.start()));
  afterAll(() => moto?.stop());

  /** The plan of a root by a provider that Terraform starts, and by one behind the front. */
  async function plans(directory: string, ...backend: string[]): Promise<string[]> {
    const own = new Terraform(directory, moto.environment(), { startsProvider: true });
    await own.must(["init", "-input=false", "-no-color", ...backend]);
    const both = await Promise.all(
      [own, new Terraform(directory, moto.environment())].map((terraform) => terraform.plan("-lock=false")),
    );
    // Before the plan stands what is read for it, in any order.
    return both.map(({ output }) => output.slice(output.indexOf("Terraform will perform")));
  }

  it("of the module is the same by the front", async () => {
    const root = await AppliedRoot.on(moto, join(copyOfModule(), "terraform", "examples", "complete"), ACCOUNT);
    const secret = (name: string) => `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:${name}-a1B2c3`;
    root.set({ application_id_secret_arn: secret("moesif"), hash_key_secret_arn: secret("hash-key") });
    const [own, front] = await plans(root.directory);
    expect(own).toMatch(TO_ADD);
    expect(front).toBe(own);
  });

  it("of the constructs is the same by the front", async () => {
    const { directory } = synthesizeFile("rollout.yaml").get("moesif-staging-eu-west-1")!;
    moto.redirect(directory);
    await moto.createSecret("222222222222", "eu-west-1", "moesif/application-id", { api_key: "application-id" });
    const [own, front] = await plans(directory, "-backend-config=path=terraform.tfstate");
    expect(own).toMatch(TO_ADD);
    expect(front).toBe(own);
  });
});
