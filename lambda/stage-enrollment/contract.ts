/** What the stage enrollment function is asked, what it answers, and what it remembers. */
import type { AccessLogSettings, ApiType, StageId } from "../api-gateway/stage";

/** A stage by its name. */
export interface ListedStage extends StageId {
  /**
   * Whether the stage may be taken over if it logs somewhere else.
   *
   * @default false
   */
  readonly overwrite?: boolean;
}

/** Stages by what they are like: all that is given must hold. */
export interface StageMatch {
  /** Tags that the stage or its API carries; of a tag on both, the stage's counts. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Name of the API; `*` stands for any characters. */
  readonly apiName?: string;
  /** Name of the stage; `*` stands for any characters. */
  readonly stage?: string;
  /**
   * Types of the APIs.
   *
   * @default every type that has a destination
   */
  readonly types?: readonly ApiType[];
  /**
   * Whether a stage that logs somewhere else may be taken over.
   *
   * @default false
   */
  readonly overwrite?: boolean;
}

/** Which stages of an account and region are to log where. */
export interface Enrollment {
  /** Access logging by the type of the API. A stage of a type that has none cannot be enrolled. */
  readonly destinations: { readonly [type in ApiType]?: AccessLogSettings };
  /** Stages by their names. */
  readonly stages?: readonly ListedStage[];
  /** Stages by tags, names and types. */
  readonly match?: readonly StageMatch[];
}

/** Reads, and changes nothing. */
export interface CheckRequest {
  readonly check: Enrollment;
}

/** What `aws_lambda_invocation` adds to its input. */
export interface TerraformCall {
  readonly action: "create" | "update" | "delete";
  readonly prev_input?: unknown;
}

/**
 * Terraform's call. On `create` and `update` the stages of the enrollment are set, and those that were enrolled and are
 * not in it any more get back what they had; on `delete` all do.
 *
 * @see https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lambda_invocation
 */
export interface EnrollRequest {
  readonly enroll: Enrollment;
  /** The number that a check answered: as long as nothing has to be done, it stays what it was. */
  readonly run: number;
  readonly tf?: TerraformCall;
}

/**
 * Restores every stage; of Terraform's calls, only by that of `delete`. Terraform does not know of a first call that
 * broke off while the function was at work, and would not undo it: of this call, which does nothing at first, it knows.
 */
export interface RestoreRequest {
  readonly restore: true;
  readonly tf?: TerraformCall;
}

/** The schedule's call: the enrollment that was set last is maintained. Without one, there is nothing to do. */
export interface ReconcileRequest {
  readonly reconcile: true;
}

export type EnrollmentRequest = CheckRequest | EnrollRequest | RestoreRequest | ReconcileRequest;

/**
 * What became of a stage, or would:
 *
 * - `enrolled`: its logging was set; `unchanged`: it was as it should be
 * - `restored`: it got back what it had; `released`: it was not ours any more, and was left as it is
 * - `conflict`: it logs somewhere else, and may not be taken over; or another enrollment sets it as well
 * - `missing`: there is no such stage
 * - `failed`: API Gateway refused
 */
export type StageResult = "enrolled" | "unchanged" | "restored" | "released" | "conflict" | "missing" | "failed";

export interface StageAnswer extends StageId {
  readonly result: StageResult;
  /** Where it logged before, if that is another place; of a `released` stage, what it does not get back. */
  readonly before?: string;
  /** Function of another enrollment that had set the stage when this run found it. */
  readonly otherEnrollment?: string;
  /** Of what is wrong: what, and what to do, in a sentence. */
  readonly reason?: string;
}

export interface EnrollmentAnswer {
  /**
   * Of a check: the number of the last run if all is as it should be and was asked for as now; if there is something to
   * do, a greater one, another at each check. Of another call, the number of this run.
   *
   * Terraform keeps the input of an update that failed as if it had been done: were the number the same again, it would
   * see nothing to do.
   */
  readonly run: number;
  /**
   * One sentence for each stage. Of a check: why it would be wrong to begin. Of another call: what could not be done with
   * stages that are listed, or that are restored. Empty when all is well.
   */
  readonly problems: readonly string[];
  /** What else is wrong with stages, one sentence for each: it stops no run. */
  readonly warnings: readonly string[];
  readonly stages: readonly StageAnswer[];
  /** How many stages had each result. */
  readonly totals: { readonly [result in StageResult]?: number };
}

/** The object in the bucket. */
export interface EnrollmentRecord {
  readonly version: 1;
  readonly run: number;
  /** The invocation that wrote this. With it no two versions are alike, so that an ETag stands for one of them. */
  readonly writer: string;
  /**
   * Until when that invocation may be changing stages, in milliseconds since the epoch: until then no other does.
   * Absent once it is done.
   */
  readonly busyUntil?: number;
  /** What was asked for last. */
  readonly enrollment: Enrollment;
  readonly stages: readonly EnrolledStage[];
}

/** A stage that was set by the function; written down before it is set. */
export interface EnrolledStage extends StageId {
  /** What the function sets. */
  readonly set: AccessLogSettings;
  /** Destinations that the function set earlier, as long as it is not certain that the stage has `set`. */
  readonly formerly?: readonly string[];
  /** What its owner gave the stage last; absent if it logged nowhere, or to the same destination. */
  readonly before?: AccessLogSettings;
  /**
   * Function of another enrollment from which the stage was taken back. It is not taken back again: else each of the two
   * would take it from the other for ever.
   */
  readonly takenBackFrom?: string;
  /** Why it could not be set when it was tried last, in a sentence; absent where it could. */
  readonly failure?: string;
}
