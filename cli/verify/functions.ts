/** The functions of a stack, and the settings that the transformer reads. */
import { createHash } from "node:crypto";
import { ask, type Inspection, PIPELINE } from "./inspection";

export async function functions(inspection: Inspection): Promise<void> {
  for (const [address, block] of inspection.stack.all("aws_lambda_function")) {
    const name = inspection.stack.text(block["function_name"])!;
    const asked = await ask(
      inspection.aws.lambda.send(new inspection.aws.services.GetFunctionCommand({ FunctionName: name })),
    );
    const missing: [string, string] = ["there is no such function in this account and region", inspection.apply];
    const found = inspection.take("function", name, asked, "lambda:GetFunction", missing);
    const configuration = found?.Configuration;
    if (configuration === undefined) continue;
    const { State: state, StateReason, LastUpdateStatus: update, LastUpdateStatusReason } = configuration;
    if ((state ?? "Active") !== "Active") {
      inspection.problem(
        "function",
        name,
        `its state is ${state}: ${StateReason ?? "no reason given"}`,
        "wait until it is Active, and apply again if it failed",
      );
    } else if (update === "Failed") {
      inspection.problem(
        "function",
        name,
        `its last update failed: ${LastUpdateStatusReason ?? "no reason given"}`,
        inspection.apply,
      );
    } else inspection.ok("function", name);
    inspection.foundRole(block["role"], configuration.Role);
    inspection.compare(
      "function-configuration",
      name,
      {
        runtime: configuration.Runtime,
        handler: configuration.Handler,
        memory: configuration.MemorySize,
        timeout: configuration.Timeout,
        role: configuration.Role,
      },
      {
        runtime: block["runtime"],
        handler: block["handler"],
        memory: block["memory_size"],
        timeout: block["timeout"],
        role: inspection.stack.text(block["role"]),
      },
    );
    inspection.compare(
      "function-code",
      name,
      { sha256: configuration.CodeSha256 },
      { sha256: block["source_code_hash"] },
      `${inspection.apply} with this version of the package, or use the version that deployed it`,
    );
    if (found?.Concurrency?.ReservedConcurrentExecutions === 0) {
      inspection.problem(
        "function-concurrency",
        name,
        "its reserved concurrency is 0: it never runs",
        inspection.apply,
      );
    }
    if (address !== PIPELINE.transformer) continue;
    inspection.variables = configuration.Environment?.Variables ?? {};
    inspection.foundBucket(/^s3:\/\/([^/]+)/.exec(inspection.variables["SETTINGS_URL"] ?? "")?.[1]);
  }
}

/** The document that the function reads. It refuses to work without it, or with another. */
export async function settings(inspection: Inspection): Promise<void> {
  if (inspection.variables === undefined) return;
  const { SETTINGS_URL: url = "", SETTINGS_SHA256: sha256 } = inspection.variables;
  const name = inspection.stack.text(
    inspection.stack.one("aws_lambda_function", PIPELINE.transformer)!["function_name"],
  )!;
  const expected = inspection.environmentOf(PIPELINE.transformer)["SETTINGS_SHA256"];
  const isDeployed = sha256 === expected;
  if (isDeployed) inspection.ok("settings", name);
  else inspection.problem("settings", name, "it works with other settings than the rollout file's", inspection.apply);
  const { hostname: Bucket, pathname, searchParams } = URL.canParse(url) ? new URL(url) : new URL("s3:");
  const id = "settings-object";
  if (!Bucket)
    return inspection.problem(
      id,
      name,
      `SETTINGS_URL is ${JSON.stringify(url)}, expected s3://bucket/key`,
      inspection.apply,
    );
  const VersionId = searchParams.get("versionId") ?? undefined;
  const Key = decodeURIComponent(pathname.slice(1));
  const read = async () => {
    const { Body } = await inspection.aws.s3.send(
      new inspection.aws.services.GetObjectCommand({ Bucket, Key, VersionId }),
    );
    return Body!.transformToString();
  };
  const place = `s3://${Bucket}/${Key}`;
  const text = inspection.take(id, place, await ask(read()), "s3:GetObject and s3:GetObjectVersion", [
    "the function's settings are not there: it refuses to work",
    inspection.apply,
  ]);
  if (text === undefined) return;
  if (createHash("sha256").update(text).digest("hex") === sha256) return inspection.ok(id, place);
  inspection.problem(
    id,
    place,
    "it is not what Terraform wrote: the function refuses to work with it",
    inspection.apply,
  );
}
