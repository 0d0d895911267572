/** The files of the modules: what is in each folder, as text or as the copy of a zip that the build made. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "../cdk";
import { apiGatewayLogRoleModule } from "./api-gateway-log-role-module";
import { applicationIdModule } from "./application-id-module";
import type { ModuleJson, ModuleStack } from "./module-stack";
import { existingBucketModule, pipelineModule } from "./pipeline-module";
import { enrollmentScheduleModule, stageEnrollmentModule } from "./stage-enrollment-module";
import { stageLogsModule } from "./stage-logs-module";

/** A module, by the folder that it lies in, from the folder of the root module. */
export interface PlainModule {
  readonly folder: string;
  readonly build: (app: App) => ModuleStack;
  /** The zips that it brings along, by the name of the bundle. */
  readonly bundles: readonly string[];
}

export const modules: readonly PlainModule[] = [
  { folder: ".", build: pipelineModule, bundles: ["transformer"] },
  { folder: "modules/existing-bucket", build: existingBucketModule, bundles: [] },
  { folder: "modules/application-id", build: applicationIdModule, bundles: [] },
  { folder: "modules/stage-logs", build: stageLogsModule, bundles: [] },
  { folder: "modules/api-gateway-log-role", build: apiGatewayLogRoleModule, bundles: [] },
  { folder: "modules/stage-enrollment", build: stageEnrollmentModule, bundles: ["stage-enrollment"] },
  { folder: "modules/enrollment-schedule", build: enrollmentScheduleModule, bundles: [] },
];

/** A module as it was built, and its files by their names. */
export interface BuiltModule {
  readonly stack: ModuleStack;
  readonly files: Readonly<Record<string, string>>;
}

export function moduleFiles(module: PlainModule): BuiltModule {
  const { stack, json } = built(module);
  const { terraform, variable = {}, output = {}, ...main } = json;
  const files = {
    "versions.tf.json": { terraform },
    "variables.tf.json": { variable },
    "main.tf.json": main,
    "outputs.tf.json": { output },
  };
  // A module without outputs has no file of them: Terraform refuses an empty block.
  const texts = Object.entries(files)
    .filter(([, content]) => Object.values(content).some(isFilled))
    .map(([name, content]) => [name, `${JSON.stringify(content, null, 2)}\n`]);
  return { stack, files: Object.fromEntries(texts) as Record<string, string> };
}

/** CDKTF writes its own form of a stack to a folder, which nobody needs. */
function built(module: PlainModule): { stack: ModuleStack; json: ModuleJson } {
  const outdir = mkdtempSync(join(tmpdir(), "terraform-module-"));
  try {
    const app = new App({ outdir, skipValidation: true });
    const stack = module.build(app);
    app.synth();
    return { stack, json: stack.toTerraform() };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

function isFilled(content: unknown): boolean {
  return Object.keys(Object(content)).length > 0;
}
