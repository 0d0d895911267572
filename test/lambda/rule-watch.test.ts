/** Which rules of the settings find anything, as the transformer tells whoever asks. */
import { createTransformer } from "../../lambda/transformer/transform";
import type { FilterRule, TransformerSettings } from "../../lambda/transformer/settings";
import { accessLog, base64, NOW, settings } from "./support";

/** What is told of the calls: the keys of each, and the rules that found something. */
function told(more: Partial<TransformerSettings>, logs: readonly object[]) {
  const records: string[][] = [];
  const masks = new Set<number>();
  const filters: number[] = [];
  const watch = {
    onRecord: (log: object) => records.push(Object.keys(log)),
    onMask: (index: number) => masks.add(index),
    onFilter: (index: number) => filters.push(index),
  };
  const transform = createTransformer({ ...settings, ...more }, { watch });
  transform(
    logs.map((log) => base64(JSON.stringify(log))),
    NOW,
  );
  return { records, masks: [...masks], filters };
}

it("tells of each record as the rules read it, before anything is removed", () => {
  const redaction = { fields: { remove: ["requestHostHeader"] } };
  const { requestHostHeader: domainName, ...http } = accessLog();
  const { records } = told({ redaction }, [{ ...http, domainName }]);
  expect(records).toEqual([expect.arrayContaining(["requestHostHeader", "domainName"])]);
});

it("tells of masks that find something", () => {
  const mask = [{ pattern: "orders" }, { pattern: "never" }, { pattern: "curl", fields: ["requestUserAgentHeader"] }];
  expect(told({ redaction: { mask } }, [accessLog(), accessLog()]).masks).toEqual([0, 2]);
});

it("tells which rule of the filter decides on a call, if one does", () => {
  const filter: FilterRule[] = [
    { drop: { status: "404" } },
    { keep: { status: "500" } },
    { drop: { httpMethod: "GET" } },
  ];
  expect(
    told({ filter }, [accessLog({ status: "500" }), accessLog(), accessLog({ httpMethod: "PUT" })]).filters,
  ).toEqual([1, 2]);
});
