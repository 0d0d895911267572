/** Checks that what a pipeline refers to by a literal ARN is where the pipeline is. */
import { parseArn } from "../arn";
import { Token } from "../cdk";
import type { Location } from "../stage-logging/location";
import type { ValueChecks } from "../value-checks";
import type { MoesifPipelineProps } from "./moesif-pipeline";

/**
 * Firehose answers "Cross-region secrets are not allowed", and the function calls the services of its own region. What is
 * a token, or not known of the pipeline, is not compared.
 *
 * @param partition as the pipeline has it
 */
export function checkArns(
  props: MoesifPipelineProps,
  location: Location,
  partition: string,
  checks: ValueChecks,
): void {
  const account = location.accounts?.length === 1 ? location.accounts[0] : undefined;
  const expected = { partition: literal(partition), region: location.region, account };
  for (const [property, value] of Object.entries(regionalArns(props))) {
    const arn = parseArn(literal(value));
    if (arn === undefined) continue;
    for (const part of ["region", "partition"] as const) {
      if (expected[part] === undefined || arn[part] === expected[part]) continue;
      checks.refuse(`${property} must be in the pipeline's ${part} ${expected[part]}, and is in ${arn[part]}`);
    }
  }
  for (const [property, secret] of Object.entries({ applicationId: props.applicationId, hashKey: props.hashKey })) {
    const arn = parseArn(literal(secret?.secretArn));
    const hasKey = secret?.kmsKey !== undefined || secret?.kmsKeyArn !== undefined;
    if (arn === undefined || account === undefined || arn.account === account || hasKey) continue;
    checks.refuse(
      `${property}.kmsKeyArn must be given for a secret of another account: AWS's own key cannot be shared between accounts`,
    );
  }
  const boundary = parseArn(literal(props.iam?.permissionsBoundary));
  if (boundary === undefined || account === undefined || ["aws", account].includes(boundary.account)) return;
  checks.refuse(
    `iam.permissionsBoundary must be a policy of account ${account} or of AWS, and is of ${boundary.account}`,
  );
}

function regionalArns(props: MoesifPipelineProps): Readonly<Record<string, string | undefined>> {
  const { applicationId, hashKey, backup, delivery, logs, stageLogs, transformer } = props;
  return {
    "applicationId.secretArn": applicationId.secretArn,
    "applicationId.kmsKey": applicationId.kmsKey,
    "applicationId.kmsKeyArn": applicationId.kmsKeyArn,
    "hashKey.secretArn": hashKey?.secretArn,
    "hashKey.kmsKey": hashKey?.kmsKey,
    "hashKey.kmsKeyArn": hashKey?.kmsKeyArn,
    "backup.kmsKey": backup?.kmsKey,
    "backup.kmsKeyArn": backup?.kmsKeyArn,
    "delivery.kmsKeyArn": delivery?.kmsKeyArn,
    "logs.kmsKeyArn": logs?.kmsKeyArn,
    "stageLogs.kmsKeyArn": stageLogs?.kmsKeyArn,
    "transformer.codeSigningConfigArn": transformer?.codeSigningConfigArn,
  };
}

function literal(value: string | undefined): string | undefined {
  return Token.isUnresolved(value) ? undefined : value;
}
