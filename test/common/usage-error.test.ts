/** What is said of what was thrown. */
import { messageOf } from "../../common/usage-error";

it.each<[string, unknown, string]>([
  ["the message of an error", new Error("it broke"), "it broke"],
  [
    "the code of one without a message",
    Object.assign(new AggregateError([]), { code: "ECONNREFUSED" }),
    "ECONNREFUSED",
  ],
  ["the name of one without either", new AggregateError([]), "AggregateError"],
  ["a text", "it broke", "it broke"],
  ["nothing", undefined, "undefined"],
])("is %s", (_, thrown, message) => {
  expect(messageOf(thrown)).toBe(message);
});
