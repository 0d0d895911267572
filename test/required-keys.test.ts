/** The rooms do not import from one another; what Moesif demands they must all know alike. */
import { REQUIRED_KEYS as transformer } from "../lambda/transformer/access-log";
import { REQUIRED_KEYS as standIn } from "../local/moesif-contract";
import { FORMAT_KINDS } from "../modules/access-log-format/check";

it("the format writes, the transformer asks for, and the stand-in for Moesif checks the same eleven keys", () => {
  expect(Object.keys(FORMAT_KINDS.REST.required)).toEqual([...transformer]);
  expect([...standIn].sort()).toEqual([...transformer].sort());
  expect(new Set(transformer).size).toBe(11);
});
