/** The targets that a rollout file stands for: accounts, regions, APIs, and where their state is kept. */
import { targetsOf } from "./support";

const oneTarget = `
version: 1
defaults: { applicationId: { secretName: moesif/application-id } }
accounts:
  - id: "111111111111"
    name: production
    regions:
      - name: us-east-1
`;

describe("a file that says as little as it can", () => {
  test("becomes one target that leaves defaults to the constructs, but for the name", () => {
    expect(targetsOf(oneTarget)).toEqual([
      {
        stackName: "moesif-production-us-east-1",
        account: { id: "111111111111", name: "production", environment: "production" },
        region: "us-east-1",
        partition: "aws",
        settings: { name: "moesif", applicationId: { secretName: "moesif/application-id" } },
        apis: [],
        state: { local: { path: "/rollouts/terraform-state/moesif-production-us-east-1.tfstate" } },
      },
    ]);
  });

  test("may leave the list of APIs empty", () => {
    expect(targetsOf(`${oneTarget}        apis:\n`)[0]?.apis).toEqual([]);
  });

  test("may be JSON", () => {
    const json = {
      version: 1,
      accounts: [
        {
          id: "111111111111",
          name: "production",
          settings: { applicationId: { createSecret: { name: "moesif" } } },
          regions: [{ name: "us-east-1" }],
        },
      ],
    };
    expect(targetsOf(JSON.stringify(json, null, "\t"))).toHaveLength(1);
  });
});

test("targets come in the order of the file, one for each account and region", () => {
  const targets = targetsOf(`${oneTarget}
      - name: eu-west-1
  - id: "222222222222"
    name: china
    environment: production
    deployRole: arn:aws-cn:iam::222222222222:role/deploy
    regions:
      - name: cn-north-1
`);
  expect(targets.map(({ stackName, partition }) => [stackName, partition])).toEqual([
    ["moesif-production-us-east-1", "aws"],
    ["moesif-production-eu-west-1", "aws"],
    ["moesif-china-cn-north-1", "aws-cn"],
  ]);
  expect(targets[2]?.account).toEqual({
    id: "222222222222",
    name: "china",
    environment: "production",
    deployRole: "arn:aws-cn:iam::222222222222:role/deploy",
  });
});

test("a region that is too new to be known is accepted with its partition", () => {
  const text = oneTarget.replace("name: us-east-1", "name: mars-north-1\n        partition: aws-mars");
  expect(targetsOf(text)[0]).toMatchObject({ region: "mars-north-1", partition: "aws-mars" });
});

test("an API has its own metadata, version and tags", () => {
  const apis = `        apis:
          - { id: a1b2c3d4e5, name: orders, metadata: { team: payments, tiers: [1, 2] } }
          - { id: f6g7h8i9j0, name: storefront, version: "2026-11", tags: [public] }
`;
  expect(targetsOf(oneTarget + apis)[0]?.apis).toEqual([
    {
      ...{ id: "a1b2c3d4e5", name: "orders", type: "REST", stages: [] },
      ...{ tags: [], metadata: { team: "payments", tiers: [1, 2] } },
    },
    {
      ...{ id: "f6g7h8i9j0", name: "storefront", type: "REST", stages: [] },
      ...{ version: "2026-11", tags: ["public"], metadata: {} },
    },
  ]);
});

test("the stages of an API are names, or maps that say more", () => {
  const apis = `        apis:
          - { id: a1b2c3d4e5, name: orders, stages: [prod, { name: test, overwrite: true }] }
          - { id: f6g7h8i9j0, name: chat, type: WEBSOCKET, stages: }
`;
  expect(targetsOf(oneTarget + apis)[0]?.apis).toMatchObject([
    {
      type: "REST",
      stages: [
        { name: "prod", overwrite: false },
        { name: "test", overwrite: true },
      ],
    },
    { type: "WEBSOCKET", stages: [] },
  ]);
});

describe("state", () => {
  const withState = (state: string) => targetsOf(`${oneTarget}state: ${state}\n`)[0]?.state;

  test("in a directory is beside the rollout file, unless the directory is absolute", () => {
    expect(withState("{ local: { directory: ../state } }")).toEqual({
      local: { path: "/state/moesif-production-us-east-1.tfstate" },
    });
    expect(withState("{ local: { directory: /var/state } }")).toEqual({
      local: { path: "/var/state/moesif-production-us-east-1.tfstate" },
    });
  });

  test("in a bucket has one key for each stack", () => {
    const bucket = "bucket: example-state, region: eu-west-1";
    expect(withState(`{ s3: { ${bucket} } }`)).toEqual({
      s3: { bucket: "example-state", region: "eu-west-1", key: "moesif-production-us-east-1.tfstate" },
    });
    const roleArn = "arn:aws:iam::333333333333:role/state";
    expect(withState(`{ s3: { ${bucket}, keyPrefix: teams/moesif, roleArn: "${roleArn}" } }`)).toEqual({
      s3: {
        bucket: "example-state",
        region: "eu-west-1",
        key: "teams/moesif/moesif-production-us-east-1.tfstate",
        roleArn,
      },
    });
  });
});
