/** The pace of API Gateway's calls: even, slower where there were too many, and with an end. */
import { MOST_ATTEMPTS, Pace, type PaceOptions } from "../../lambda/api-gateway/pace";
import { VirtualTime } from "../support/virtual-time";

const throttled = { name: "TooManyRequestsException", $metadata: { httpStatusCode: 429 } };
const error = (properties: object) => Object.assign(new Error("told to fail"), properties);

/** Makes calls one by one, which fail as they are told; returns when each began. */
async function callsAt(failures: readonly object[], calls: number, options: PaceOptions = {}): Promise<number[]> {
  const time = new VirtualTime();
  const pace = new Pace({ now: time.now, sleep: time.sleep, random: () => 1, ...options });
  const left = [...failures];
  const began: number[] = [];
  const call = async (): Promise<void> => {
    began.push(time.now());
    const failure = left.shift();
    if (failure) throw error(failure);
  };
  const all = async (): Promise<void> => {
    for (let index = 0; index < calls; index++) await pace.run(call);
  };
  await time.run(all().catch(() => undefined));
  return began;
}

it("lets five calls a second begin, or as many as it is told", async () => {
  expect(await callsAt([], 4)).toEqual([0, 200, 400, 600]);
  expect(await callsAt([], 3, { callsPerSecond: 2 })).toEqual([0, 500, 1000]);
});

it("pauses longer each time, and slows down, where there are too many calls", async () => {
  // Pauses of up to 0.5, 1 and 2 seconds; then half, a quarter and an eighth of the pace.
  expect(await callsAt([throttled, throttled, throttled], 3)).toEqual([0, 500, 1500, 3500, 5100, expect.any(Number)]);
});

it("comes back to its full pace when calls go well again", async () => {
  const began = await callsAt([throttled], 60);
  expect(began.at(-1)! - began.at(-2)!).toBe(200);
  expect(began[3]! - began[2]!).toBeGreaterThan(350);
});

it.each([
  ["a throttled call", throttled],
  ["an error of API Gateway", { $metadata: { httpStatusCode: 503 } }],
  ["two changes at the same time", { name: "ConflictException", $metadata: { httpStatusCode: 409 } }],
  ["no answer in time", { name: "TimeoutError" }],
  ["a lost connection", { code: "ECONNRESET" }],
])("tries again after %s", async (_, failure) => {
  expect(await callsAt([failure], 1)).toHaveLength(2);
});

it.each([
  ["what is refused", { name: "BadRequestException", $metadata: { httpStatusCode: 400 } }],
  ["what is denied", { name: "AccessDeniedException", $metadata: { httpStatusCode: 403 } }],
  ["missing credentials", { name: "CredentialsProviderError" }],
])("does not try again after %s", async (_, failure) => {
  expect(await callsAt([failure], 1)).toHaveLength(1);
});

it("tries again for a while after what is denied, where it was told that permissions are on their way", async () => {
  const denied = { name: "AccessDeniedException", $metadata: { httpStatusCode: 403 } };
  expect(await callsAt([denied, denied, denied], 1, { deniedUntil: 1_000 })).toEqual([0, 500, 1500]);
});

it("gives up in the end, or when a pause would go beyond the deadline", async () => {
  const always = Array.from({ length: 20 }, () => throttled);
  expect(await callsAt(always, 1)).toHaveLength(MOST_ATTEMPTS);
  expect(await callsAt(always, 1, { deadline: 2_000 })).toEqual([0, 500, 1500]);
});

it("waits as long as API Gateway asks, within reason", async () => {
  expect(await callsAt([{ ...throttled, retryAfterSeconds: "7" }], 1)).toEqual([0, 7_000]);
  expect(await callsAt([{ ...throttled, retryAfterSeconds: "3600" }], 1)).toEqual([0, 20_000]);
});
