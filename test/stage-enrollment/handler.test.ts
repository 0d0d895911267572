/** The stage enrollment function, run for real against moto's API Gateway and S3 over HTTP. */
import { destinations, listing, owners, STREAM } from "./support";
import { Account } from "./support";

let account: Account;
beforeAll(async () => {
  account = await Account.start();
}, 60_000);
afterAll(() => account.stop());
beforeEach(() => account.empty());

it("enrolls stages of all three types, and answers what it did", async () => {
  const stages = [
    await account.stage({ type: "REST" }),
    await account.stage({ type: "HTTP", stage: "$default" }),
    await account.stage({ type: "WEBSOCKET" }),
  ];
  const answer = await account.call({ enroll: listing(...stages), run: 1, tf: { action: "create" } });
  expect(answer).toEqual({
    run: 1,
    problems: [],
    warnings: [],
    stages: stages.map((id) => ({ ...id, result: "enrolled" })),
    totals: { enrolled: 3 },
  });
  expect(await account.logs(...stages)).toEqual([destinations.REST, destinations.HTTP, destinations.WEBSOCKET]);
});
void owners;
void STREAM;
