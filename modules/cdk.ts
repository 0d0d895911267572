/**
 * Everything of CDKTF that this project uses. Only this file and `aws.ts` name the packages, so that a user of
 * `cdktn`, the successor of the archived `cdktf`, is named in one place.
 */
import { version } from "cdktf/package.json";

/** Version of the core that the constructs of this package run on. */
export const CORE_VERSION: string = version;

export {
  AnnotationMetadataEntryType,
  Annotations,
  App,
  dependable,
  Fn,
  LocalBackend,
  Op,
  S3Backend,
  TerraformAsset,
  AssetType,
  TerraformLocal,
  TerraformOutput,
  TerraformProvider,
  TerraformResource,
  TerraformStack,
  TerraformVariable,
  Token,
  Tokenization,
} from "cdktf";
export type { IAspect, IResolvable, ITerraformDependable } from "cdktf";
export { Construct, type IConstruct } from "constructs";
