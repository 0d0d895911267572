/** What the runs of the enrollment function hold to, whatever owners do and whenever a run ends in the middle. */
import fc from "fast-check";
import { Pace } from "../../lambda/api-gateway/pace";
import { type AccessLogSettings, type ApiType, keyOf, type StageId } from "../../lambda/api-gateway/stage";
import type { Enrollment } from "../../lambda/stage-enrollment/contract";
import { check, enroll, reconcile, restore, type RunContext } from "../../lambda/stage-enrollment/runs";
import { VirtualTime } from "../support/virtual-time";
import { FakeApiGateway, FakeStore } from "./fakes";

const id = (type: ApiType, apiId: string): StageId => ({ type, apiId, stage: "prod" });
const STAGES = [id("REST", "a"), id("REST", "b"), id("HTTP", "c"), id("WEBSOCKET", "d")];
const log = (destinationArn: string, format = "1"): AccessLogSettings => ({ destinationArn, format });
const END_MS = 900_000;

/** Enrollments; the destinations of each begin with its name. */
const NAMES = ["one", "two"] as const;
type Name = (typeof NAMES)[number];

class World {
  readonly time = new VirtualTime();
  readonly api = new FakeApiGateway();
  readonly stores = { one: new FakeStore(), two: new FakeStore() };
  readonly store = this.stores.one;
  #calls = 0;

  context(own: Name = "one"): RunContext {
    const end = this.time.now() + END_MS;
    const { now, sleep } = this.time;
    const others = {
      own,
      at: async (destination: string) => {
        const name = NAMES.find((other) => other !== own && destination.startsWith(other));
        return name && { name, stages: (await this.stores[name].read())?.record.stages ?? [] };
      },
    };
    const context = { api: this.api, store: this.stores[own], others, now, sleep, end };
    return { ...context, writer: `call ${++this.#calls}`, deadline: end - 25_000 };
  }

  /** Whatever fails, or ends the work, does so at each call of AWS. */
  before(call: (kind: "read" | "write", id?: StageId) => void): void {
    for (const store of Object.values(this.stores)) store.before = () => call("read");
    this.api.before = call;
  }
}

describe("whatever happens in between", () => {
  interface Target {
    readonly destination: number;
    readonly format: string;
    readonly stages: readonly { readonly index: number; readonly overwrite: boolean }[];
    readonly match: boolean;
  }
  type Event = { readonly dies?: number } & (
    | { readonly kind: "enroll"; readonly name: Name; readonly target: Target; readonly denied?: number }
    | { readonly kind: "reconcile" | "restore"; readonly name: Name }
    | { readonly kind: "owner"; readonly index: number; readonly has?: AccessLogSettings | "gone" }
  );

  const target = fc.record({
    destination: fc.constantFrom(1, 2, 3),
    format: fc.constantFrom("1", "2"),
    stages: fc.uniqueArray(fc.record({ index: fc.nat(STAGES.length - 1), overwrite: fc.boolean() }), {
      selector: ({ index }) => index,
    }),
    match: fc.boolean(),
  });
  const dies = fc.option(fc.nat(12), { nil: undefined });
  const owner = fc.record({
    kind: fc.constant("owner" as const),
    index: fc.nat(STAGES.length - 1),
    has: fc.constantFrom(undefined, "gone" as const, log("owner 1"), log("owner 2")),
  });
  const eventsOf = (...names: readonly Name[]): fc.Arbitrary<Event[]> => {
    const name = fc.constantFrom(...names);
    const enrolling = fc.record({
      kind: fc.constant("enroll" as const),
      name,
      target,
      dies,
      denied: fc.option(fc.nat(STAGES.length - 1), { nil: undefined }),
    });
    const other = fc.record({ kind: fc.constantFrom("reconcile" as const, "restore" as const), name, dies });
    return fc.array(fc.oneof(owner, enrolling, other), { maxLength: 12 });
  };
  const events = eventsOf("one");

  const enrollmentOf = ({ destination, format, stages, match }: Target, name: Name = "one"): Enrollment => ({
    destinations: {
      REST: log(`${name} ${destination}`, format),
      HTTP: log(`${name} ${destination}`, format),
      WEBSOCKET: log(`${name} ${destination}`),
    },
    stages: stages.map(({ index, overwrite }) => ({ ...STAGES[index]!, overwrite })),
    ...(match && { match: [{ types: ["REST"] as const }] }),
  });

  /** Plays the events, and returns what the owner of each stage gave it last. */
  async function play(world: World, played: readonly Event[]): Promise<Map<string, AccessLogSettings | undefined>> {
    const owned = new Map<string, AccessLogSettings | undefined>();
    const set = (stage: StageId, has: AccessLogSettings | "gone" | undefined): void => {
      if (has === "gone") {
        owned.delete(keyOf(stage));
        world.api.stagesByKey.delete(keyOf(stage));
      } else {
        owned.set(keyOf(stage), has);
        world.api.add(stage, has);
      }
    };
    STAGES.forEach((stage, index) => set(stage, index % 2 === 0 ? log("owner 0") : undefined));
    let run = 0;
    for (const event of played) {
      if (event.kind === "owner") {
        set(STAGES[event.index]!, event.has);
        continue;
      }
      let left = event.dies ?? Infinity;
      const dying = (): void => {
        if (left-- <= 0) throw new Error("the function has ended");
      };
      world.before((call, id) => {
        dying();
        if (
          call === "write" &&
          event.kind === "enroll" &&
          event.denied !== undefined &&
          keyOf(id!) === keyOf(STAGES[event.denied]!)
        ) {
          throw new Error("denied");
        }
      });
      const context = world.context(event.name);
      const work =
        event.kind === "enroll"
          ? enroll(context, { enrollment: enrollmentOf(event.target, event.name), run: ++run })
          : event.kind === "restore"
            ? restore(context)
            : reconcile(context);
      await world.time.run(work).catch(() => undefined);
      world.before(() => {});
      // Whatever was at work has ended by now.
      world.time.advance(END_MS);
    }
    return owned;
  }

  it("leaves every stage as its owner last had it", async () => {
    await fc.assert(
      fc.asyncProperty(events, async (played) => {
        const world = new World();
        const owned = await play(world, played);
        await world.time.run(restore(world.context()));
        for (const [key, had] of owned) expect([key, world.api.stagesByKey.get(key)!.accessLog]).toEqual([key, had]);
        expect(world.store.stored).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it("leaves every stage as its owner last had it where two enrollments set it, whichever leaves first", async () => {
    await fc.assert(
      fc.asyncProperty(eventsOf(...NAMES), fc.shuffledSubarray([...NAMES], { minLength: 2 }), async (played, order) => {
        const world = new World();
        const owned = await play(world, played);
        for (const name of order) await world.time.run(restore(world.context(name)));
        for (const [key, had] of owned) expect([key, world.api.stagesByKey.get(key)!.accessLog]).toEqual([key, had]);
      }),
      { numRuns: 1_000 },
    );
  });

  it("takes a stage back from another enrollment once, however often both run", async () => {
    await fc.assert(
      fc.asyncProperty(
        eventsOf(...NAMES),
        fc.array(fc.constantFrom(...NAMES), { minLength: 20 }),
        async (played, runs) => {
          const world = new World();
          await play(world, played);
          const sets = new Map<string, number>();
          world.before((call, id) => void (call === "write" && sets.set(keyOf(id!), (sets.get(keyOf(id!)) ?? 0) + 1)));
          for (const name of runs) await world.time.run(reconcile(world.context(name)));
          // Each may have a stage to set in the first context, and one to take back.
          for (const [key, count] of sets) expect({ key, few: count <= 4 }).toEqual({ key, few: true });
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it("has nothing to do after a run that went well, and numbers it as that run", async () => {
    await fc.assert(
      fc.asyncProperty(events, target, async (played, last) => {
        const world = new World();
        await play(world, played);
        const enrollment = enrollmentOf(last);
        const { run } = await check(world.context(), enrollment);
        await world.time.run(enroll(world.context(), { enrollment, run }));
        const writes: string[] = [];
        world.api.before = (call) => void (call === "write" && writes.push(call));
        expect((await check(world.context(), enrollment)).run).toBe(run);
        await enroll(world.context(), { enrollment, run });
        await reconcile(world.context());
        expect(writes).toEqual([]);
        expect((await check(world.context(), enrollment)).run).toBe(run);
      }),
      { numRuns: 300 },
    );
  });

  it("never touches a stage that logs elsewhere and may not be taken over", async () => {
    await fc.assert(
      fc.asyncProperty(events, target, async (played, last) => {
        const world = new World();
        await play(world, played);
        const before = new Map(world.api.stagesByKey);
        await world.time.run(enroll(world.context(), { enrollment: enrollmentOf(last), run: 1 }));
        const mayTake = new Set(
          last.stages.filter(({ overwrite }) => overwrite).map(({ index }) => keyOf(STAGES[index]!)),
        );
        for (const [key, { accessLog }] of before) {
          if (accessLog?.destinationArn.startsWith("owner") && !mayTake.has(key)) {
            expect(world.api.stagesByKey.get(key)!.accessLog).toEqual(accessLog);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("side by side", () => {
  it("waits until the run that is at work has ended", async () => {
    const world = new World();
    world.api.add(STAGES[0]!);
    const enrollment = { destinations: { REST: log("ours") }, stages: [STAGES[0]!] };
    const first = enroll(world.context(), { enrollment, run: 1 });
    world.api.before = async (call) => {
      if (call === "write") await world.time.sleep(60_000);
    };
    const order: string[] = [];
    const both = Promise.all([
      first.then(() => order.push("enrolled")),
      // It comes when the first is at work.
      world.time
        .sleep(1_000)
        .then(() => restore(world.context()))
        .then(() => order.push("left")),
    ]);
    await world.time.run(both);
    expect(order).toEqual(["enrolled", "left"]);
    expect(world.api.stagesByKey.get(keyOf(STAGES[0]!))!.accessLog).toBeUndefined();
    expect(world.store.stored).toBeUndefined();
  });

  it("inherits nothing from another enrollment that restores the stage at the same time", async () => {
    const world = new World();
    const [stage] = STAGES;
    world.api.add(stage!, log("owner"));
    const enrollmentOf = (name: Name) => ({
      destinations: { REST: log(name) },
      stages: [{ ...stage!, overwrite: true }],
    });
    await enroll(world.context("one"), { enrollment: enrollmentOf("one"), run: 1 });
    const context = world.context("two");
    const at = async (destination: string) => {
      // The stage has been read, and the record of the other enrollment has not.
      await restore(world.context("one"));
      return context.others.at(destination);
    };
    await enroll({ ...context, others: { own: "two", at } }, { enrollment: enrollmentOf("two"), run: 1 });
    await restore(world.context("two"));
    expect(world.api.stagesByKey.get(keyOf(stage!))!.accessLog).toEqual(log("owner"));
  });

  it("gives up where another is at work as long as it could be itself", async () => {
    const world = new World();
    const record = { version: 1, run: 1, writer: "another", busyUntil: 2 * END_MS } as const;
    world.store.stored = { etag: "0", record: { ...record, enrollment: { destinations: {} }, stages: [] } };
    await expect(world.time.run(restore(world.context()))).rejects.toThrow("call again when it has ended");
  });
});

describe("the pace", () => {
  it("keeps 300 stages in one call at 5 calls a second, half of the quota", async () => {
    const world = new World();
    const stages = Array.from({ length: 300 }, (_, index) => id("REST", `api${index}`));
    stages.forEach((stage) => world.api.add(stage));
    const pace = new Pace({ ...world.time });
    const calls: number[] = [];
    const answered = () =>
      pace.run(async () => {
        calls.push(world.time.now());
        await world.time.sleep(400);
      });
    world.api.before = answered;
    const enrollment = { destinations: { REST: log("ours") }, stages };
    const answer = await world.time.run(enroll(world.context(), { enrollment, run: 1 }));
    expect(answer.totals).toEqual({ enrolled: 300 });
    expect(calls).toHaveLength(600);
    for (const [index, at] of calls.entries()) expect((calls[index + 5] ?? Infinity) - at).toBeGreaterThan(999);
    // Calls that take longer than their share of a second overlap.
    expect(world.time.now()).toBeLessThan(125_000);
  });
});
