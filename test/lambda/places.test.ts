/** Where the value of each key of an access log is shown. */
import { METADATA_OF_ACCESS_LOG, METADATA_OF_EVENT, valueIn } from "../../lambda/transformer/metadata";

describe("a value in metadata", () => {
  const number = { name: "integrationLatencyMs", asNumber: true };
  const text = { name: "errorType", asNumber: false };

  it.each([
    [number, "38", 38],
    [number, "0", 0],
    [number, 38, 38],
    [number, "-", undefined],
    [number, "", undefined],
    [number, "3.8", "3.8"],
    [number, "-38", "-38"],
    [number, "1234567890123456", "1234567890123456"],
    [number, "[redacted]", "[redacted]"],
    [text, "38", "38"],
    [text, "-", undefined],
  ])("of %j, %j is shown as %j", (place, value, shown) => {
    expect(valueIn(place, value)).toBe(shown);
  });
});

it("header fields are metadata of an access log, and have a place of their own in an event", () => {
  for (const key of ["forwardedFor", "contentType"]) {
    expect(METADATA_OF_ACCESS_LOG.get(key)).toEqual({ name: key, asNumber: false });
    expect(METADATA_OF_EVENT.has(key)).toBe(true);
    expect(METADATA_OF_EVENT.get(key)).toBeNull();
  }
});

it("what is a number in the metadata of an access log is one in that of an event", () => {
  for (const [key, place] of METADATA_OF_ACCESS_LOG) {
    if (place.asNumber) expect(METADATA_OF_EVENT.get(key)).toEqual(place);
  }
});

it("what Moesif requires is no metadata of an event, but for API and protocol, which have no place there", () => {
  expect(METADATA_OF_EVENT.has("requestTime")).toBe(true);
  expect(METADATA_OF_EVENT.has("apiId")).toBe(false);
  expect(METADATA_OF_EVENT.has("protocol")).toBe(false);
});
