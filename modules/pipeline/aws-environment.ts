/** The account, region and partition that a construct deploys to; as references, they hold wherever its stack goes. */
import { DataAwsCallerIdentity, DataAwsPartition, DataAwsRegion } from "../aws";
import { Construct, Fn, TerraformLocal, Token } from "../cdk";
import { pinned, providerOf, type ProviderProps, provideTo } from "../addresses";
import { effectiveProvider, locationOfProvider } from "../stage-logging/location";
import { Checks } from "../settings/checks";
import { describeIssue, type Issue } from "../settings/issue";

/** Account, region and partition; Terraform looks up what is not set. */
export interface AwsEnvironmentProps extends ProviderProps {
  /**
   * AWS account id. A literal that the provider does not allow is refused.
   *
   * @default that of the provider's credentials, looked up by Terraform
   */
  readonly accountId?: string;
  /**
   * Region. It says which region the provider has, and chooses none: a literal that is not the provider's is refused.
   *
   * @default that of the provider, looked up by Terraform
   */
  readonly region?: string;
  /**
   * Partition, such as `aws-cn`.
   *
   * @default that of the provider's region, looked up by Terraform
   */
  readonly partition?: string;
}

/** Looks up what was not given. */
export class AwsEnvironment extends Construct {
  /** AWS account id. */
  readonly accountId: string;
  /** Name of the region. */
  readonly region: string;
  /** Partition, such as `aws`. */
  readonly partition: string;

  /** @throws InvalidValueError if a literal contradicts a literal of the provider; synthesis fails if it comes later */
  constructor(scope: Construct, id: string, props: AwsEnvironmentProps = {}) {
    super(scope, id);
    provideTo(this, props.provider);
    const contradictions = () => this.#contradictions(props);
    new Checks(this).add(...contradictions()).end();
    this.node.addValidation({ validate: () => contradictions().map(describeIssue) });

    this.accountId = props.accountId ?? pinned(new DataAwsCallerIdentity(this, "caller")).accountId;
    this.region = props.region ?? this.#region();
    this.partition = props.partition ?? pinned(new DataAwsPartition(this, "partition")).partition;
  }

  /** By the endpoint, such as `ec2.eu-west-1.amazonaws.com`: version 6 of the provider deprecates both `id` and `name`. */
  #region(): string {
    const { endpoint } = pinned(new DataAwsRegion(this, "region"));
    return pinned(new TerraformLocal(this, "region_name", Fn.element(Fn.split(".", endpoint), 1))).asString;
  }

  #contradictions({ accountId, region }: AwsEnvironmentProps): Issue[] {
    const place = locationOfProvider(effectiveProvider(this, providerOf(this)));
    const issues: Issue[] = [];
    if (isLiteral(region) && place.region !== undefined && region !== place.region) {
      issues.push({
        id: "provider-region",
        path: ["region"],
        message: `region is ${JSON.stringify(region)}, and that of the provider ${JSON.stringify(place.region)}`,
        fix: "give the construct the provider of its region by `provider`",
      });
    }
    if (isLiteral(accountId) && place.accounts !== undefined && !place.accounts.includes(accountId)) {
      issues.push({
        id: "provider-account",
        path: ["accountId"],
        message: `accountId is ${JSON.stringify(accountId)}, and the provider allows ${place.accounts.join(", ")}`,
        fix: "give the construct the provider of its account by `provider`",
      });
    }
    return issues;
  }
}

function isLiteral(value: string | undefined): value is string {
  return value !== undefined && !Token.isUnresolved(value);
}
