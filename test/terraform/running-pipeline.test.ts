/** A hand-written root on an emulated AWS: it is applied at the first try, and a new name or path of roles loses no call. */
import { join } from "node:path";
import { Moto } from "../support/moto";
import { describeWithMoto } from "../support/terraform";
import { AppliedRoot, copyOfModule } from "./applied-root";

const ACCOUNT = "123456789012";
const REDRIVE = { eu: {}, us: { mode: "schedule" } };
const REGIONS = ["eu-west-1", "us-east-1"];

describeWithMoto("a pipeline that runs", () => {
  let moto: Moto;
  let root: AppliedRoot;
  let applied: string;

  beforeAll(async () => {
    moto = await Moto.start();
    root = await AppliedRoot.on(moto, join(copyOfModule(), "test", "terraform", "two-regions"), ACCOUNT);
    await root.init();
    applied = await root.apply();
  });

  afterAll(() => moto?.stop());

  it("was applied at the first try, and needs no change afterwards", async () => {
    expect(root.state().output("streams")).toEqual([
      `arn:aws:firehose:eu-west-1:${ACCOUNT}:deliverystream/amazon-apigateway-first`,
      `arn:aws:firehose:us-east-1:${ACCOUNT}:deliverystream/amazon-apigateway-us`,
    ]);
    expect(applied).not.toContain("Warning");
    expect((await root.plan()).output).toContain("No changes.");
  });

  it("changes the settings alone with one more API, of which the id is not known", async () => {
    const apis = { orders: { team: "checkout" }, catalogue: { team: "search" }, payments: { team: "money" } };
    const changes = Object.entries(await root.changesWith({ apis }));
    const within = changes.filter(([address]) => address.startsWith("module."));
    expect(Object.fromEntries(within)).toEqual({
      "module.moesif_eu.aws_s3_object.settings": "update",
      "module.moesif_eu.aws_lambda_function.transformer": "update",
    });
  });

  it("gets alarms without any other change", async () => {
    const planned = Object.entries(await root.changesWith({ monitored: true }));
    expect(planned.map(([address]) => address)).toEqual(
      expect.arrayContaining([
        'module.monitoring_eu[0].aws_cloudwatch_metric_alarm.this["delivery_success"]',
        "module.monitoring_us[0].aws_cloudwatch_log_metric_filter.backup_errors[0]",
      ]),
    );
    const others = planned.filter(([address, action]) => {
      return action !== "create" || !/^(module\.monitoring_|aws_sns_topic\.)/.test(address);
    });
    expect(others).toEqual([]);
  });

  it("gets a redrive of each mode without any other change", async () => {
    const planned = await root.changesWith({ redrive: { eu: { mode: "events" }, us: { mode: "schedule" } } });
    const notCreated = Object.entries(planned).filter(([address, action]) => {
      return action !== "create" || !address.includes(".redrive");
    });
    expect(notCreated).toEqual([]);
    expect(planned).toMatchObject({
      "module.moesif_eu.aws_s3_bucket_notification.redrive[0]": "create",
      "module.moesif_us.aws_cloudwatch_event_target.redrive[0]": "create",
    });
    // The example "complete" applies the mode events: the provider waits two minutes for its queues.
    root.set({ redrive: REDRIVE, monitored: true });
    expect(await root.apply()).toMatch(/ added, 0 changed, 0 destroyed/);
    expect((await root.plan()).output).toContain("No changes.");
  });

  it("makes the new stream, moves the stages, and then removes the old one, with a new name and path of roles", async () => {
    root.set({ name: "second", path: "/platform/", redrive: REDRIVE, monitored: true });
    const output = await root.apply();
    const at = (line: RegExp) => {
      const index = output.search(line);
      if (index < 0) throw new Error(`${line} is not in\n${output}`);
      return index;
    };
    const made = at(/^module\.moesif_eu\.aws_kinesis_firehose_delivery_stream\.this: Creation complete/m);
    const moved = at(/^aws_api_gateway_stage\.prod\["orders"\]: Modifications complete/m);
    const removed = at(
      /^module\.moesif_eu\.aws_kinesis_firehose_delivery_stream\.this \(deposed object \w+\): Destroying/m,
    );
    const newRole = at(/^module\.moesif_eu\.aws_iam_role\.transformer: Creation complete/m);
    const newFunction = at(/^module\.moesif_eu\.aws_lambda_function\.transformer: Creation complete/m);
    const oldRole = at(/^module\.moesif_eu\.aws_iam_role\.transformer \(deposed object \w+\): Destroying/m);
    expect([made, moved, removed]).toEqual([made, moved, removed].sort((a, b) => a - b));
    expect([newRole, newFunction, oldRole]).toEqual([newRole, newFunction, oldRole].sort((a, b) => a - b));
    expect((await root.plan()).output).toContain("No changes.");
    // The bucket keeps its objects, and its name.
    expect(output).not.toMatch(/^module\.moesif_eu\.aws_s3_bucket\.backup\[0\].*(Creating|Destroying)/m);
  });

  it("leaves nothing when it is destroyed", async () => {
    await root.destroy();
    expect(await root.stateList()).toEqual([]);
    expect(await root.inAws(REGIONS)).toEqual([]);
  });
});
