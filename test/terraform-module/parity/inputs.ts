/** Inputs of several cases. */
import { MOCKED } from "../../support/mocked-terraform";
import type { PipelineInput } from "./builders";

const arn = (service: string, rest: string) => `arn:aws:${service}:${MOCKED.region}:${MOCKED.accountId}:${rest}`;

export const SECRET = arn("secretsmanager", "secret:moesif-AbC123");

export function kmsKey(digit: number): string {
  return arn("kms", `key/${digit}1111111-2222-3333-4444-555555555555`);
}

/** A pipeline that is there already, as its module hands it on. */
export const HANDLE = {
  name: "moesif",
  ...MOCKED,
  streamArn: `arn:aws:firehose:${MOCKED.region}:${MOCKED.accountId}:deliverystream/amazon-apigateway-moesif`,
  bucketName: "moesif-backup-1",
  bucketArn: "arn:aws:s3:::moesif-backup-1",
  transformerEnabled: true,
};

export type Handle = typeof HANDLE & { readonly streamKmsKeyArn?: string; readonly bucketKmsKeyArn?: string };

/** Everything that can be said of a pipeline, with signs that templates, JSON and expressions read otherwise. */
export const COMPLETE: PipelineInput = {
  applicationId: { secretArn: SECRET, kmsKeyArn: kmsKey(1) },
  name: "orders",
  environment: 'the "live" one \\ %{if} ${x}',
  apis: {
    a1b2c3d4e5: { name: 'the "orders"', version: "2", tags: ["v2", "${edge}"], metadata: { team: "core" } },
    z9y8x7w6v5: { name: "catalogue" },
  },
  metadata: { team: 'the "core" team', note: "C:\\temp %{if} ${x}", deep: { list: ["-", 1, true, null] } },
  eventTags: ["edge", "public"],
  enrichment: "none",
  identity: {
    user: [
      { from: "caller", extract: "^[a-z]+:(.+)$", lowerCase: true, map: { "${x}": "acme" } },
      { template: "{stage}:${x}:{metadata.orgId}" },
    ],
    company: [
      { from: "apiKeyId", extract: '^"(.+)', lowerCase: true, map: { abc123: "acme" } },
      { template: "{principalId}" },
    ],
    sessionToken: [
      { from: "metadata.session", extract: "^%{1}(.+)$", lowerCase: true, map: { a: "b" } },
      { template: "{principalId}" },
    ],
  },
  redaction: {
    fields: { remove: ["userArn"] },
    mask: [{ pattern: '"\\d{2}%{2}' }, { pattern: "[0-9]{16}", fields: ["queryString"], replacement: "[card]" }],
    ip: "truncate",
    path: { emails: "keep", segmentsAfter: ["users"], queryParameters: ["token"] },
    hash: ["user", "apiKeyId"],
  },
  hashKey: { secretArn: arn("secretsmanager", "secret:hash-key-AbC123"), kmsKeyArn: kmsKey(2) },
  filter: [
    { drop: { resourcePath: { pattern: '^/health"%{2}' }, httpMethod: ["GET", "HEAD"] } },
    { keep: { status: ["500", "502"], resourcePath: { pattern: "^/orders" } } },
  ],
  sampling: {
    remote: true,
    rate: 12.5,
    by: "user",
    keepErrors: "server",
    companyLimit: 1000,
    refreshSeconds: 30,
    timeoutSeconds: 5,
  },
  output: "event",
  baseUrl: "https://moesif-proxy.example.com/",
  backup: {
    expirationDays: 30,
    abortIncompleteUploadDays: 3,
    forceDestroy: true,
    mode: "AllData",
    kmsKeyArn: kmsKey(3),
  },
  delivery: {
    bufferIntervalSeconds: 30,
    bufferSizeMb: 2,
    retrySeconds: 600,
    commonAttributes: { environment: "production", cell: "3" },
    kmsKeyArn: kmsKey(4),
    logRetentionDays: 14,
  },
  transformer: {
    enabled: true,
    passThrough: false,
    memoryMb: 512,
    timeoutSeconds: 30,
    reservedConcurrency: 5,
    runtime: "nodejs20.x",
    architecture: "x86_64",
    logRetentionDays: 7,
    bufferSizeMb: 0.5,
    bufferIntervalSeconds: 90,
    retries: 5,
  },
  accessLog: {
    user: { from: "cognitoClaim", name: "custom:tenant" },
    company: { from: "authorizerProperty", name: "tenant" },
    path: "route",
    request: { query: "query", forwardedFor: "forwarded_for", contentType: "content_type" },
  },
  iam: {
    path: "/moesif/",
    permissionsBoundary: `arn:aws:iam::${MOCKED.accountId}:policy/boundary`,
    confusedDeputyGuard: "sourceAccount",
  },
  tags: { team: "platform", "cost:centre": "7" },
};
