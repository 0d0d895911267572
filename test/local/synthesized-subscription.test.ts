/** Which log group a synthesized stack subscribes to its stream. */
import { readSynthesizedStack } from "../../local/synthesized-stack";
import { stackJson, stageLogGroup, writeStack } from "./support";

type Json = Record<string, unknown>;

const read = (resources: Json): unknown => readSynthesizedStack(writeStack(stackJson({ resources }))).subscription;

test("the log group and the filter are named as they are synthesized", () => {
  expect(read(stageLogGroup())).toEqual({
    logGroup: "/aws/vendedlogs/apigateway/test",
    filter: "moesif",
    owner: "123456789012",
  });
});

test("a log group whose name is known when Terraform plans alone goes by its resource's", () => {
  expect(read(stageLogGroup({ log_group_name: "${var.group}" }))).toMatchObject({ logGroup: "to_stream" });
});

test.each([
  ["none", {}],
  ["one to somewhere else", stageLogGroup({ destination_arn: "${aws_kinesis_firehose_delivery_stream.other.arn}" })],
  ["one that picks events by a pattern", stageLogGroup({ filter_pattern: '{ $.status = "500" }' })],
])("there is no subscription where the stack has %s", (_, resources) => {
  expect(read(resources)).toBeUndefined();
});
