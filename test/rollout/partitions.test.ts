/** Which partition a region is of, and which region is suggested for a misspelt one. */
import { partitionOf, suggestRegion } from "../../modules/settings/regions";

test.each([
  ["us-east-1", "aws"],
  ["mx-central-1", "aws"],
  ["ap-southeast-9", "aws"],
  ["cn-northwest-1", "aws-cn"],
  ["us-gov-west-1", "aws-us-gov"],
  ["us-iso-east-1", "aws-iso"],
  ["us-isob-east-1", "aws-iso-b"],
  ["eu-isoe-west-1", "aws-iso-e"],
  ["us-isof-south-1", "aws-iso-f"],
  ["eusc-de-east-1", "aws-eusc"],
])("%s is of partition %s", (region, partition) => {
  expect(partitionOf(region)).toBe(partition);
});

test.each(["us-east1", "us-east-1a", "us-est-1", "eu-wset-1", "global", ""])("'%s' is of no partition", (name) => {
  expect(partitionOf(name)).toBeUndefined();
});

test.each([
  ["us-east1", "us-east-1"],
  ["us-est-1", "us-east-1"],
  ["eu-cental-1", "eu-central-1"],
  ["ap-southeast", "ap-southeast-1"],
])("for %s, %s is suggested", (name, region) => {
  expect(suggestRegion(name)).toBe(region);
});

test("nothing is suggested for what is like no region", () => {
  expect(suggestRegion("mars-north-1")).toBeUndefined();
});
