/** Each fault alone, in virtual time: what it costs, where the calls are, and what CloudWatch shows. */
import { FAULT_NAMES, FAULTS, type FaultName } from "../../bench/faults/catalogue";
import { type Outcome, planOf, run } from "../../bench/faults/run";

const outcomes = new Map<FaultName, Outcome>();
const outcomeOf = (fault: FaultName) => outcomes.get(fault)!;

beforeAll(async () => {
  for (const fault of FAULT_NAMES) outcomes.set(fault, await run(planOf(fault)));
});

describe.each(FAULT_NAMES.map((fault) => [FAULTS[fault].what, fault] as const))("when %s", (_, fault) => {
  it("loses no call, counts none twice and lets none out that a rule drops", () => {
    const { account, violations } = outcomeOf(fault);
    console.log(
      fault,
      JSON.stringify(account),
      JSON.stringify(outcomeOf(fault).redriven),
      outcomeOf(fault).failures,
      outcomeOf(fault).putBack,
    );
    expect(account).toMatchObject({ lost: [], double: [], leaked: [] });
    expect(violations).toEqual([]);
  });
});
