/** The transformer's settings document: checked, then written into the bucket under a name made of its content. */
import { createHash } from "node:crypto";
import { z } from "zod";
import type { JsonValue, TransformerSettings } from "../../lambda/transformer/settings";
import { S3Object } from "../aws";
import { Construct, Fn, type IResolvable, Token, Tokenization } from "../cdk";
import { pinned } from "../addresses";
import { accepts, expectation, rules } from "../rules";
import { containsToken, escapeTemplate } from "../tokens";
import { InvalidValueError } from "../value-checks";

/** Everything that the transformer reads lies under this prefix. */
export const SETTINGS_PREFIX = "transformer/";

/** As {@link TransformerSettings}, but every part may be a plan-time value. */
export type TransformerSettingsInput = {
  readonly [Key in keyof TransformerSettings]: TransformerSettings[Key] | IResolvable;
};

const planTime = z.custom<IResolvable>((value) => Tokenization.isResolvable(value));
const json = z.json() as unknown as z.ZodType<JsonValue>;
const metadata = z.record(z.string(), json);

/** The schema of the document; parts that only Terraform knows are taken as they are. */
export const transformerSettingsSchema: z.ZodType<TransformerSettingsInput> = z.strictObject({
  version: z.literal(1),
  accountId: z
    .string()
    .refine((id) => Token.isUnresolved(id) || accepts(rules.accountId, id), `must be ${expectation(rules.accountId)}`),
  region: z.string().min(1),
  environment: z.string().min(1).optional(),
  metadata: z.union([planTime, metadata]).optional(),
  apis: z
    .union([
      planTime,
      z.record(z.string(), z.strictObject({ name: z.string().optional(), metadata: metadata.optional() })),
    ])
    .optional(),
  identity: z
    .union([
      planTime,
      z.strictObject({ user: z.array(z.string()).optional(), company: z.array(z.string()).optional() }),
    ])
    .optional(),
});

export interface TransformerSettingsDocumentProps {
  /** Name of the bucket. */
  readonly bucket: string;
  readonly settings: TransformerSettingsInput;
}

/**
 * The document as an object whose key holds the hash of its content. A change therefore makes a new object, put in
 * place before the function is pointed at it and before the old one goes: at no moment does an execution environment
 * find settings that are not its own, or none.
 */
export class TransformerSettingsDocument extends Construct {
  /** `s3://bucket/key`. */
  readonly url: string;

  /** @throws InvalidValueError if the settings do not obey their schema */
  constructor(scope: Construct, id: string, props: TransformerSettingsDocumentProps) {
    super(scope, id);
    const { error } = transformerSettingsSchema.safeParse(props.settings);
    if (error) throw new InvalidValueError(this.node.path, z.prettifyError(error).split("\n"));

    const { content, hash } = serialize(props.settings);
    const object = pinned(
      new S3Object(this, "Resource", {
        bucket: props.bucket,
        key: `${SETTINGS_PREFIX}settings-${hash}.json`,
        content,
        contentType: "application/json",
        // S3 takes ten tags on an object, fewer than a provider may give to everything by default.
        overrideProvider: { defaultTags: { tags: {} } },
        lifecycle: { createBeforeDestroy: true },
      }),
    );
    this.url = `s3://${object.bucket}/${object.key}`;
  }
}

function serialize(settings: TransformerSettingsInput): { content: string; hash: string } {
  if (containsToken(settings)) {
    const content = Fn.jsonencode(settings);
    return { content, hash: Fn.sha256(content) };
  }
  const content = JSON.stringify(settings);
  return { content: escapeTemplate(content), hash: createHash("sha256").update(content).digest("hex") };
}
