/** API Gateway and the record's bucket in memory, which may fail, or end the function in the middle of its work. */
import type { ApiGateway } from "../../lambda/api-gateway/api-gateway";
import {
  type AccessLogSettings,
  API_TYPES,
  type BareStage,
  keyOf,
  type Stage,
  type StageId,
} from "../../lambda/api-gateway/stage";
import { RecordChanged, type RecordStore, type Stored } from "../../lambda/stage-enrollment/record-store";

/** The stages of an account, and what they log. */
export class FakeApiGateway implements ApiGateway {
  readonly stagesByKey = new Map<string, Stage>();
  /** Called before each call; what it throws, the call throws. */
  before: (call: "read" | "write", id?: StageId) => void | Promise<void> = () => {};

  add(id: StageId, accessLog?: AccessLogSettings): void {
    const api = { apiName: id.apiId, apiTags: {}, stageTags: {} };
    this.stagesByKey.set(keyOf(id), { ...id, ...api, ...(accessLog && { accessLog }) });
  }

  async *stages(types: readonly string[] = API_TYPES): AsyncGenerator<Stage> {
    await this.before("read");
    yield* [...this.stagesByKey.values()].filter(({ type }) => types.includes(type));
  }

  async stage(id: StageId): Promise<BareStage | undefined> {
    await this.before("read", id);
    return this.stagesByKey.get(keyOf(id));
  }

  async setAccessLog(id: StageId, accessLog: AccessLogSettings): Promise<void> {
    await this.before("write", id);
    this.#change(id, accessLog);
  }

  async removeAccessLog(id: StageId): Promise<void> {
    await this.before("write", id);
    this.#change(id, undefined);
  }

  #change(id: StageId, accessLog: AccessLogSettings | undefined): void {
    if (!this.stagesByKey.has(keyOf(id)))
      throw Object.assign(new Error("no such stage"), { name: "NotFoundException" });
    this.add(id, accessLog);
  }
}

/** A bucket with conditional writes. */
export class FakeStore implements RecordStore {
  stored: Stored | undefined;
  /** Called before each request; what it throws, the request throws. */
  before: () => void = () => {};
  #version = 0;

  async read(): Promise<Stored | undefined> {
    this.before();
    return this.stored;
  }

  async write(record: Stored["record"], over: Stored | undefined): Promise<Stored> {
    this.before();
    if (over?.etag !== this.stored?.etag) throw new RecordChanged();
    // As it comes back from the bucket.
    this.stored = { record: JSON.parse(JSON.stringify(record)), etag: String(++this.#version) };
    return this.stored;
  }

  async remove(): Promise<void> {
    this.before();
    this.stored = undefined;
  }
}
