import { s3Location } from "../../lambda/s3-location";

describe("the URL of an object", () => {
  it.each([
    ["s3://bucket/a/b.json?versionId=3HL4kqt", { Bucket: "bucket", Key: "a/b.json", VersionId: "3HL4kqt" }],
    ["s3://bucket/a/b.json?versionId=", { Bucket: "bucket", Key: "a/b.json" }],
    ["s3://bucket/a/b.json?versionId=null", { Bucket: "bucket", Key: "a/b.json" }],
    ["s3://bucket/a/b.json", { Bucket: "bucket", Key: "a/b.json" }],
    ["s3://bucket/what?.json", { Bucket: "bucket", Key: "what?.json" }],
  ])("%s names the object and, if it has one, its version", (url, location) => {
    expect(s3Location(url)).toEqual(location);
  });
});
