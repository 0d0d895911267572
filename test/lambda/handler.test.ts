import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { handler as Handler } from "../../lambda/transformer/handler";
import { REPAIRABLE_FORMATS } from "../../lambda/transformer/repair";
import { accessLog, base64, envelope, eventOf, settings, textOf } from "./support";

/** A handler as a new execution environment has it: without settings. */
function freshHandler(): typeof Handler {
  let fresh: typeof Handler | undefined;
  jest.isolateModules(() => {
    fresh = (jest.requireActual("../../lambda/transformer/index") as { handler: typeof Handler }).handler;
  });
  return fresh!;
}

describe("handler", () => {
  const folder = mkdtempSync(join(tmpdir(), "handler-"));
  const file = join(folder, "settings.json");
  const log = jest.spyOn(process.stdout, "write").mockReturnValue(true);

  beforeEach(() => {
    process.env.SETTINGS_URL = pathToFileURL(file).href;
    writeFileSync(file, JSON.stringify(settings));
    log.mockClear();
  });

  afterAll(() => {
    delete process.env.SETTINGS_URL;
    log.mockRestore();
    rmSync(folder, { recursive: true });
  });

  it("answers each record in order, with data for those alone that are delivered", async () => {
    const event = eventOf([base64(JSON.stringify(accessLog())), base64(" "), "not base64", base64("{}")]);

    const { records } = await freshHandler()(event);

    expect(records.map(({ recordId }) => recordId)).toEqual(event.records.map(({ recordId }) => recordId));
    expect(records.map(({ result }) => result)).toEqual(["Ok", "Dropped", "ProcessingFailed", "ProcessingFailed"]);
    expect(records.map((record) => Object.keys(record).join())).toEqual([
      "recordId,result,data",
      "recordId,result",
      "recordId,result",
      "recordId,result",
    ]);
    const delivered: unknown = JSON.parse(textOf((records[0] as { data: string }).data));
    expect(delivered).toMatchObject({ metadata: { apiName: "Orders" } });
  });

  it("answers what has an id, whatever else is wrong with a record", async () => {
    const strange = [null, {}, { recordId: "1" }, { recordId: "2", data: 7 }, "3"] as never;
    const { records } = await freshHandler()({ ...eventOf([]), records: strange });
    expect(records).toEqual([
      { recordId: "1", result: "ProcessingFailed" },
      { recordId: "2", result: "ProcessingFailed" },
    ]);
  });

  it("answers an empty batch", async () => {
    await expect(freshHandler()(eventOf([]))).resolves.toEqual({ records: [] });
  });

  it("logs one line of JSON with counts, and nothing of what the records hold", async () => {
    await freshHandler()(eventOf([base64(JSON.stringify(accessLog({ user: "jane" }))), base64('{"jane":'), "jane!"]));

    expect(log).toHaveBeenCalledTimes(1);
    const line = String(log.mock.calls[0]![0]);
    expect(line).toMatch(/^\{.*\}\n$/);
    expect(line).not.toContain("jane");
    expect(JSON.parse(line)).toMatchObject({ records: 3, ok: 1, failed: { "not-json": 1, "not-base64": 1 } });
  });

  it("counts what it repaired, and logs nothing of that either", async () => {
    const keys = REPAIRABLE_FORMATS[0]!;
    const damaged = `{${keys.map((key) => `"${key}":"${key === "user" ? 'jane "j"' : "-"}"`).join()}}`;
    await freshHandler()(eventOf([envelope([damaged, damaged]), base64(damaged), envelope(["jane"])]));

    const line = String(log.mock.calls[0]![0]);
    expect(line).not.toContain("jane");
    expect(JSON.parse(line)).toMatchObject({ ok: 2, repaired: 3, failed: { "not-json": 1 } });
  });

  it("reads the settings once for all invocations", async () => {
    const handler = freshHandler();
    await handler(eventOf([]));
    rmSync(file);
    await expect(handler(eventOf([]))).resolves.toEqual({ records: [] });
  });

  it("fails without settings, so that Firehose keeps the records, and tries again at the next invocation", async () => {
    rmSync(file);
    const handler = freshHandler();
    await expect(handler(eventOf([""]))).rejects.toThrow("SETTINGS_URL");
    writeFileSync(file, JSON.stringify(settings));
    await expect(handler(eventOf([""]))).resolves.toMatchObject({ records: [{ result: "Dropped" }] });
  });

  it("fails a record whose answer would not fit into 6 MB, and keeps the others", async () => {
    const large = base64(JSON.stringify(accessLog({ note: "n".repeat(1_000_000) })));
    const { records } = await freshHandler()(eventOf(Array(6).fill(large)));
    const results = records.map(({ result }) => result);
    expect(results).toEqual(["Ok", "Ok", "Ok", "Ok", "ProcessingFailed", "ProcessingFailed"]);
    expect(JSON.stringify({ records }).length).toBeLessThan(6 * 1024 * 1024);
  });
});
