/**
 * The example rollout applied, as synthesized, to two accounts of an emulated AWS, by the roles that it names. It also
 * hashes, so that its state has each secret to keep out, and redrives by events.
 */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Moto } from "../support/moto";
import { ROOT, synthesizeFile } from "../support/rollout";
import { describeWithMoto, Terraform } from "../support/terraform";

const SECRETS = {
  "moesif/application-id": { api_key: "the-application-id-itself" },
  "moesif/hash-key": { hash_key: "the-key-of-hashes-itself-of-32-characters" },
};

function extended(): string {
  const file = join(mkdtempSync(join(tmpdir(), "two-accounts-")), "rollout.yaml");
  const hash = "  redaction: { hash: [user] }\n  hashKey: { secretName: moesif/hash-key }\n";
  const added = `${hash}  redrive: { mode: events }\n`;
  writeFileSync(file, readFileSync(join(ROOT, "rollout.yaml"), "utf8").replace(/^defaults:\n/m, `$&${added}`));
  return file;
}

describeWithMoto("the example rollout on two emulated accounts", () => {
  const stacks = [...synthesizeFile(extended())].map(([name, stack]) => ({ name, stack }));
  let moto: Moto;
  let deployments: { stack: (typeof stacks)[0]["stack"]; account: string; region: string; terraform: Terraform }[];

  beforeAll(async () => {
    moto = await Moto.start({ lifecycle: true });
    deployments = stacks.map(({ stack }) => {
      const { directory, json } = stack;
      moto.redirect(directory);
      const [{ region, allowed_account_ids: accounts }] = json.provider.aws;
      return { stack, account: accounts[0], region, terraform: new Terraform(directory, moto.environment()) };
    });
    for (const { account, region, terraform } of deployments) {
      for (const [name, value] of Object.entries(SECRETS)) await moto.createSecret(account, region, name, value);
      // State beside the JSON: the rollout file's own place for it is in the repository.
      await terraform.must(["init", "-input=false", "-no-color", "-backend-config=path=terraform.tfstate"]);
    }
  });

  afterAll(() => moto?.stop());

  it("is applied to both", async () => {
    // Most of the time the provider waits, for the bucket's lifecycle and the queues: all wait together.
    const outputs = await Promise.all(deployments.map(({ terraform }) => terraform.apply()));
    for (const output of outputs) {
      expect(output).toMatch(/aws_lambda_event_source_mapping\.pipeline_redrive_messages: Creation complete/);
      expect(output).toMatch(/aws_sqs_queue_policy\.pipeline_redrive_dead_letter_queue_policy: Creation complete/);
    }
    for (const { account, region, terraform } of deployments) {
      const arn = await terraform.must(["output", "-raw", "stream_arn"]);
      expect(arn).toBe(`arn:aws:firehose:${region}:${account}:deliverystream/amazon-apigateway-moesif`);
    }
  });

  it("needs no change afterwards", async () => {
    for (const { terraform } of deployments) {
      const { code, output } = await terraform.plan();
      expect(output).toContain("No changes.");
      expect(code).toBe(0);
    }
  });

  it("keeps no value of a secret in state, nor in what was synthesized", async () => {
    for (const { stack, terraform } of deployments) {
      for (const text of [await terraform.must(["state", "pull"]), JSON.stringify(stack.json)]) {
        for (const [name, value] of Object.entries(SECRETS)) {
          expect(text).toContain(name);
          expect(text).not.toContain(Object.values(value)[0]);
        }
      }
    }
  });

  it("refuses the wrong account's credentials", async () => {
    const [{ stack }] = stacks as [(typeof stacks)[0]];
    moto.redirect(stack.directory, { assume_role: [{ role_arn: "arn:aws:iam::333333333333:role/moesif-deploy" }] });
    const { code, output } = await deployments[0]!.terraform.plan();
    moto.redirect(stack.directory);
    expect(output).toMatch(/AWS account ID not allowed: 333333333333/);
    expect(code).toBe(1);
  });

  it("is destroyed without leaving anything", async () => {
    // The production bucket does not force its objects' deletion, and goes all the same: the settings go first.
    await Promise.all(deployments.map(({ terraform }) => terraform.destroy()));
    for (const { terraform, account, region } of deployments) {
      expect(await terraform.stateList()).toEqual([]);
      expect(await moto.leftOvers(account, region)).toEqual([]);
    }
  });
});
