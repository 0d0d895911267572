/** Lint rules: TypeScript's own recommendations, and who may import whom. */
import tseslint from "typescript-eslint";

const CDK_PACKAGES = ["cdktf", "cdktf/*", "constructs", "constructs/*", "@cdktf/*"];

/** What of `lambda/` is also used while synthesizing. */
const LAMBDA_OF_MODULES = [
  "api-gateway/stage",
  "re2/pattern",
  "secrets/(names|placeholders|service-tokens|shapes)",
  "stage-enrollment/(contract|wanted)",
  "transformer/(access-log|metadata|settings)",
];

/** Forbids imports by pattern, each with its reason. */
const forbid = (...patterns) => ({ "no-restricted-imports": ["error", { patterns }] });

const oneBarrel = {
  group: CDK_PACKAGES,
  message: "only modules/cdk.ts and modules/aws.ts name the CDKTF packages",
};
const rooms = (room, ...others) => ({
  group: others.flatMap((other) => [`**/${other}`, `**/${other}/**`]),
  message: `${room} does not import from ${others.join(", ")}: see the architecture in CONTRIBUTING.md`,
});

const functionPackages = {
  group: ["zod", "yaml", "commander"],
  message: "the function carries no dependency but the AWS SDK and RE2",
};
/** Forbids a room of `lambda/` all rooms but itself and those that it may import from, which CONTRIBUTING.md lists. */
const lambdaRoom = (room, ...others) => ({
  files: [`lambda/${room}/**/*.ts`],
  rules: forbid(
    oneBarrel,
    rooms(`lambda/${room}/`, "modules", "cli", "common", "local", "bench", "scripts", "test", ...others),
    functionPackages,
    ...(room === "secrets"
      ? [{ regex: "/transformer/(?!settings$)", message: "lambda/secrets/ takes the types of JSON alone" }]
      : []),
  ),
});

export default tseslint.config(
  {
    ignores: [
      "dist/",
      "dist.*/",
      "cdktf.out/",
      "local.out/",
      "release.out/",
      "node_modules/",
      "test/bindings/*/node_modules/",
    ],
  },
  ...tseslint.configs.recommended,
  {
    rules: {
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
      "no-console": "off",
    },
  },
  {
    files: ["modules/**/*.ts"],
    ignores: ["modules/cdk.ts", "modules/aws.ts"],
    rules: forbid(oneBarrel, rooms("modules/", "cli", "local", "bench", "scripts", "test"), {
      regex: `/lambda/(?!(${LAMBDA_OF_MODULES.join("|")})$)`,
      message:
        "modules/ takes the contracts of the functions and their checks: see the architecture in CONTRIBUTING.md",
    }),
  },
  {
    files: ["modules/aws.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        { paths: [{ name: "@cdktf/provider-aws", message: "import the one resource: the index loads 2,213 modules" }] },
      ],
    },
  },
  {
    files: ["main.ts"],
    rules: forbid(oneBarrel, rooms("main.ts", "lambda", "cli", "common", "local", "bench", "scripts", "test")),
  },
  {
    files: ["lambda/*.ts"],
    rules: forbid(
      oneBarrel,
      rooms("lambda/", "modules", "cli", "common", "local", "bench", "scripts", "test"),
      { regex: "^\\./", message: "what stands in lambda/ itself imports nothing" },
      functionPackages,
    ),
  },
  lambdaRoom("transformer", "stage-enrollment", "redrive", "api-gateway"),
  lambdaRoom("secrets", "re2", "stage-enrollment", "redrive", "api-gateway", "s3-location"),
  lambdaRoom("re2", "transformer", "secrets", "stage-enrollment", "redrive", "api-gateway", "s3-location"),
  lambdaRoom("stage-enrollment", "transformer", "secrets", "re2", "redrive"),
  lambdaRoom("redrive", "stage-enrollment", "api-gateway", "secrets", "re2", "s3-location"),
  lambdaRoom("api-gateway", "transformer", "secrets", "re2", "stage-enrollment", "redrive", "s3-location"),
  {
    files: ["local/**/*.ts"],
    rules: forbid(oneBarrel, rooms("local/", "modules", "lambda", "cli", "bench", "scripts", "test")),
  },
  {
    files: ["cli/**/*.ts"],
    rules: forbid(
      oneBarrel,
      rooms("cli/", "local", "bench", "scripts", "test"),
      {
        regex: "/modules/.",
        message: "cli/ takes the public face of modules/: a construct's internals are no business of a command",
      },
      {
        regex:
          "/lambda/(?!api-gateway/|redrive/(contract|failed-record)$|stage-enrollment/wanted$|transformer/outcome$)",
        message:
          "cli/ asks API Gateway by the functions' own client and knows their contracts; what else runs in AWS, it runs as built",
      },
    ),
  },
  {
    files: ["scripts/**/*.ts"],
    rules: forbid(oneBarrel, rooms("scripts/", "lambda", "common", "local", "bench", "test")),
  },
  {
    files: ["common/**/*.ts"],
    rules: forbid(oneBarrel, rooms("common/", "modules", "lambda", "cli", "local", "bench", "scripts", "test")),
  },
  {
    files: ["examples/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        { paths: [{ name: "@cdktf/provider-aws", message: "import the one resource: the index loads 2,213 modules" }] },
      ],
    },
  },
  {
    files: ["test/**/*.ts"],
    rules: { "@typescript-eslint/no-explicit-any": "off", "max-lines": "off" },
  },
  {
    files: ["**/*.js", "**/*.cjs"],
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
);
