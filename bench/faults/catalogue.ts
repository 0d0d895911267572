/** Every fault that is made on purpose: what fails, and how long. */
import type { Quota } from "../../local/capacity";
import { NO_RULES } from "../../local/moesif-config";
import type { InvocationFault } from "./lambda-service";
import type { Behaviour } from "./moesif";

/** What a fault can act on. */
export interface Controls {
  /** How Moesif answers deliveries; `undefined`: as it should. */
  deliveries: Behaviour | undefined;
  /** How it answers requests for the sampling rules. */
  config: Behaviour | undefined;
  /** What becomes of an invocation of the function. */
  invocation: InvocationFault | undefined;
  /** S3 takes no object of Firehose. */
  isBucketRefused: boolean;
  /** There is no secret with the application id. */
  isSecretMissing: boolean;
  /** Moesif takes another application id, and the secret holds it. */
  rotateSecret(): void;
  /** What new execution environments find in the place of the settings. */
  settings: "missing" | "broken" | undefined;
  /** Other settings are deployed: new execution environments read them. */
  replaceSettings(): void;
  /** Records that the stream refuses when the function puts them back, in percent. */
  putBackRefusals: number;
  /** Firehose delivers each request once more, after it was acknowledged. */
  isDeliveredTwice: boolean;
  /** The stream refuses records, since more come than its quota allows. */
  isThrottled: boolean;
  /** The stream's quota, if it is another than that of its region. */
  quota: Quota | undefined;
  /** No call comes in. */
  isQuiet: boolean;
}

/** A fault. */
export interface Fault {
  readonly what: string;
  begin(controls: Controls): void;
  /** Left out where it does not end by itself. */
  end?(controls: Controls): void;
  /** It lasts for hours; otherwise for minutes. */
  readonly isLong?: boolean;
  /** By itself it lasts for so many hours. */
  readonly hours?: number;
  /** By itself it shows only where it is there from the first second on. */
  readonly isEarly?: boolean;
  /** Some records are damaged. In a combination of faults they always are. */
  readonly isDamaging?: boolean;
  /** It is tried by itself only: it changes the traffic, and what alarms take hours to see. */
  readonly isAlone?: boolean;
}

const moesif = (what: string, behaviour: Behaviour, isLong?: boolean): Fault => ({
  what,
  begin: (controls) => void (controls.deliveries = behaviour),
  end: (controls) => void (controls.deliveries = undefined),
  isLong,
});

const invocation = (what: string, fault: InvocationFault): Fault => ({
  what,
  begin: (controls) => void (controls.invocation = fault),
  end: (controls) => void (controls.invocation = undefined),
});

const settings = (what: string, found: "missing" | "broken"): Fault => ({
  what,
  begin(controls) {
    controls.settings = found;
    controls.replaceSettings();
  },
  end(controls) {
    controls.settings = undefined;
    controls.replaceSettings();
  },
});

const config = (what: string, behaviour: Behaviour): Fault => ({
  what,
  begin: (controls) => void (controls.config = behaviour),
  end: (controls) => void (controls.config = undefined),
});

/** By name. */
export const FAULTS = {
  "moesif-401": moesif("Moesif answers 401", { status: 401 }),
  "moesif-413": moesif("Moesif answers 413", { status: 413 }),
  "moesif-429": moesif("Moesif answers 429", { status: 429 }),
  "moesif-500": moesif("Moesif answers 500", { status: 500 }),
  "moesif-500-taken": moesif("Moesif answers 500 to what it has taken", { status: 500, takes: true }),
  "moesif-503": moesif("Moesif answers 503", { status: 503 }),
  "moesif-slow": moesif("Moesif takes a minute to answer", { delaySeconds: 60 }),
  "moesif-no-answer": moesif("Moesif does not answer within three minutes", { delaySeconds: 600 }),
  "moesif-202": moesif("Moesif answers 202", { status: 202, takes: true }),
  "moesif-malformed": moesif("Moesif's acknowledgement is malformed", { isMalformed: true }),
  "moesif-reset": moesif("Moesif resets the connection", { resets: true }),
  "moesif-down": moesif("Moesif is down for longer than the retry duration", { isDown: true }, true),
  "function-crash": invocation("the transformer crashes", "crash before"),
  "function-crash-late": invocation("the transformer crashes before it answers", "crash after"),
  "function-time-out": invocation("the transformer times out", "time-out before"),
  "function-time-out-late": invocation("the transformer times out before it answers", "time-out after"),
  "function-out-of-memory": invocation("the transformer runs out of memory", "out of memory"),
  "function-throttled": invocation("the transformer is throttled", "throttled"),
  "answer-too-large": invocation("the transformer's answer is too large", "answer too large"),
  "record-id-missing": invocation("a record id is missing in the transformer's answer", "record id missing"),
  "record-id-twice": invocation("a record id is twice in the transformer's answer", "record id twice"),
  "bucket-refused": {
    what: "S3 refuses objects",
    // Only what fails goes to the bucket.
    isDamaging: true,
    begin: (controls) => void (controls.isBucketRefused = true),
    end: (controls) => void (controls.isBucketRefused = false),
  },
  "both-refused": {
    what: "Moesif is down, and S3 refuses objects",
    begin(controls) {
      controls.deliveries = { isDown: true };
      controls.isBucketRefused = true;
    },
    end(controls) {
      controls.deliveries = undefined;
      controls.isBucketRefused = false;
    },
    isLong: true,
    hours: 7,
  },
  "secret-missing": {
    what: "the secret with the application id is missing",
    begin: (controls) => void (controls.isSecretMissing = true),
    end: (controls) => void (controls.isSecretMissing = false),
    isEarly: true,
  },
  "secret-rotated": { what: "the application id is rotated", begin: (controls) => controls.rotateSecret() },
  "settings-missing": settings("the settings are missing", "missing"),
  "settings-broken": settings("the settings are broken", "broken"),
  "settings-replaced": { what: "the settings are replaced", begin: (controls) => controls.replaceSettings() },
  "config-down": config("Moesif's config endpoint is down", { isDown: true }),
  "config-hangs": config("Moesif's config endpoint does not answer", { delaySeconds: 600 }),
  "config-500": config("Moesif's config endpoint answers 500", { status: 500 }),
  "put-back-in-part": {
    what: "the stream takes half of the records that the transformer puts back",
    isDamaging: true,
    begin: (controls) => void (controls.putBackRefusals = 50),
    end: (controls) => void (controls.putBackRefusals = 0),
  },
  "put-back-refused": {
    what: "the stream takes no record that the transformer puts back",
    isDamaging: true,
    begin: (controls) => void (controls.putBackRefusals = 100),
    end: (controls) => void (controls.putBackRefusals = 0),
  },
  "records-damaged": {
    what: "records are damaged",
    begin: () => undefined,
    isDamaging: true,
    isAlone: true,
  },
  "config-down-for-hours": {
    ...config("Moesif's config endpoint is down for hours", { isDown: true }),
    hours: 2,
    isAlone: true,
  },
  "config-unusable": {
    ...config("rules made in Moesif cannot be used", { rules: { ...NO_RULES, user_sample_rate: { ann: "half" } } }),
    isAlone: true,
  },
  "stream-throttled": {
    what: "more records come than the stream's quota allows",
    begin: (controls) => void (controls.isThrottled = true),
    end: (controls) => void (controls.isThrottled = false),
    isAlone: true,
  },
  "quota-nearly-used": {
    what: "the traffic comes near the stream's quota",
    // Of as many requests as come in.
    begin: (controls) => void (controls.quota = { bytes: 1024 * 1024, records: 100_000, requests: 1 / 15 }),
    end: (controls) => void (controls.quota = undefined),
    isAlone: true,
  },
  "no-traffic": {
    what: "no call comes in",
    begin: (controls) => void (controls.isQuiet = true),
    end: (controls) => void (controls.isQuiet = false),
    hours: 1.5,
    isAlone: true,
  },
  "duplicate-deliveries": {
    what: "Firehose delivers records twice",
    begin: (controls) => void (controls.isDeliveredTwice = true),
    end: (controls) => void (controls.isDeliveredTwice = false),
  },
} satisfies Record<string, Fault>;

export type FaultName = keyof typeof FAULTS;

export const FAULT_NAMES = Object.keys(FAULTS) as FaultName[];

/** Those that are also tried together. */
export const COMBINED_NAMES = FAULT_NAMES.filter((name) => (FAULTS[name] as Fault).isAlone !== true);
