/** Lint rules: TypeScript's own recommendations, and which folder may import from which. */
import tseslint from "typescript-eslint";

const CDK_PACKAGES = ["cdktf", "cdktf/*", "constructs", "constructs/*", "@cdktf/*"];

/** The part of `lambda/` that is also used while synthesizing. */
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
const noImport = (folder, ...others) => ({
  group: others.flatMap((other) => [`**/${other}`, `**/${other}/**`]),
  message: `${folder} does not import from ${others.join(", ")}: see the architecture in CONTRIBUTING.md`,
});

const functionPackages = {
  group: ["zod", "yaml", "commander"],
  message: "the functions depend on the AWS SDK and RE2 only",
};
/** Lets a folder of `lambda/` import only from itself and from those that CONTRIBUTING.md lists for it. */
const lambdaFolder = (folder, ...others) => ({
  files: [`lambda/${folder}/**/*.ts`],
  rules: forbid(
    oneBarrel,
    noImport(`lambda/${folder}/`, "modules", "cli", "common", "local", "pages", "bench", "scripts", "test", ...others),
    functionPackages,
    ...(folder === "secrets"
      ? [{ regex: "/transformer/(?!settings$)", message: "lambda/secrets/ imports only the types of JSON" }]
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
    rules: forbid(oneBarrel, noImport("modules/", "cli", "local", "pages", "bench", "scripts", "test"), {
      regex: `/lambda/(?!(${LAMBDA_OF_MODULES.join("|")})$)`,
      message:
        "modules/ imports only the contracts and checks of the functions: see the architecture in CONTRIBUTING.md",
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
    rules: forbid(
      oneBarrel,
      noImport("main.ts", "lambda", "cli", "common", "local", "pages", "bench", "scripts", "test"),
    ),
  },
  {
    files: ["lambda/*.ts"],
    rules: forbid(
      oneBarrel,
      noImport("lambda/", "modules", "cli", "common", "local", "pages", "bench", "scripts", "test"),
      { regex: "^\\./", message: "files of lambda/ itself import nothing" },
      functionPackages,
    ),
  },
  lambdaFolder("transformer", "stage-enrollment", "redrive", "api-gateway"),
  lambdaFolder("secrets", "re2", "stage-enrollment", "redrive", "api-gateway", "s3-location"),
  lambdaFolder("re2", "transformer", "secrets", "stage-enrollment", "redrive", "api-gateway", "s3-location"),
  lambdaFolder("stage-enrollment", "transformer", "secrets", "re2", "redrive"),
  lambdaFolder("redrive", "stage-enrollment", "api-gateway", "secrets", "re2", "s3-location"),
  lambdaFolder("api-gateway", "transformer", "secrets", "re2", "stage-enrollment", "redrive", "s3-location"),
  {
    files: ["local/**/*.ts"],
    rules: forbid(oneBarrel, noImport("local/", "modules", "lambda", "cli", "bench", "scripts", "test")),
  },
  {
    files: ["cli/**/*.ts"],
    rules: forbid(
      oneBarrel,
      noImport("cli/", "local", "bench", "scripts", "test"),
      {
        regex: "/modules/.",
        message: "cli/ imports modules/ only by its index, not the parts of a construct",
      },
      {
        regex:
          "/lambda/(?!api-gateway/|redrive/(contract|failed-record)$|stage-enrollment/wanted$|transformer/(outcome|delivered)$)",
        message:
          "cli/ imports the functions' API Gateway client and their contracts; other code of the functions it runs as built",
      },
    ),
  },
  {
    files: ["scripts/**/*.ts"],
    rules: forbid(oneBarrel, noImport("scripts/", "lambda", "common", "local", "pages", "bench", "test")),
  },
  {
    files: ["pages/**/*.ts"],
    rules: forbid(oneBarrel, noImport("pages/", "modules", "cli", "local", "bench", "scripts", "test"), {
      regex: "/lambda/(?!transformer/(outcome|delivered)$)",
      message: "pages/ imports only the types of what the transformer returns",
    }),
  },
  {
    files: ["common/**/*.ts"],
    rules: forbid(
      oneBarrel,
      noImport("common/", "modules", "lambda", "cli", "local", "pages", "bench", "scripts", "test"),
    ),
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
