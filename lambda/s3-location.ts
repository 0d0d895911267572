/** Where an object is, from a URL. */

export interface S3Location {
  readonly Bucket: string;
  readonly Key: string;
  readonly VersionId?: string;
}

/**
 * Bucket, key and version of `s3://bucket/key` or `s3://bucket/key?versionId=…`, as the AWS SDK names them. The key is
 * taken as it is written, without URL decoding. An empty version, or `null` as S3 calls that of an object in a bucket
 * without versions, is none.
 *
 * @throws Error that says what the URL lacks
 */
export function s3Location(url: string): S3Location {
  const [, Bucket, Key, VersionId] = /^s3:\/\/([^/]+)\/(.+?)(?:\?versionId=(.*))?$/s.exec(url) ?? [];
  if (Bucket === undefined || Key === undefined) {
    throw new Error("it has no bucket or no key");
  }
  return VersionId && VersionId !== "null" ? { Bucket, Key, VersionId } : { Bucket, Key };
}
