/** The enrollment's record in the bucket, as S3 answers for it. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { EnrollmentRecord } from "../../lambda/stage-enrollment/contract";
import { openRecord, RecordChanged } from "../../lambda/stage-enrollment/record-store";

const URL = "s3://backup/enrollment/a b.json";
const record: EnrollmentRecord = { version: 1, run: 3, writer: "w", enrollment: { destinations: {} }, stages: [] };

interface Reply {
  readonly status?: number;
  readonly code?: string;
  readonly body?: string;
}

let server: Server;
let seen: string[] = [];
let replies: Record<string, Reply> = {};

beforeAll(async () => {
  server = createServer((request, response) => {
    const [path, query = ""] = request.url!.split("?");
    const conditions = ["if-match", "if-none-match"].flatMap((name) =>
      request.headers[name] ? [`${name} ${String(request.headers[name])}`] : [],
    );
    const what = query.includes("list-type") ? "LIST" : request.method!;
    seen.push([what, path, ...conditions].join(" "));
    const { status = 200, code, body = code && `<Error><Code>${code}</Code></Error>` } = replies[what] ?? {};
    request.resume().on("end", () => response.writeHead(status, { ETag: '"e2"' }).end(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  });
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  seen = [];
  replies = {};
});

const denied = { status: 403, code: "AccessDenied" };
const listOf = (...keys: readonly string[]): Reply => ({
  body: `<ListBucketResult>${keys.map((key) => `<Contents><Key>${key}</Key></Contents>`).join("")}</ListBucketResult>`,
});

it("is read whole", async () => {
  replies = { GET: { body: JSON.stringify(record) } };
  expect(await (await openRecord(URL)).read()).toEqual({ record, etag: '"e2"' });
});

it.each<[string, Record<string, Reply>]>([
  ["S3 says so", { GET: { status: 404, code: "NoSuchKey" } }],
  ["it is denied, and not in the list", { GET: denied, LIST: listOf("enrollment/a b.json.old") }],
])("is none where %s", async (_, answers) => {
  replies = answers;
  expect(await (await openRecord(URL)).read()).toBeUndefined();
});

it.each<[string, Record<string, Reply>]>([
  ["denied, and in the list", { GET: denied, LIST: listOf("enrollment/a b.json") }],
  ["denied, and so is the list", { GET: denied, LIST: denied }],
])("is an error where it is %s", async (_, answers) => {
  replies = answers;
  await expect((await openRecord(URL)).read()).rejects.toThrow(
    /^RECORD_URL \(s3:\/\/backup\/enrollment\/a b.json\) cannot be read \(AccessDenied: .*\): check that/,
  );
});

it("is written only where there was none, or over what was read", async () => {
  const store = await openRecord(URL);
  expect(await store.write(record, undefined)).toEqual({ record, etag: '"e2"' });
  await store.write(record, { record, etag: '"e1"' });
  expect(seen).toEqual([
    "PUT /backup/enrollment/a%20b.json if-none-match *",
    'PUT /backup/enrollment/a%20b.json if-match "e1"',
  ]);
});

it.each([
  [412, "PreconditionFailed"],
  [409, "ConditionalRequestConflict"],
  [404, "NoSuchKey"],
])("says that somebody was faster where S3 answers %i %s", async (status, code) => {
  replies = { PUT: { status, code } };
  await expect((await openRecord(URL)).write(record, { record, etag: "e1" })).rejects.toThrow(RecordChanged);
});

it.each([undefined, "", "file:///tmp/record.json"])("is not at %j", async (url) => {
  await expect(openRecord(url)).rejects.toThrow("RECORD_URL is not set to s3://bucket/key");
});
