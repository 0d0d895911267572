/** The stage enrollment function, run for real against moto's API Gateway and S3 over HTTP. */
import type { StageId } from "../../lambda/api-gateway/stage";
import type { Enrollment } from "../../lambda/stage-enrollment/contract";
import { Account, destinations, GROUP, listing, owners, OWNERS, STREAM } from "./support";

const create = { tf: { action: "create" } };
const destroy = (enroll: Enrollment, run = 1) => ({ enroll, run, tf: { action: "delete" } });
const conflict = (id: StageId, where = "entry of the stage") =>
  `Stage "${id.stage}" of the REST API ${id.apiId} logs to ${OWNERS}: write "overwrite: true" in the ${where} ` +
  "to take it over; its present setting is restored when you remove the stage.";

let account: Account;
beforeAll(async () => {
  account = await Account.start();
});
afterAll(() => account.stop());
beforeEach(() => account.empty());

/** The stages of one API of each type. */
async function oneOfEach(): Promise<StageId[]> {
  return [
    await account.stage({ type: "REST" }),
    await account.stage({ type: "HTTP", stage: "$default" }),
    await account.stage({ type: "WEBSOCKET" }),
  ];
}

describe("enrolling", () => {
  it("sets stages of all three types, and answers and counts what it did", async () => {
    const stages = await oneOfEach();
    const answer = await account.call({ enroll: listing(...stages), run: 1, ...create });
    expect(answer).toEqual({
      run: 1,
      problems: [],
      warnings: [],
      stages: stages.map((id) => ({ ...id, result: "enrolled" })),
      totals: { enrolled: 3 },
    });
    expect(await account.logs(...stages)).toEqual([destinations.REST, destinations.HTTP, destinations.WEBSOCKET]);
    expect(account.lines).toEqual([
      expect.objectContaining({ FunctionName: "moesif-enroll-moesif", run: 1, Enrolled: 3, Set: 3, Missing: 0 }),
    ]);
  });

  it("changes nothing when it is called again", async () => {
    const stages = await oneOfEach();
    await account.call({ enroll: listing(...stages), run: 1, ...create });
    const record = await account.record();
    account.proxy.reset();
    const answer = await account.call({ enroll: listing(...stages), run: 1, tf: { action: "update" } });
    expect(answer.totals).toEqual({ unchanged: 3 });
    expect(account.proxy.changes).toEqual([]);
    expect(await account.record()).toEqual(record);
  });

  it("writes down what a stage had before it touches it", async () => {
    const id = await account.stage({ accessLog: owners });
    const records: unknown[] = [];
    account.proxy.reset();
    account.proxy.rule = async ({ method }) => {
      if (method === "PATCH") records.push(await account.record());
      return undefined;
    };
    await account.call({ enroll: listing({ ...id, overwrite: true }), run: 1, ...create });
    expect(records).toEqual([
      expect.objectContaining({
        busyUntil: expect.any(Number),
        stages: [{ ...id, set: destinations.REST, before: owners }],
      }),
    ]);
    expect(await account.record()).not.toHaveProperty("busyUntil");
  });

  it("takes over a stage that logs somewhere else only where it may", async () => {
    const [asked, kept] = [await account.stage({ accessLog: owners }), await account.stage({ accessLog: owners })];
    const answer = await account.call({ enroll: listing({ ...asked, overwrite: true }, kept), run: 1, ...create });
    expect(answer.stages).toEqual([
      { ...asked, result: "enrolled", before: OWNERS },
      { ...kept, result: "conflict", before: OWNERS, reason: conflict(kept) },
    ]);
    expect(answer.warnings).toEqual([conflict(kept)]);
    expect(await account.logs(asked, kept)).toEqual([destinations.REST, owners]);
    expect(account.lines[0]).toMatchObject({
      Enrolled: 1,
      Conflict: 1,
      stages: [{ stage: `REST/${kept.apiId}/prod`, result: "conflict", before: OWNERS }],
    });
  });

  it("sets a new format, and remembers what the owner had", async () => {
    const id = await account.stage({ accessLog: owners });
    const first = listing({ ...id, overwrite: true });
    await account.call({ enroll: first, run: 1, ...create });
    const REST = { destinationArn: STREAM, format: "$context.extendedRequestId" };
    const second = { ...first, destinations: { ...destinations, REST } };
    const answer = await account.call({ enroll: second, run: 1, tf: { action: "update" } });
    expect(answer.totals).toEqual({ enrolled: 1 });
    expect(await account.logs(id)).toEqual([REST]);
    expect((await account.record())!.stages).toEqual([{ ...id, set: REST, before: owners }]);
  });

  it("gives a stage that is not listed any more back what it had, and nothing to one that had nothing", async () => {
    const [had, hadNot, stays] = [
      await account.stage({ accessLog: owners }),
      await account.stage({ type: "HTTP", stage: "$default" }),
      await account.stage(),
    ];
    await account.call({ enroll: listing({ ...had, overwrite: true }, hadNot, stays), run: 1, ...create });
    const answer = await account.call({ enroll: listing(stays), run: 1, tf: { action: "update" } });
    expect(answer.totals).toEqual({ restored: 2, unchanged: 1 });
    expect(await account.logs(had, hadNot, stays)).toEqual([owners, undefined, destinations.REST]);
    expect((await account.record())!.stages).toEqual([{ ...stays, set: destinations.REST }]);
  });

  it("goes on where one stage fails, and the next call does the rest", async () => {
    const [denied, fine] = [await account.stage({ accessLog: owners }), await account.stage()];
    account.proxy.rule = ({ method, path }) =>
      method === "PATCH" && path.includes(denied.apiId)
        ? { status: 403, type: "AccessDeniedException", message: "not authorized to perform: apigateway:PATCH" }
        : undefined;
    const wanted = listing({ ...denied, overwrite: true }, fine);
    const answer = await account.call({ enroll: wanted, run: 1, ...create });
    expect(answer.totals).toEqual({ failed: 1, enrolled: 1 });
    expect(answer.problems).toEqual([
      `Stage "prod" of the REST API ${denied.apiId} could not be enrolled: ` +
        "AccessDeniedException: not authorized to perform: apigateway:PATCH.",
    ]);
    account.proxy.reset();
    expect(await account.call({ check: wanted })).toMatchObject({ problems: [], totals: { enrolled: 1 } });
    expect((await account.call({ enroll: wanted, run: 2 })).totals).toEqual({ enrolled: 1, unchanged: 1 });
    await account.call(destroy(wanted, 2));
    expect(await account.logs(denied, fine)).toEqual([owners, undefined]);
  });

  it("warns of a stage that is only matched and could not be set: its owner may be the cause", async () => {
    const id = await account.stage();
    account.proxy.rule = ({ method }) =>
      method === "PATCH" ? { status: 400, type: "BadRequestException" } : undefined;
    const answer = await account.call({ enroll: { destinations, match: [{ apiName: "*" }] }, run: 1, ...create });
    expect(answer).toMatchObject({
      problems: [],
      warnings: [expect.stringContaining(id.apiId)],
      totals: { failed: 1 },
    });
    // Each plan says it as well, as long as it has not gone well.
    const check = { check: { destinations, match: [{ apiName: "*" }] } };
    const { problems, warnings, totals } = await account.call(check);
    expect([problems, warnings, totals]).toEqual([[], answer.warnings, { enrolled: 1 }]);
    account.proxy.reset();
    await account.call({ reconcile: true });
    expect(await account.call(check)).toMatchObject({ run: 1, warnings: [], totals: { unchanged: 1 } });
  });

  it("waits for a permission that was just given", async () => {
    const id = await account.stage();
    account.proxy.failNext(2, { status: 403, type: "AccessDeniedException" });
    process.env.PERMISSION_WAIT_SECONDS = "10";
    try {
      expect((await account.call({ enroll: listing(id), run: 1, ...create })).totals).toEqual({ enrolled: 1 });
    } finally {
      process.env.PERMISSION_WAIT_SECONDS = "0";
    }
  });

  it("stops while there is time to say so", async () => {
    const id = await account.stage();
    const answer = await account.call({ enroll: listing(id), run: 1, ...create }, 20_000);
    expect(answer.stages).toEqual([
      expect.objectContaining({ result: "failed", reason: expect.stringMatching(/time is up: call again\.$/) }),
    ]);
    expect(account.proxy.calls).toEqual([]);
  });
});

describe("checking", () => {
  it("changes nothing, and has another number each time as long as there is something to do", async () => {
    const id = await account.stage();
    const first = await account.call({ check: listing(id) });
    expect(first).toMatchObject({ problems: [], warnings: [], totals: { enrolled: 1 } });
    expect(account.proxy.changes).toEqual([]);
    expect(await account.record()).toBeUndefined();
    expect(account.lines).toEqual([]);

    await account.call({ enroll: listing(id), run: first.run, ...create });
    expect(await account.call({ check: listing(id) })).toMatchObject({ run: first.run, totals: { unchanged: 1 } });
    await account.api.removeAccessLog(id);
    const { run, totals } = await account.call({ check: listing(id) });
    expect(totals).toEqual({ enrolled: 1 });
    expect(run).toBeGreaterThan(first.run);
  });

  it("has something to do where other stages are matched by now, though none is there yet", async () => {
    const match = [{ apiName: "to come" }];
    await account.call({ enroll: { destinations }, run: 1, ...create });
    expect((await account.call({ check: { destinations, match } })).run).toBeGreaterThan(1);
    await account.call({ enroll: { destinations, match }, run: 2 });
    expect((await account.call({ check: { destinations, match } })).run).toBe(2);
  });

  it("says why it would be wrong to begin", async () => {
    const [elsewhere, http] = [await account.stage({ accessLog: owners }), await account.stage({ type: "HTTP" })];
    const gone = { ...elsewhere, stage: "gone" };
    const answer = await account.call({
      check: { destinations: { REST: destinations.REST }, stages: [elsewhere, gone, http] },
    });
    expect(answer.problems).toEqual([
      conflict(elsewhere),
      `Stage "gone" of the REST API ${gone.apiId} does not exist: take it off the list, or create it first.`,
      `Stage "prod" of the HTTP API ${http.apiId} cannot be enrolled: there is no destination for HTTP APIs. ` +
        "Give one, or do not list the stage.",
    ]);
    expect(answer.warnings).toEqual([]);
  });

  it("warns of what went wrong since, and of what is only matched", async () => {
    const [moved, gone] = [await account.stage({ name: "a" }), await account.stage({ name: "b" })];
    const matched = await account.stage({ name: "c", accessLog: owners });
    const wanted = { ...listing(moved, gone), match: [{ apiName: "c" }] };
    await account.call({ enroll: wanted, run: 1, ...create });
    await account.api.setAccessLog(moved, owners);
    await account.deleteStage(gone);
    const answer = await account.call({ check: wanted });
    expect(answer).toMatchObject({ run: 1, problems: [] });
    expect(answer.warnings).toEqual([
      conflict(moved),
      expect.stringContaining("does not exist"),
      conflict(matched, "match"),
    ]);
  });
});

describe("matching", () => {
  it("finds stages by tags of the stage or its API, and by names", async () => {
    const byStage = await account.stage({ name: "a", stageTags: { moesif: "yes" } });
    const byApi = await account.stage({ name: "b", type: "HTTP", stage: "$default", apiTags: { moesif: "yes" } });
    const overruled = await account.stage({ apiTags: { moesif: "yes" }, stageTags: { moesif: "no" } });
    const byName = await account.stage({ name: "shop-orders", type: "WEBSOCKET", stage: "prod-1" });
    const otherStage = await account.stage({ name: "shop-orders", stage: "test" });
    const match = [{ tags: { moesif: "yes" } }, { apiName: "shop-*", stage: "prod*" }];
    const answer = await account.call({ enroll: { destinations, match }, run: 1, ...create });
    expect(answer.totals).toEqual({ enrolled: 3 });
    expect(await account.logs(byStage, byApi, overruled, byName, otherStage)).toEqual([
      destinations.REST,
      destinations.HTTP,
      undefined,
      destinations.WEBSOCKET,
      undefined,
    ]);
  });

  it("lists only APIs of the types that can be matched, with one call for each API", async () => {
    await account.stage();
    await account.createStage(await account.stage({ type: "HTTP" }), {});
    account.proxy.reset();
    const http = { destinations: { HTTP: destinations.HTTP }, match: [{}] };
    await account.call({ check: http });
    expect(account.proxy.calls.map(({ path }) => path.replace(/apis\/\w+/, "apis/ID"))).toEqual([
      "/v2/apis",
      "/v2/apis/ID/stages",
    ]);
  });
});

describe("reconciling", () => {
  it("does nothing where nothing was enrolled", async () => {
    expect(await account.call({ reconcile: true })).toMatchObject({ run: 0, stages: [], totals: {} });
    expect(account.proxy.calls).toEqual([]);
  });

  it("sets what a redeployment wiped, and enrolls a new stage that matches", async () => {
    const wiped = await account.stage({ stageTags: { moesif: "yes" } });
    const enroll = { destinations, match: [{ tags: { moesif: "yes" } }] };
    await account.call({ enroll, run: 1, ...create });
    await account.deleteStage(wiped);
    await account.createStage(wiped, { stageTags: { moesif: "yes" } });
    const added = await account.stage({ name: "new", stageTags: { moesif: "yes" } });
    const answer = await account.call({ reconcile: true });
    expect(answer).toMatchObject({ run: 1, totals: { enrolled: 2 } });
    expect(await account.logs(wiped, added)).toEqual([destinations.REST, destinations.REST]);
    expect(account.lines[0]).toMatchObject({ Enrolled: 2, Set: 2 });
    // Terraform sees nothing to do.
    expect((await account.call({ check: enroll })).run).toBe(1);
  });

  it("leaves a stage alone that its owner pointed elsewhere, unless it may be taken over", async () => {
    const [kept, taken] = [await account.stage(), await account.stage()];
    await account.call({ enroll: listing(kept, { ...taken, overwrite: true }), run: 1, ...create });
    for (const id of [kept, taken]) await account.api.setAccessLog(id, owners);
    const answer = await account.call({ reconcile: true });
    expect(answer.totals).toEqual({ conflict: 1, enrolled: 1 });
    expect(await account.logs(kept, taken)).toEqual([owners, destinations.REST]);
    await account.call(destroy(listing(kept)));
    expect(await account.logs(kept, taken)).toEqual([owners, owners]);
  });

  it("leaves everything to a run that is at work", async () => {
    const id = await account.stage();
    await account.call({ enroll: listing(id), run: 1, ...create });
    await account.api.removeAccessLog(id);
    const busy = { ...(await account.record())!, writer: "another", busyUntil: Date.now() + 600_000 };
    await account.moto.s3("PUT", "backup/enrollment/moesif/record.json", JSON.stringify(busy));
    account.proxy.reset();
    expect((await account.call({ reconcile: true })).stages).toEqual([]);
    expect(account.proxy.calls).toEqual([]);
    expect(account.lines).toEqual([]);
  });
});

describe("restoring", () => {
  it("gives back what there was, and only where the setting is still ours", async () => {
    const [had, hadNot, moved, gone] = [
      await account.stage({ accessLog: owners }),
      await account.stage({ type: "HTTP", stage: "$default" }),
      await account.stage(),
      await account.stage({ type: "WEBSOCKET" }),
    ];
    const wanted = listing({ ...had, overwrite: true }, hadNot, moved, gone);
    await account.call({ enroll: wanted, run: 1, ...create });
    const later = { destinationArn: GROUP, format: "$context.requestId" };
    await account.api.setAccessLog(moved, later);
    await account.deleteStage(gone);
    const answer = await account.call(destroy(wanted));
    expect(answer.totals).toEqual({ restored: 2, released: 1, missing: 1 });
    expect(answer.warnings).toEqual([]);
    expect(await account.logs(had, hadNot, moved)).toEqual([owners, undefined, later]);
    expect(await account.record()).toBeUndefined();
    const released = { stage: `REST/${moved.apiId}/prod`, result: "released" };
    expect(account.lines[0]).toMatchObject({ Enrolled: 0, Restored: 2, Missing: 0, stages: [released] });
    expect((await account.call(destroy(wanted))).totals).toEqual({});
  });

  it("does so for whoever asks it to leave, but not when Terraform only creates or changes that call", async () => {
    const id = await account.stage({ accessLog: owners });
    await account.call({ enroll: listing({ ...id, overwrite: true }), run: 1, ...create });
    for (const action of ["create", "update"]) {
      expect(await account.call({ restore: true, tf: { action } })).toMatchObject({ stages: [] });
    }
    expect(await account.logs(id)).toEqual([destinations.REST]);
    expect((await account.call({ restore: true })).totals).toEqual({ restored: 1 });
    expect(await account.logs(id)).toEqual([owners]);
    expect((await account.call({ restore: true, tf: { action: "delete" } })).totals).toEqual({});
  });

  it("leaves no version of the record, so that a bucket that keeps versions can be deleted", async () => {
    const versioning = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    await account.moto.s3("PUT", "backup?versioning", versioning);
    const wanted = listing(await account.stage());
    await account.call({ enroll: wanted, run: 1, ...create });
    const versions = async () => (await (await account.moto.s3("GET", "backup?versions")).text()).match(/<VersionId>/g);
    expect(await versions()).toHaveLength(2);
    await account.call(destroy(wanted));
    expect(await versions()).toBeNull();
  });

  it("takes its logging away, and says so, where API Gateway does not take what the stage had", async () => {
    const id = await account.stage({ accessLog: owners });
    const wanted = listing({ ...id, overwrite: true });
    await account.call({ enroll: wanted, run: 1, ...create });
    account.proxy.rule = ({ body }) =>
      body.includes(OWNERS) ? { status: 400, type: "BadRequestException", message: "no such log group" } : undefined;
    // Said by an error, since Terraform reads no answer of this call; the next call has nothing left to say.
    await expect(account.call(destroy(wanted))).rejects.toThrow(
      `Stage "prod" of the REST API ${id.apiId} logs nowhere now: API Gateway does not take that it logs to ${OWNERS} ` +
        "as it did (BadRequestException: no such log group).",
    );
    expect(await account.logs(id)).toEqual([undefined]);
    expect((await account.call(destroy(wanted))).totals).toEqual({});
    expect(await account.record()).toBeUndefined();
  });

  it("counts that among the problems where the stage leaves alone", async () => {
    const [id, stays] = [await account.stage({ accessLog: owners }), await account.stage()];
    await account.call({ enroll: listing({ ...id, overwrite: true }, stays), run: 1, ...create });
    account.proxy.rule = ({ body }) =>
      body.includes(OWNERS) ? { status: 400, type: "BadRequestException" } : undefined;
    const answer = await account.call({ enroll: listing(stays), run: 2 });
    expect(answer.problems).toEqual([expect.stringContaining(`${id.apiId} logs nowhere now`)]);
    expect(await account.call({ check: listing(stays) })).toMatchObject({ run: 2, problems: [], warnings: [] });
  });

  it("fails where a stage could not be given back, remembers it, and does the rest", async () => {
    const [denied, fine] = [await account.stage({ accessLog: owners }), await account.stage()];
    const wanted = listing({ ...denied, overwrite: true }, fine);
    await account.call({ enroll: wanted, run: 1, ...create });
    account.proxy.rule = ({ method, path }) =>
      method === "PATCH" && path.includes(denied.apiId) ? { status: 403, type: "AccessDeniedException" } : undefined;
    await expect(account.call(destroy(wanted))).rejects.toThrow(
      `Stage "prod" of the REST API ${denied.apiId} could not be restored to what it had: AccessDeniedException`,
    );
    expect((await account.record())!.stages).toEqual([{ ...denied, set: destinations.REST, before: owners }]);
    account.proxy.reset();
    // A schedule in between enrolls nothing: what is left goes on leaving.
    expect((await account.call({ reconcile: true })).totals).toEqual({ restored: 1 });
    await account.call(destroy(wanted));
    expect(await account.logs(denied, fine)).toEqual([owners, undefined]);
    expect(await account.record()).toBeUndefined();
  });
});

describe("side by side", () => {
  it("lets two calls at once enroll each stage once, one after the other", async () => {
    const stages = [await account.stage({ accessLog: owners }), await account.stage()];
    const wanted = listing(...stages.map((id) => ({ ...id, overwrite: true })));
    account.proxy.reset();
    const answers = await Promise.all([
      account.call({ enroll: wanted, run: 1, ...create }),
      account.call({ enroll: wanted, run: 1, ...create }),
    ]);
    expect(answers.map(({ totals }) => totals)).toEqual(expect.arrayContaining([{ enrolled: 2 }, { unchanged: 2 }]));
    expect(account.proxy.changes.filter(({ method }) => method === "PATCH")).toHaveLength(2);
    expect((await account.record())!.stages.map(({ before }) => before)).toEqual(
      expect.arrayContaining([owners, undefined]),
    );
  });

  it("looks again where another run came first", async () => {
    const [id, added] = [await account.stage(), await account.stage()];
    await account.call({ enroll: listing(id), run: 1, ...create });
    await account.api.removeAccessLog(id);
    account.proxy.reset();
    let interfered = false;
    account.proxy.rule = async ({ method }) => {
      if (method === "GET" && !interfered) {
        interfered = true;
        const record = (await account.record())!;
        const enrollment = listing(id, added);
        const other = JSON.stringify({ ...record, writer: "another", enrollment });
        await account.moto.s3("PUT", "backup/enrollment/moesif/record.json", other);
      }
      return undefined;
    };
    expect((await account.call({ reconcile: true })).totals).toEqual({ enrolled: 2 });
    expect(await account.logs(id, added)).toEqual([destinations.REST, destinations.REST]);
  });
});

describe("two enrollments of one stage", () => {
  const theirs = {
    REST: { ...destinations.REST, destinationArn: STREAM.replace("moesif", "other") },
    HTTP: { ...destinations.HTTP, destinationArn: GROUP.replace(/moesif$/, "other") },
  };
  const inBoth = (id: StageId, then: string): string =>
    `Stage "${id.stage}" of the ${id.type} API ${id.apiId} is in two enrollments, ${then}`;
  let stages: {
    readonly overwrite: true;
    readonly type: "REST" | "HTTP";
    readonly apiId: string;
    readonly stage: string;
  }[];
  const asked = () => ({ destinations, stages });
  const askedByOther = () => ({ destinations: theirs, stages });

  /** An owner's REST stage, and one of HTTP that had no logging, set by the enrollment "moesif" and then by "other". */
  beforeEach(async () => {
    await account.pipeline("moesif");
    await account.pipeline("other");
    const [rest, http] = [await account.stage({ accessLog: owners }), await account.stage({ type: "HTTP" })];
    stages = [
      { ...rest, type: "REST", overwrite: true },
      { ...http, type: "HTTP", overwrite: true },
    ];
    await account.call({ enroll: asked(), run: 1, ...create });
    const took =
      "moesif-enroll-other and moesif-enroll-moesif: remove it from one of them. moesif-enroll-other takes it over from moesif-enroll-moesif.";
    const warnings = stages.map((id) => inBoth(id, took));
    expect(await account.callOf("other", { check: askedByOther() })).toMatchObject({ problems: [], warnings });
    const answer = await account.callOf("other", { enroll: askedByOther(), run: 1, ...create });
    expect(answer).toMatchObject({ totals: { enrolled: 2 }, problems: [], warnings });
    expect(await account.logs(...stages)).toEqual([theirs.REST, theirs.HTTP]);
  });

  it("inherits what the stage had from the enrollment that it takes over from", async () => {
    expect((await account.record("other"))!.stages.map(({ before }) => before)).toEqual([undefined, owners]);
    expect((await account.call(destroy(asked()))).totals).toEqual({ released: 2 });
    expect(account.lines[0].stages).toContainEqual({ stage: expect.any(String), result: "released", before: OWNERS });
    expect((await account.callOf("other", destroy(askedByOther()))).totals).toEqual({ restored: 2 });
    expect(await account.logs(...stages)).toEqual([owners, undefined]);
  });

  it("takes a stage back once, and the second time leaves it to the other, with a warning that names both", async () => {
    const back =
      "moesif-enroll-moesif and moesif-enroll-other: remove it from one of them. moesif-enroll-moesif takes it back from moesif-enroll-other once.";
    const first = await account.call({ reconcile: true });
    expect(first).toMatchObject({ totals: { enrolled: 2 }, warnings: stages.map((id) => inBoth(id, back)) });
    expect(account.lines[0]).toMatchObject({ Contested: 2, Conflict: 0, Set: 2 });
    expect((await account.callOf("other", { reconcile: true })).totals).toEqual({ enrolled: 2 });

    account.proxy.reset();
    const stopped =
      "moesif-enroll-moesif and moesif-enroll-other: remove it from one of them. moesif-enroll-moesif has taken it back once, and now leaves it to moesif-enroll-other.";
    const warnings = stages.map((id) => inBoth(id, stopped));
    for (let run = 0; run < 3; run++) {
      expect(await account.call({ reconcile: true })).toMatchObject({ totals: { conflict: 2 }, warnings });
      expect(account.lines[0]).toMatchObject({ Contested: 2, Conflict: 2, Set: 0 });
      expect(account.lines[0].stages[0]).toMatchObject({ result: "conflict", otherEnrollment: "moesif-enroll-other" });
      expect((await account.callOf("other", { reconcile: true })).totals).toEqual({ unchanged: 2 });
    }
    // The plan says so, and shows nothing to do.
    expect(await account.call({ check: asked() })).toMatchObject({ run: 1, problems: [], warnings });
    expect(account.proxy.changes).toEqual([]);
    expect(await account.logs(...stages)).toEqual([theirs.REST, theirs.HTTP]);
  });

  it("sets the stage again once the other has restored it, and restores the same", async () => {
    for (const name of ["moesif", "other", "moesif"]) await account.callOf(name, { reconcile: true });
    await account.callOf("other", destroy(askedByOther()));
    expect(await account.logs(...stages)).toEqual([owners, undefined]);
    expect(await account.call({ reconcile: true })).toMatchObject({ totals: { enrolled: 2 }, warnings: [] });
    await account.call(destroy(asked()));
    expect(await account.logs(...stages)).toEqual([owners, undefined]);
  });

  it("does not take a stage over while it cannot read what the stage had before", async () => {
    await account.moto.s3("PUT", "backup-other/enrollment/other/record.json", "{damaged");
    const answer = await account.call({ reconcile: true });
    expect(answer.totals).toEqual({ conflict: 2 });
    expect(answer.warnings[0]).toBe(
      `Stage "prod" of the REST API ${stages[0]!.apiId} logs to the pipeline of the enrollment moesif-enroll-other. ` +
        "moesif-enroll-moesif does not take it over, since it could not read what the stage had before: Error: The record " +
        "of moesif-enroll-other (s3://backup-other/enrollment/other/record.json) is not a record of version 1: put back an " +
        "earlier version of the object, or deploy the function that wrote it. Remove the stage from one of the two enrollments.",
    );
    expect(await account.logs(...stages)).toEqual([theirs.REST, theirs.HTTP]);
  });

  it("takes over what logs to a pipeline without being enrolled there, or to another's stream, as from any owner", async () => {
    await account.pipeline("datadog", "https://aws-kinesis-http-intake.logs.datadoghq.com/v1/input");
    const here = { ...theirs.REST, destinationArn: STREAM.replace("moesif", "datadog") };
    const [there, inPipeline] = [
      await account.stage({ accessLog: here }),
      await account.stage({ accessLog: theirs.REST }),
    ];
    const wanted = listing(...[there, inPipeline].map((id) => ({ ...id, overwrite: true })));
    expect(await account.call({ enroll: wanted, run: 2 })).toMatchObject({ warnings: [], problems: [] });
    expect(await account.logs(there, inPipeline)).toEqual([destinations.REST, destinations.REST]);
    await account.call(destroy(wanted));
    expect(await account.logs(there, inPipeline)).toEqual([here, theirs.REST]);
  });
});

describe("API Gateway's limits", () => {
  it("tries again where there are too many calls, and where API Gateway fails", async () => {
    const id = await account.stage();
    account.proxy.failNext(2);
    expect((await account.call({ enroll: listing(id), run: 1, ...create })).totals).toEqual({ enrolled: 1 });
    account.proxy.failNext(1, { status: 503, type: "ServiceUnavailableException" });
    expect((await account.call({ reconcile: true })).totals).toEqual({ unchanged: 1 });
  });

  it("does 100 stages in one call, with two calls for each", async () => {
    const apis = await Promise.all(Array.from({ length: 10 }, () => account.stage({ stage: "s0" })));
    const names = Array.from({ length: 9 }, (_, index) => `s${index + 1}`);
    const stages = apis.flatMap((id) => [id, ...names.map((stage) => ({ ...id, stage }))]);
    for (const id of stages.filter(({ stage }) => stage !== "s0")) await account.createStage(id);
    account.proxy.reset();
    const answer = await account.call({ enroll: listing(...stages), run: 1, ...create });
    expect(answer.totals).toEqual({ enrolled: 100 });
    expect(account.proxy.calls).toHaveLength(200);
    for await (const { accessLog } of account.api.stages()) expect(accessLog).toEqual(destinations.REST);
  });
});

describe("refusing", () => {
  it.each([
    [{}, /The request is none of/],
    [{ enroll: listing() }, /The request is none of/],
    [{ check: { stages: [] } }, /where an enrollment has destinations/],
  ])("a request that is none: %j", async (event, message) => {
    await expect(account.call(event)).rejects.toThrow(message);
  });

  it("a record that it cannot read, rather than forget what stages had", async () => {
    const id = await account.stage();
    await account.moto.s3("PUT", "backup/enrollment/moesif/record.json", "{damaged");
    await expect(account.call({ enroll: listing(id), run: 1, ...create })).rejects.toThrow(
      "RECORD_URL (s3://backup/enrollment/moesif/record.json) is not a record of version 1: put back an earlier " +
        "version of the object, or deploy the function that wrote it.",
    );
    expect(account.proxy.changes).toEqual([]);
  });

  it("to work where it may not list all stages of which it matches some", async () => {
    account.proxy.rule = () => ({ status: 403, type: "AccessDeniedException", message: "denied" });
    await expect(account.call({ check: { destinations, match: [{}] } })).rejects.toThrow("denied");
  });
});
