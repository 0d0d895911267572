/** The account and region that a stack deploys to; as references, they hold wherever the stack goes. */
import { DataAwsCallerIdentity, DataAwsRegion } from "../aws";
import { Construct } from "../cdk";
import { pinned } from "../addresses";

export interface AwsEnvironmentProps {
  /** AWS account id. Default: that of the provider's credentials, looked up by Terraform. */
  readonly accountId?: string;
  /** Region. Default: that of the provider. */
  readonly region?: string;
}

/** Looks up what was not given. */
export class AwsEnvironment extends Construct {
  readonly accountId: string;
  readonly region: string;

  constructor(scope: Construct, id: string, props: AwsEnvironmentProps = {}) {
    super(scope, id);
    this.accountId = props.accountId ?? pinned(new DataAwsCallerIdentity(this, "caller")).accountId;
    // `.id` is the one attribute that holds the region's name in both majors of the provider.
    this.region = props.region ?? pinned(new DataAwsRegion(this, "region")).id;
  }
}
