/** The secrets of a pipeline: their values are checked, and never shown. */
import { isObject, parseJson } from "../../common/json";
import type { Block } from "./expected";
import { ask, type Inspection, PIPELINE } from "./inspection";

export async function secrets(inspection: Inspection): Promise<void> {
  const stream = inspection.stack.one("aws_kinesis_firehose_delivery_stream", PIPELINE.stream)!;
  const endpoint = stream["http_endpoint_configuration"] as Block;
  const { secret_arn: applicationId } = endpoint["secrets_manager_configuration"] as Block;
  await checkSecret(inspection, "secret", applicationId, (value) => {
    const { api_key: key } = value;
    if (typeof key !== "string") return `its value has no text under "api_key"`;
    if (!/^[!-~]+$/.test(key))
      return `the application id in it has a blank, a line break or another character that no header can have`;
    return undefined;
  });
  const { HASH_KEY_SECRET: hashKey } = inspection.environmentOf(PIPELINE.transformer);
  if (hashKey === undefined) return;
  await checkSecret(inspection, "hash-key", hashKey, ({ hash_key: key }) => {
    if (typeof key !== "string" || key.length < 32) return `its value has no text of 32 characters under "hash_key"`;
    inspection.hashKey = key;
    return undefined;
  });
}

/** @param reference how the stack names the secret: a literal ARN, or a reference */
async function checkSecret(
  inspection: Inspection,
  id: "secret" | "hash-key",
  reference: unknown,
  issueOf: (value: Block) => string | undefined,
): Promise<void> {
  const referred = inspection.stack.referred(reference);
  const block =
    referred &&
    (inspection.stack.json.data?.[referred.type]?.[referred.name] ??
      inspection.stack.one(referred.type, referred.name));
  const name = block ? String(block["name"]) : String(reference);
  const form = id === "secret" ? `{"api_key": "<application id>"}` : `{"hash_key": "<key>"}`;
  const create = `create the secret in this account and region with the value ${form}`;
  const { DescribeSecretCommand, GetSecretValueCommand } = inspection.aws.services;
  const described = await ask(inspection.aws.secretsManager.send(new DescribeSecretCommand({ SecretId: name })));
  const missing: [string, string] = ["there is no such secret", block?.["description"] ? inspection.apply : create];
  const secret = inspection.take(id, name, described, "secretsmanager:DescribeSecret", missing);
  if (secret === undefined) return;
  if (referred) inspection.stack.found(`${String(reference).slice(2).split(".arn")[0]}.arn`, secret.ARN!);
  if (secret.DeletedDate) {
    return inspection.problem(
      id,
      name,
      "it is scheduled for deletion",
      "restore it: aws secretsmanager restore-secret",
    );
  }
  inspection.ok(id, name);
  secretKey(inspection, `${id}-key`, name, secret.ARN!, secret.KmsKeyId);
  const asked = await ask(inspection.aws.secretsManager.send(new GetSecretValueCommand({ SecretId: name })));
  const value = inspection.take(`${id}-value`, name, asked, "secretsmanager:GetSecretValue", [
    "it has no value",
    `set its value to ${form}`,
  ]);
  if (value === undefined) return;
  const parsed = parseJson(value.SecretString ?? "");
  const issue = isObject(parsed) ? issueOf(parsed) : "its value is not a JSON object";
  if (issue === undefined) inspection.ok(`${id}-value`, name);
  else inspection.problem(`${id}-value`, name, issue, `set its value to ${form}`);
}

/** A key of a customer's own must be named in the rollout file: the roles get their permission on it from there. */
function secretKey(inspection: Inspection, id: string, name: string, arn: string, key: string | undefined): void {
  if (key === undefined || key.includes("alias/aws/secretsmanager")) return;
  const sid = id === "secret-key" ? "DecryptApplicationId" : "DecryptHashKey";
  const granted = inspection.stack.all("aws_iam_role_policy").some(([, { policy }]) => String(policy).includes(sid));
  if (granted) return inspection.ok(id, name);
  inspection.problem(
    id,
    name,
    `the KMS key ${key} encrypts it, and the rollout file does not name the key: Firehose and the function cannot read ${arn}`,
    `set kmsKey with the secret in the rollout file, and ${inspection.apply}`,
  );
}
