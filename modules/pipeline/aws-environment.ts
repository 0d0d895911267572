/** The account, region and partition that a stack deploys to; as references, they hold wherever the stack goes. */
import { DataAwsCallerIdentity, DataAwsPartition, DataAwsRegion } from "../aws";
import { Construct } from "../cdk";
import { pinned } from "../addresses";

export interface AwsEnvironmentProps {
  /** AWS account id. Default: that of the provider's credentials, looked up by Terraform. */
  readonly accountId?: string;
  /** Region. Default: that of the provider. */
  readonly region?: string;
  /** Partition, such as `aws-cn`. Default: that of the provider's region. */
  readonly partition?: string;
}

/** Looks up what was not given. */
export class AwsEnvironment extends Construct {
  readonly accountId: string;
  readonly region: string;
  readonly partition: string;

  constructor(scope: Construct, id: string, props: AwsEnvironmentProps = {}) {
    super(scope, id);
    this.accountId = props.accountId ?? pinned(new DataAwsCallerIdentity(this, "caller")).accountId;
    // `.id` is the one attribute that holds the region's name in both majors of the provider.
    this.region = props.region ?? pinned(new DataAwsRegion(this, "region")).id;
    this.partition = props.partition ?? pinned(new DataAwsPartition(this, "partition")).partition;
  }
}
