/**
 * Which partition a region belongs to, by its form, after AWS's own partitions file, so that regions that AWS has yet
 * to open are known: https://github.com/boto/botocore/blob/develop/botocore/data/partitions.json
 */
import { nearest } from "./suggestion";

/**
 * Narrower than AWS's `\w+`, so that `us-est-1` is found out: every region so far is named by a direction. For one
 * that is not, the rollout file can say its partition.
 */
const WHERE = "(central|(north|south)?(east|west)|north|south)";

const PARTITIONS: readonly (readonly [partition: string, regions: RegExp])[] = [
  ["aws", region("(us|eu|ap|sa|ca|me|af|il|mx)")],
  ["aws-cn", region("cn")],
  ["aws-us-gov", region("us-gov")],
  ["aws-iso", region("us-iso")],
  ["aws-iso-b", region("us-isob")],
  ["aws-iso-e", region("eu-isoe")],
  ["aws-iso-f", region("us-isof")],
  ["aws-eusc", region("eusc-de")],
];

function region(area: string): RegExp {
  return new RegExp(`^${area}-${WHERE}-[0-9]+$`);
}

/** Regions to suggest where a name fits no partition; nothing is refused for being absent here. */
const SUGGESTED_REGIONS = [
  "af-south-1",
  "ap-east-1",
  "ap-east-2",
  "ap-northeast-1",
  "ap-northeast-2",
  "ap-northeast-3",
  "ap-south-1",
  "ap-south-2",
  "ap-southeast-1",
  "ap-southeast-2",
  "ap-southeast-3",
  "ap-southeast-4",
  "ap-southeast-5",
  "ap-southeast-7",
  "ca-central-1",
  "ca-west-1",
  "cn-north-1",
  "cn-northwest-1",
  "eu-central-1",
  "eu-central-2",
  "eu-north-1",
  "eu-south-1",
  "eu-south-2",
  "eu-west-1",
  "eu-west-2",
  "eu-west-3",
  "eusc-de-east-1",
  "il-central-1",
  "me-central-1",
  "me-south-1",
  "mx-central-1",
  "sa-east-1",
  "us-east-1",
  "us-east-2",
  "us-gov-east-1",
  "us-gov-west-1",
  "us-west-1",
  "us-west-2",
];

/** The partition of a region, such as `aws-cn` for `cn-north-1`; nothing if the name fits none. */
export function partitionOf(region: string): string | undefined {
  return PARTITIONS.find(([, regions]) => regions.test(region))?.[0];
}

/** The region that a misspelt name may mean. */
export function suggestRegion(name: string): string | undefined {
  return nearest(name, SUGGESTED_REGIONS);
}
