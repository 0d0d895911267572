/** The alarms of a pipeline: which there are, what they say, and that nothing else changes by them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { MoesifPipeline, type MoesifPipelineProps, Monitoring, type MonitoringSettings } from "../../modules";
import { ALARM_KEYS, kebab } from "../../modules/settings/monitoring";
import { ROOT } from "../support/rollout";
import { synthesize, type Synthesized, variable } from "../support/synth";

const TOPIC = "arn:aws:sns:us-east-1:123456789012:alarms";
const MINIMAL = { applicationId: { secretName: "moesif/application-id" } };

function monitored(settings?: MonitoringSettings, props: Partial<MoesifPipelineProps> = {}, isEnrolled = false) {
  return synthesize((stack) => {
    const pipeline = new MoesifPipeline(stack, "pipeline", { ...MINIMAL, ...props });
    const enrollment = isEnrolled ? { functionName: "moesif-enroll-moesif" } : undefined;
    if (settings) new Monitoring(stack, "monitoring", { pipeline, enrollment, ...settings });
  });
}

const alarmsOf = ({ json }: Synthesized) =>
  Object.values<any>(json.resource.aws_cloudwatch_metric_alarm ?? {}) as Record<string, any>[];

const namesOf = (stack: Synthesized) =>
  alarmsOf(stack).map(({ alarm_name }) => alarm_name.replace("moesif-moesif-", ""));

const EVERYTHING = { redrive: { mode: "events" } } as const;

describe("the alarms", () => {
  it("are all there with a redrive by events and an enrollment, and each links its section of the runbook", () => {
    const stack = monitored({}, EVERYTHING, true);
    expect(namesOf(stack).sort()).toEqual(ALARM_KEYS.map(kebab).sort());
    for (const { alarm_name: name, alarm_description: text } of alarmsOf(stack)) {
      expect(text).toMatch(new RegExp(`[.] What to do: docs/runbook[.]md#${name.replace("moesif-moesif-", "")}$`));
    }
  });

  it("are left out where the pipeline has no such metric", () => {
    const others = ["given-up", "redrive-failed", "stages-not-enrolled"];
    const minimal = ALARM_KEYS.map(kebab).filter((key) => !others.includes(key));
    expect(namesOf(monitored({})).sort()).toEqual([...minimal].sort());
    expect(namesOf(monitored({}, { sampling: { remote: false } }))).not.toContain("sampling-rules-stale");
    expect(namesOf(monitored({}, { transformer: { enabled: false } })).sort()).toEqual(
      ["backup-failed", "data-freshness", "delivery-success", "no-traffic", "stream-backlog", "stream-quota", "throttled-records"], // prettier-ignore
    );
  });

  it("change no resource of the pipeline", () => {
    const before = monitored(undefined, EVERYTHING).json.resource;
    const after = monitored({ topicArn: TOPIC }, EVERYTHING, true).json.resource;
    const {
      aws_cloudwatch_metric_alarm: alarms,
      aws_cloudwatch_log_metric_filter: filters,
      aws_cloudwatch_dashboard: dashboards,
      ...others
    } = after;
    expect(others).toEqual(before);
    expect([alarms, filters, dashboards].map((added) => Object.keys(added).length)).toEqual([ALARM_KEYS.length, 1, 1]);
  });

  it("send to the topic when they fire and when they end", () => {
    for (const alarm of alarmsOf(monitored({ topicArn: TOPIC }))) {
      expect(alarm).toMatchObject({ alarm_actions: [TOPIC], ok_actions: [TOPIC] });
    }
    expect(alarmsOf(monitored({}))[0]).not.toHaveProperty("alarm_actions");
  });

  it("are off by their keys, and take thresholds and minutes", () => {
    const alarms = {
      noTraffic: { enabled: false },
      backupFailed: { enabled: false },
      transformerDuration: { threshold: 50 },
      streamBacklog: { threshold: 12 },
      dataFreshness: { threshold: 600, minutes: 15 },
    } as const;
    const stack = monitored({ alarms }, { transformer: { timeoutSeconds: 120 } });
    expect(namesOf(stack)).not.toEqual(expect.arrayContaining(["no-traffic", "backup-failed"]));
    expect(stack.json.resource).not.toHaveProperty("aws_cloudwatch_log_metric_filter");
    const { aws_cloudwatch_metric_alarm: byId } = stack.json.resource;
    // Half of 120 seconds, in milliseconds.
    expect(byId.monitoring_transformer_duration).toMatchObject({ threshold: 60_000 });
    expect(byId.monitoring_stream_backlog).toMatchObject({ threshold: 12 * 3600 });
    expect(byId.monitoring_data_freshness).toMatchObject({ threshold: 600, evaluation_periods: 3, period: 300 });
  });

  it("take tokens as thresholds", () => {
    const stack = synthesize((one) => {
      const pipeline = new MoesifPipeline(one, "pipeline", MINIMAL);
      const threshold = variable(one, "seconds", "number", 600).numberValue;
      const alarms = { dataFreshness: { threshold }, transformerDuration: { threshold } };
      new Monitoring(one, "monitoring", { pipeline, alarms });
    });
    const { aws_cloudwatch_metric_alarm: byId } = stack.json.resource;
    expect(byId.monitoring_data_freshness.threshold).toBe("${var.seconds}");
    expect(byId.monitoring_transformer_duration.threshold).toMatch(/var\.seconds \* 600/);
    expect(stack.warnings()).toEqual([]);
  });

  it("have the tags of the pipeline and their own", () => {
    const stack = synthesize((one) => {
      const pipeline = new MoesifPipeline(one, "pipeline", { ...MINIMAL, tags: { owner: "api", cell: "1" } });
      new Monitoring(one, "monitoring", { pipeline, tags: { cell: "2" } });
    });
    expect(alarmsOf(stack)[0]).toMatchObject({ tags: { owner: "api", cell: "2" } });
  });

  it("are warned of where one can fire while all is well, since records wait in buffers", () => {
    const slow = { delivery: { bufferIntervalSeconds: 200 } };
    expect(monitored({}, slow).warnings()).toEqual([
      expect.stringMatching(/records wait in buffers for 260 s {2}\[alarm-freshness\]\n {2}fix: set .* to 320 or more/),
    ]);
    expect(monitored({ alarms: { dataFreshness: { threshold: 320 } } }, slow).warnings()).toEqual([]);
    expect(monitored({ alarms: { dataFreshness: { enabled: false } } }, slow).warnings()).toEqual([]);
    expect(monitored({}).warnings()).toEqual([]);
  });

  it.each<[string, object, string]>([
    ["a topic that is none", { topicArn: "alarms" }, "topicArn: invalid value"],
    ["an unknown alarm", { alarms: { traffic: {} } }, "unknown key"],
    ["an option that the alarm does not have", { alarms: { noTraffic: { threshold: 1 } } }, "unknown key"],
    ["a share above 1", { alarms: { deliverySuccess: { threshold: 99 } } }, "too large"],
    ["minutes that CloudWatch does not take", { alarms: { noTraffic: { minutes: 7 } } }, "invalid value 7"],
    ["a runbook with a space in its address", { runbookUrl: "our wiki" }, "runbookUrl: invalid value"],
  ])("refuse %s", (_, settings, message) => {
    expect(() => monitored(settings)).toThrow(message);
  });
});

test("the runbook has a section for each alarm, and no other, in the order of the table", () => {
  const page = readFileSync(join(ROOT, "docs", "runbook.md"), "utf8");
  expect([...page.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)).toEqual(ALARM_KEYS.map(kebab));
});
