/** The parts of an Amazon Resource Name: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export interface Arn {
  readonly partition: string;
  /** Empty for a global service. */
  readonly region: string;
  readonly account: string;
}

/** Splits an ARN; gives nothing for what is none, such as a key's alias. */
export function parseArn(value: unknown): Arn | undefined {
  const [arn, partition = "", , region = "", account = ""] = typeof value === "string" ? value.split(":") : [];
  return arn === "arn" ? { partition, region, account } : undefined;
}
