/** Lint rules: TypeScript's own recommendations, and who may import whom. */
import tseslint from "typescript-eslint";

const CDK_PACKAGES = ["cdktf", "cdktf/*", "constructs", "constructs/*", "@cdktf/*"];

/** Forbids imports by pattern, each with its reason. */
const forbid = (...patterns) => ({ "no-restricted-imports": ["error", { patterns }] });

const oneBarrel = {
  group: CDK_PACKAGES,
  message: "only modules/cdk.ts and modules/aws.ts name the CDKTF packages",
};
const rooms = (room, ...others) => ({
  group: others.flatMap((other) => [`**/${other}`, `**/${other}/**`]),
  message: `${room} does not import from ${others.join(", ")}: see the architecture in README.md`,
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
    rules: forbid(oneBarrel, rooms("modules/", "cli", "local", "bench", "scripts", "test")),
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
    files: ["lambda/**/*.ts"],
    rules: forbid(oneBarrel, rooms("lambda/", "modules", "cli", "common", "local", "bench", "scripts", "test"), {
      group: ["zod", "yaml", "commander"],
      message: "the function carries no dependency but the AWS SDK and RE2",
    }),
  },
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
        regex: "/lambda/(?!api-gateway/|stage-enrollment/wanted$|transformer/outcome$)",
        message:
          "cli/ asks API Gateway by the functions' own client and knows their contracts; what else runs in AWS, it runs as built",
      },
    ),
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
