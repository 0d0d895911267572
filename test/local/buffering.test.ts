/** Buffering hints, the capacity of the stream, and time. */
import { BackgroundTasks } from "../../local/background-tasks";
import { BatchBuffer, type BatchLimits } from "../../local/batch-buffer";
import { Capacity } from "../../local/capacity";
import { scaledClock, sleep } from "../../local/clock";
import { ManualClock } from "./support";

function buffer(limits: BatchLimits): { clock: ManualClock; batches: string[][]; buffer: BatchBuffer<string> } {
  const clock = new ManualClock();
  const batches: string[][] = [];
  return {
    clock,
    batches,
    buffer: new BatchBuffer(
      limits,
      (item) => item.length,
      clock,
      (batch) => batches.push([...batch]),
    ),
  };
}

describe("a buffer", () => {
  test("hands over when its size is reached", () => {
    const { batches, buffer: held } = buffer({ bytes: 4, seconds: 60 });
    ["aa", "bb", "c"].forEach((item) => held.add(item));
    expect(batches).toEqual([["aa", "bb"]]);
  });

  test("does not let an item take a batch beyond its size", () => {
    const { batches, buffer: held } = buffer({ bytes: 4, seconds: 60 });
    ["aaa", "bb"].forEach((item) => held.add(item));
    expect(batches).toEqual([["aaa"]]);
  });

  test("passes an item that alone exceeds the size", () => {
    const { batches, buffer: held } = buffer({ bytes: 4, seconds: 60 });
    held.add("aaaaaa");
    expect(batches).toEqual([["aaaaaa"]]);
  });

  test("hands over when the interval since the first item of the batch is over", () => {
    const { clock, batches, buffer: held } = buffer({ bytes: 100, seconds: 60 });
    clock.advance(50);
    held.add("a");
    clock.advance(40);
    held.add("b");
    clock.advance(19);
    expect(batches).toEqual([]);
    clock.advance(1);
    expect(batches).toEqual([["a", "b"]]);
  });

  test("starts a new interval with a new batch", () => {
    const { clock, batches, buffer: held } = buffer({ bytes: 2, seconds: 60 });
    held.add("a");
    clock.advance(59);
    held.add("b");
    held.add("c");
    clock.advance(59);
    expect(batches).toEqual([["a", "b"]]);
    clock.advance(1);
    expect(batches).toEqual([["a", "b"], ["c"]]);
  });

  test("hands over when it holds as many items as a request may", () => {
    const { batches, buffer: held } = buffer({ bytes: 100, seconds: 60, items: 2 });
    ["a", "b", "c"].forEach((item) => held.add(item));
    expect(batches).toEqual([["a", "b"]]);
  });

  test("forgets what it holds when it is cleared", () => {
    const { clock, batches, buffer: held } = buffer({ bytes: 3, seconds: 60 });
    held.add("aa");
    held.clear();
    held.add("bb");
    clock.advance(60);
    expect(batches).toEqual([["bb"]]);
  });
});

describe("the capacity", () => {
  test("lets a newcomer wait until there is room, in turn", async () => {
    const capacity = new Capacity(10);
    const order: string[] = [];
    await capacity.acquire(8, 1000);
    const second = capacity.acquire(9, 1000).then(() => order.push("second"));
    const third = capacity.acquire(1, 1000).then(() => order.push("third"));
    await new Promise(setImmediate);
    expect(order).toEqual([]);
    capacity.release(8);
    await Promise.all([second, third]);
    expect(order).toEqual(["second", "third"]);
  });

  test("turns a newcomer away when there is no room for long, and still admits the next", async () => {
    const capacity = new Capacity(10);
    await capacity.acquire(8, 1000);
    const large = capacity.acquire(9, 20);
    const small = capacity.acquire(1, 1000);
    expect(await large).toBe(false);
    expect(await small).toBe(true);
  });

  test("takes anything in while it is empty", async () => {
    expect(await new Capacity(1).acquire(100, 10)).toBe(true);
  });
});

test("what is taken without asking for room keeps others waiting until it has gone", async () => {
  const capacity = new Capacity(10);
  capacity.take(10);
  capacity.take(5);
  capacity.release(10);
  expect(await capacity.acquire(6, 10)).toBe(false);
  expect(await capacity.acquire(5, 10)).toBe(true);
});

test("on a scaled clock a wait is shorter and dates run ahead", async () => {
  const clock = scaledClock(1000);
  const [before, startedAt] = [clock.now(), performance.now()];
  await sleep(clock, 30);
  expect(clock.now() - before).toBeGreaterThanOrEqual(29_000);
  expect(performance.now() - startedAt).toBeLessThan(25_000);
});

test("a wait ends at once when it is called off", async () => {
  const controller = new AbortController();
  const waiting = sleep(scaledClock(1), 3600, controller.signal);
  controller.abort(new Error("called off"));
  await expect(waiting).rejects.toThrow("called off");
  await expect(sleep(scaledClock(1), 3600, controller.signal)).rejects.toThrow("called off");
});

test("background tasks report their errors, and idle waits for those that start meanwhile", async () => {
  const errors: unknown[] = [];
  const tasks = new BackgroundTasks((error) => errors.push(error));
  let ended = false;
  tasks.add(
    new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      tasks.add(new Promise<void>((resolve) => setImmediate(resolve)).then(() => void (ended = true)));
    }),
  );
  tasks.add(Promise.reject(new Error("disk full")));
  await tasks.idle();
  expect(ended).toBe(true);
  expect(errors).toEqual([new Error("disk full")]);
});
