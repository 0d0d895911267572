/**
 * The IAM actions that Terraform's calls need, as they pass the front of moto: by the service of the signature, and the
 * operation of its protocol.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
import type { Request } from "./front";

/** What an operation of S3 reads or writes, by the parameter of its query, in the names of IAM. */
const S3_CONFIGURATIONS: Readonly<Record<string, string>> = {
  accelerate: "AccelerateConfiguration",
  acl: "BucketAcl",
  cors: "BucketCORS",
  encryption: "EncryptionConfiguration",
  lifecycle: "LifecycleConfiguration",
  location: "BucketLocation",
  logging: "BucketLogging",
  notification: "BucketNotification",
  "object-lock": "BucketObjectLockConfiguration",
  ownershipControls: "BucketOwnershipControls",
  policy: "BucketPolicy",
  publicAccessBlock: "BucketPublicAccessBlock",
  replication: "ReplicationConfiguration",
  requestPayment: "BucketRequestPayment",
  tagging: "BucketTagging",
  versioning: "BucketVersioning",
  website: "BucketWebsite",
};

/** Operations of Lambda by method and what follows the name of the function. */
const LAMBDA: readonly (readonly [call: RegExp, operation: string])[] = [
  [/^POST \/functions$/, "CreateFunction"],
  [/^GET \/functions\/[^/]+$/, "GetFunction"],
  [/^DELETE \/functions\/[^/]+$/, "DeleteFunction"],
  [/^PUT .*\/code$/, "UpdateFunctionCode"],
  [/^PUT .*\/configuration$/, "UpdateFunctionConfiguration"],
  [/^GET .*\/configuration$/, "GetFunctionConfiguration"],
  [/^GET .*\/versions$/, "ListVersionsByFunction"],
  [/^GET .*\/code-signing-config$/, "GetFunctionCodeSigningConfig"],
  [/^PUT .*\/concurrency$/, "PutFunctionConcurrency"],
  [/^DELETE .*\/concurrency$/, "DeleteFunctionConcurrency"],
  [/^GET .*\/policy$/, "GetPolicy"],
  [/^POST .*\/policy$/, "AddPermission"],
  [/^DELETE .*\/policy\/[^/]+$/, "RemovePermission"],
  [/^POST .*\/invocations$/, "InvokeFunction"],
  [/^POST \/event-source-mappings$/, "CreateEventSourceMapping"],
  [/^GET \/event-source-mappings\/[^/]+$/, "GetEventSourceMapping"],
  [/^DELETE \/event-source-mappings\/[^/]+$/, "DeleteEventSourceMapping"],
  [/^GET \/account-settings$/, "GetAccountSettings"],
  [/^GET \/tags\//, "ListTags"],
  [/^POST \/tags\//, "TagResource"],
];

/** Of services that sign by another name. */
const IAM_PREFIXES: Readonly<Record<string, string>> = { monitoring: "cloudwatch" };

/** Of APIs, keys and topics, which have other owners, and of the credentials, which the provider checks otherwise on AWS. */
const NOT_OF_A_PIPELINE = /^(sts:|sns:|iam:GetUser$|kms:(?!DescribeKey$)|apigateway:(?!.*\/account$))/;

/** Gathers the actions of each access key. */
export class DeployCalls {
  readonly #actions = new Map<string, Set<string>>();

  add(request: Request): void {
    const { key, actions: called } = signedActions(request);
    if (key === undefined || !String(request.headers["user-agent"]).includes("Terraform/")) return;
    const actions = this.#actions.get(key) ?? new Set();
    this.#actions.set(key, actions);
    for (const action of called) if (!NOT_OF_A_PIPELINE.test(action)) actions.add(action.replace("/account", ""));
  }

  /** Those of an access key since they were last taken. */
  take(key: string): string[] {
    const actions = [...(this.#actions.get(key) ?? [])].sort();
    this.#actions.delete(key);
    return actions;
  }
}

/** The actions that a call needs, and the access key that signed it. */
export function signedActions({ method, path, headers, body }: Request): { key?: string; actions: string[] } {
  const [, key, service] = /Credential=([^/]+)\/\d+\/[^/]+\/([^/]+)/.exec(String(headers.authorization)) ?? [];
  if (service === undefined) return { actions: [] };
  const operations = operationsOf(service, method, path, headers, body);
  return { key, actions: operations.map((operation) => `${IAM_PREFIXES[service] ?? service}:${operation}`) };
}

function operationsOf(
  service: string,
  method: string,
  path: string,
  headers: Request["headers"],
  body: Buffer,
): string[] {
  const target = headers["x-amz-target"];
  if (typeof target === "string") return [target.split(".")[1]!];
  const { pathname, searchParams } = new URL(path, "http://localhost");
  if (service === "s3") return s3(method, pathname, [...searchParams.keys()]);
  if (service === "apigateway") return [pathname === "/account" ? `${method}/account` : method];
  if (service === "lambda") {
    const call = `${method} ${pathname.replace(/^\/\d{4}-\d\d-\d\d/, "").replace(/\/$/, "")}`;
    return [LAMBDA.find(([known]) => known.test(call))?.[1] ?? `? ${call}`];
  }
  return [new URLSearchParams(body.toString()).get("Action") ?? `? ${method} ${path}`];
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html */
function s3(method: string, pathname: string, query: readonly string[]): string[] {
  const [, bucket, key] = /^\/([^/]+)(?:\/(.+))?/.exec(pathname) ?? [];
  if (bucket === undefined) return ["ListAllMyBuckets"];
  const version = query.includes("versionId") ? "Version" : "";
  if (key !== undefined) {
    const tagging = query.includes("tagging") ? "Tagging" : "";
    const verb = { GET: "Get", HEAD: "Get", PUT: "Put", DELETE: "Delete" }[method] ?? `? ${method} `;
    return [`${verb}Object${version}${tagging}`];
  }
  const configuration = query.map((name) => S3_CONFIGURATIONS[name]).find((name) => name !== undefined);
  if (configuration !== undefined) {
    const isDeleted = method === "DELETE" && /^Bucket(Policy|Website)$/.test(configuration);
    return [`${method === "GET" ? "Get" : isDeleted ? "Delete" : "Put"}${configuration}`];
  }
  if (query.includes("versions")) return ["ListBucketVersions"];
  if (query.includes("delete")) return ["DeleteObject", "DeleteObjectVersion"];
  return [{ PUT: "CreateBucket", DELETE: "DeleteBucket" }[method] ?? "ListBucket"];
}
