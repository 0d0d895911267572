/** Where an object is, from a URL. */

/**
 * Bucket and key of `s3://bucket/key`, as the AWS SDK names them. The key is taken as it is written, without URL
 * decoding.
 *
 * @throws Error that says what the URL lacks
 */
export function s3Location(url: string): { Bucket: string; Key: string } {
  const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/s.exec(url) ?? [];
  if (Bucket === undefined || Key === undefined) {
    throw new Error("it has no bucket or no key");
  }
  return { Bucket, Key };
}
