/** Reads what the function was asked. */
import type { Enrollment, EnrollmentRequest, LeaveRequest } from "./contract";

/** @throws Error that says what a request looks like */
export function readRequest(event: unknown): EnrollmentRequest {
  const request = Object(event) as Partial<Record<"check" | "enroll" | "leave" | "lookAgain" | "run", unknown>>;
  if (request.lookAgain === true) {
    return { lookAgain: true };
  }
  if (request.leave === true) {
    return event as LeaveRequest;
  }
  if (isEnrollment(request.check)) {
    return { check: request.check };
  }
  if (isEnrollment(request.enroll) && Number.isSafeInteger(request.run)) {
    return event as EnrollmentRequest;
  }
  throw new Error(
    'The request is none of {"check": enrollment}, {"enroll": enrollment, "run": number}, {"lookAgain": true} and {"leave": true}, ' +
      "where an enrollment has destinations, and stages or match or both: call the function with one of these.",
  );
}

/** A light check: the values were checked when Terraform planned them. */
function isEnrollment(value: unknown): value is Enrollment {
  const { destinations, stages = [], match = [] } = Object(value) as Partial<Enrollment>;
  return typeof destinations === "object" && destinations !== null && Array.isArray(stages) && Array.isArray(match);
}
