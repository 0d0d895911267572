/** `redrive`: the function that puts failed records of the bucket back on the stream. */
import { awsLimits, LOG_RETENTION_DAYS } from "./aws";
import type { Rule } from "./rule";
import { transformerLimits } from "./transformer";
import { choice, section, setting, wholeNumber } from "./values";

export const redriveLimits = {
  mode: choice(
    ["onDemand", "schedule", "events"],
    "onDemand: when you invoke it; schedule: every everyMinutes; events: for each object that Firehose writes, a quarter of an hour later",
  ),
  everyMinutes: wholeNumber(15, 1440, "minutes", "a run may take the 15 minutes that a function has at most"),
  recordsPerSecond: wholeNumber(
    50,
    5000,
    "records a second",
    "an object has to be done within the time of a function, and the stream's quota also serves the stages: https://docs.aws.amazon.com/firehose/latest/dev/limits.html",
  ),
  maxAttempts: wholeNumber(1, 10, "attempts", "a record that fails by itself fails every time"),
} as const;

export const redriveDefaults = {
  mode: "onDemand",
  everyMinutes: 60,
  recordsPerSecond: 500,
  maxAttempts: 3,
  memoryMb: 256,
  logRetentionDays: LOG_RETENTION_DAYS,
} as const;

/** Scopes merge key by key. */
export const redriveSection = section({
  mode: setting(redriveLimits.mode, "What starts it.", redriveDefaults.mode),
  everyMinutes: setting(
    redriveLimits.everyMinutes,
    "Minutes between two runs of the mode schedule.",
    redriveDefaults.everyMinutes,
  ),
  recordsPerSecond: setting(
    redriveLimits.recordsPerSecond,
    "Records that a run puts on the stream in a second.",
    redriveDefaults.recordsPerSecond,
  ),
  maxAttempts: setting(
    redriveLimits.maxAttempts,
    "How often a record is put back before it is given up.",
    redriveDefaults.maxAttempts,
  ),
  memoryMb: setting(transformerLimits.memoryMb, "Memory of the function in MB.", redriveDefaults.memoryMb),
  logRetentionDays: setting(
    awsLimits.logRetentionDays,
    "Days for which the function's log is kept.",
    redriveDefaults.logRetentionDays,
  ),
});

const DEFAULT_MINUTES: number = redriveDefaults.everyMinutes;

export const REDRIVE_RULES: readonly Rule[] = [
  {
    id: "redrive-events-bucket",
    settings: ["redrive.mode", "backup.bucket"],
    holds: ({ settings: { redrive, backup } }) => redrive?.mode !== "events" || backup?.bucket === undefined,
    message: () =>
      "mode events conflicts with backup.bucket: a bucket has one set of notifications, and Terraform would replace those that are there",
    fix: "write mode: schedule, or remove backup.bucket",
  },
  {
    id: "redrive-schedule",
    settings: ["redrive.everyMinutes", "redrive.mode"],
    holds: ({ settings: { redrive } }) =>
      redrive?.mode === "schedule" || (redrive?.everyMinutes ?? DEFAULT_MINUTES) === DEFAULT_MINUTES,
    message: () => "redrive.everyMinutes requires redrive.mode schedule",
    fix: "write mode: schedule, or remove everyMinutes",
  },
];
