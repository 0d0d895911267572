/**
 * Everything of CDKTF that this project uses. Only this file and `aws.ts` name the packages, so that a user of
 * `cdktn`, the successor of the archived `cdktf`, has one place to look at.
 */
export {
  AnnotationMetadataEntryType,
  Annotations,
  App,
  Fn,
  LocalBackend,
  Op,
  S3Backend,
  TerraformAsset,
  AssetType,
  TerraformIterator,
  TerraformLocal,
  TerraformOutput,
  TerraformStack,
  TerraformVariable,
  Token,
  Tokenization,
} from "cdktf";
export type { IResolvable, ITerraformDependable, TerraformResourceLifecycle, TerraformResource } from "cdktf";
export { Construct } from "constructs";
