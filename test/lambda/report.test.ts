import { failed, type Outcome } from "../../lambda/transformer/outcome";
import { reportOf } from "../../lambda/transformer/report";
import { eventOf } from "./support";

describe("reportOf", () => {
  it("counts results by reason, and sizes", () => {
    const outcomes: Outcome[] = [
      { result: "Ok", data: "e30=" },
      { result: "Ok", data: "e30=", repaired: 2 },
      { result: "Ok", data: "e30=", repaired: 1 },
      { result: "Dropped", reason: "empty" },
      failed("not-json"),
      failed("not-json"),
      failed("unknown-shape"),
    ];
    expect(reportOf(eventOf(["e30=", "e30=", "e30=", "", "AAAA", "AAAA", undefined]), outcomes, 1.26)).toEqual({
      message: "transformed",
      invocationId: "2b4d1ad9-2f48-94bd-a088-767c317e994a",
      records: 7,
      ok: 3,
      repaired: 3,
      dropped: { empty: 1 },
      failed: { "not-json": 2, "unknown-shape": 1 },
      bytesIn: 20,
      bytesOut: 12,
      ms: 1.3,
    });
  });
});
