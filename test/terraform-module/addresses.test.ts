/** The committed list of the modules' addresses, and what Terraform is told where one has to change. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { formerly, pinned } from "../../modules/addresses";
import { S3Bucket } from "../../modules/aws";
import { type App, Construct } from "../../modules/cdk";
import { moduleFiles, modules } from "../../modules/terraform-module/module-files";
import { pipelineModule } from "../../modules/terraform-module/pipeline-module";
import { synthesize } from "../support/synth";
import { brokenPromises, type Main } from "./promises";

const promised = readFileSync(join(__dirname, "addresses.txt"), "utf8").trim().split("\n");
const mains = new Map(
  modules.map((module) => [module.folder, JSON.parse(moduleFiles(module).files["main.tf.json"]!) as Main]),
);
const BUCKET = "aws_s3_bucket.pipeline_backup_bucket";

/** The root module, with a change. */
const changed = (change: (main: Main) => Main) => new Map([...mains, [".", change(mains.get(".")!)]]);

const renamed = (main: Main): Main => JSON.parse(JSON.stringify(main).replaceAll("pipeline_backup_bucket", "store"));

describe("the addresses of the modules", () => {
  it("are those that were promised", () => {
    expect(brokenPromises(promised, mains)).toEqual([]);
  });

  it("may not change without a word: the list says what would be destroyed, and what to do", () => {
    const broken = brokenPromises(promised, changed(renamed));
    expect(broken).toContainEqual(
      expect.stringMatching(/^\. aws_s3_bucket\.pipeline_backup_bucket is gone: an upgrade destroys it.*formerly\(\)/),
    );
    expect(broken).toContain(". aws_s3_bucket.store is new: add the line");
  });

  it("change in the list where Terraform is told of the move", () => {
    const moved = [{ from: BUCKET, to: "aws_s3_bucket.store" }];
    const broken = brokenPromises(
      promised,
      changed((main) => ({ ...renamed(main), moved })),
    );
    expect(broken).toContain(`. ${BUCKET} is moved to aws_s3_bucket.store: take the line out`);
    expect(broken).not.toContainEqual(expect.stringMatching(`^[.] ${BUCKET} is gone`));
  });
});

describe("a construct that was renamed", () => {
  class Store extends Construct {
    constructor(scope: Construct, id: string, before?: string) {
      super(scope, id);
      if (before) formerly(this, before);
      pinned(new S3Bucket(this, "Resource"));
      pinned(new S3Bucket(this, "second bucket"));
    }
  }

  it("has its resources moved from where they were, in a stack", () => {
    const { json } = synthesize((stack) => new Store(stack, "store", "backup"));
    expect(json.moved).toEqual([
      { from: "aws_s3_bucket.backup", to: "aws_s3_bucket.store" },
      { from: "aws_s3_bucket.backup_second_bucket", to: "aws_s3_bucket.store_second_bucket" },
    ]);
    expect(Object.keys(json.resource.aws_s3_bucket)).toEqual(["store", "store_second_bucket"]);
  });

  it("has them moved in a module, too", () => {
    const build = (app: App) => {
      const stack = pipelineModule(app);
      pinned(formerly(new S3Bucket(stack, "store"), "backup"));
      return stack;
    };
    const { files } = moduleFiles({ folder: ".", build, bundles: [] });
    const { moved } = JSON.parse(files["main.tf.json"]!);
    expect(moved).toEqual([{ from: "aws_s3_bucket.backup", to: "aws_s3_bucket.store" }]);
  });

  it("is all that moves anything", () => {
    expect(synthesize((stack) => new Store(stack, "store")).json.moved).toBeUndefined();
  });
});
