/** The stage enrollment function: Terraform's calls and the schedule's. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { createApiGateway } from "../api-gateway/api-gateway";
import { Pace } from "../api-gateway/pace";
import type { Enrollment, EnrollmentAnswer, EnrollmentRequest, RestoreRequest } from "./contract";
import { otherEnrollments } from "./other-enrollments";
import { openRecord } from "./record-store";
import { answerOf, reportOf } from "./report";
import { check, enroll, restore, reconcile, type RunContext } from "./runs";

/** What is left of the function's time when the last call has begun: it has its answer, and the record is written. */
const MARGIN_MS = 25_000;

/**
 * For how long what is not allowed may only be not allowed yet: Terraform calls as soon as it changed the role.
 * `PERMISSION_WAIT_SECONDS` says otherwise.
 */
const PERMISSION_WAIT_SECONDS = 20;

/** As long as AWS Lambda lets a function work: the time where nothing says how much there is. */
const LONGEST_MS = 900_000;

/** Of the context that AWS Lambda gives: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
interface Context {
  readonly awsRequestId?: string;
  readonly functionName?: string;
  readonly getRemainingTimeInMillis?: () => number;
}

/**
 * Answers one request. It may be called again at any time: what is as it should be is not touched.
 *
 * @throws Error that says what to do, if nothing could be done, or not every stage could be restored
 */
export async function handler(event: unknown, context?: Context): Promise<EnrollmentAnswer> {
  const started = performance.now();
  const request = readRequest(event);
  if ("restore" in request && request.tf !== undefined && request.tf.action !== "delete") {
    return answerOf(0, []);
  }
  const end = Date.now() + (context?.getRemainingTimeInMillis?.() ?? LONGEST_MS);
  const deadline = end - MARGIN_MS;
  const deniedUntil = Date.now() + 1000 * Number(process.env.PERMISSION_WAIT_SECONDS || PERMISSION_WAIT_SECONDS);
  const answer = await run(request, {
    api: createApiGateway({ pace: new Pace({ callsPerSecond: callsPerSecond(), deadline, deniedUntil }) }),
    store: await openRecord(undefined, deniedUntil),
    others: otherEnrollments(undefined, deniedUntil),
    writer: context?.awsRequestId ?? randomUUID(),
    deadline,
    end,
    now: Date.now,
    sleep,
  });
  if (answer === undefined) {
    // Without a line in the log: the numbers are those of the run that is at work.
    return answerOf(0, []);
  }
  if (!("check" in request)) {
    const report = reportOf(answer, context?.functionName ?? "", Date.now(), performance.now() - started);
    // Past the console, which AWS Lambda patches to put a prefix before each line: this line is JSON and nothing else.
    process.stdout.write(`${JSON.stringify(report)}\n`);
  }
  return answer;
}

function run(request: EnrollmentRequest, context: RunContext): Promise<EnrollmentAnswer | undefined> {
  if ("check" in request) {
    return check(context, request.check);
  }
  if ("reconcile" in request) {
    return reconcile(context);
  }
  return "restore" in request || request.tf?.action === "delete"
    ? restore(context)
    : enroll(context, { enrollment: request.enroll, run: request.run });
}

/** `CALLS_PER_SECOND`, or the default of the pace. */
function callsPerSecond(text = process.env.CALLS_PER_SECOND): number | undefined {
  if (!text) {
    return undefined;
  }
  const calls = Number(text);
  if (!(calls > 0)) {
    throw new Error("CALLS_PER_SECOND is not a number above 0: set it to one, or leave it out.");
  }
  return calls;
}

/** @throws Error that says what a request looks like */
function readRequest(event: unknown): EnrollmentRequest {
  const request = Object(event) as Partial<Record<"check" | "enroll" | "reconcile" | "restore" | "run", unknown>>;
  if (request.reconcile === true) {
    return { reconcile: true };
  }
  if (request.restore === true) {
    return event as RestoreRequest;
  }
  if (isEnrollment(request.check)) {
    return { check: request.check };
  }
  if (isEnrollment(request.enroll) && Number.isSafeInteger(request.run)) {
    return event as EnrollmentRequest;
  }
  throw new Error(
    'The request is none of {"check": enrollment}, {"enroll": enrollment, "run": number}, {"reconcile": true} and {"restore": true}, ' +
      "where an enrollment has destinations, and stages or match or both: call the function with one of these.",
  );
}

/** A light check: the values were checked when Terraform planned them. */
function isEnrollment(value: unknown): value is Enrollment {
  const { destinations, stages = [], match = [] } = Object(value) as Partial<Enrollment>;
  return typeof destinations === "object" && destinations !== null && Array.isArray(stages) && Array.isArray(match);
}
