/** The rooms do not import from one another; what Moesif demands they must all know alike. */
import { REQUIRED_KEYS as transformer } from "../lambda/transformer/access-log";
import { REQUIRED_KEYS as standIn } from "../local/moesif-contract";
import { REQUIRED_KEYS as format } from "../modules/stage-logging/rest-format";

it("the format writes, the transformer asks for, and the stand-in for Moesif checks the same eleven keys", () => {
  expect([...transformer].sort()).toEqual([...format].sort());
  expect([...standIn].sort()).toEqual([...format].sort());
  expect(new Set(format).size).toBe(11);
});
