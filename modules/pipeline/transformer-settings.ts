/** The transformer's settings document: checked, then written into the bucket under a name made of its content. */
import { createHash } from "node:crypto";
import { z } from "zod";
import type { IdentitySettings, JsonValue, RedactionSettings } from "../../lambda/transformer/settings";
import { S3Object } from "../aws";
import {
  Construct,
  Fn,
  type IResolvable,
  type ITerraformDependable,
  TerraformLocal,
  Token,
  Tokenization,
} from "../cdk";
import { pinned } from "../addresses";
import { accepts, expectation, rules } from "../rules";
import { jsonTemplate } from "../json-template";
import { containsToken } from "../tokens";
import { InvalidValueError } from "../value-checks";
import { redactionSchema } from "./redaction-schema";

/** Everything that the transformer of a pipeline reads lies under this prefix. */
export function settingsPrefix(pipelineName: string): string {
  return `transformer/${pipelineName}/`;
}

/** Metadata, or a reference to it, or literal keys with values that may be references. */
export type MetadataInput = { readonly [key: string]: JsonValue | IResolvable } | IResolvable;

/** What is known of one API; as {@link ApiSettings}, with plan-time values. */
export interface ApiSettingsInput {
  readonly name?: string;
  readonly metadata?: MetadataInput;
}

/** As {@link TransformerSettings}, but values may be known at plan time only. */
export interface TransformerSettingsInput {
  readonly version: 1;
  readonly accountId: string;
  readonly region: string;
  /** Name of the environment, such as `production`, that Moesif shows. */
  readonly environment?: string;
  /** Metadata of every call of this account and region. */
  readonly metadata?: MetadataInput;
  /** By API id. */
  readonly apis?: { readonly [apiId: string]: ApiSettingsInput } | IResolvable;
  readonly identity?: IdentitySettings | IResolvable;
  /** What may not leave the account; a literal, since it is checked when the document is written. */
  readonly redaction?: RedactionSettings;
}

const planTime = z.custom<IResolvable>((value) => Tokenization.isResolvable(value));
const json = z.json() as unknown as z.ZodType<JsonValue>;
const metadata = z.union([planTime, z.record(z.string(), z.union([planTime, json]))]);

/** The schema of the document; parts that only Terraform knows are taken as they are. */
const transformerSettingsSchema: z.ZodType<TransformerSettingsInput> = z.strictObject({
  version: z.literal(1),
  accountId: z
    .string()
    .refine((id) => Token.isUnresolved(id) || accepts(rules.accountId, id), `must be ${expectation(rules.accountId)}`),
  region: z.string().min(1),
  environment: z.string().min(1).optional(),
  metadata: metadata.optional(),
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
  redaction: redactionSchema.optional(),
});

export interface TransformerSettingsDocumentProps {
  /** Name of the pipeline, which keeps the documents of several apart in one bucket. */
  readonly name: string;
  readonly bucket: {
    readonly name: string;
    /** What has to be in place before anything is written to the bucket. */
    readonly safeguards: ITerraformDependable[];
  };
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

    const { content, hash } = this.#written(jsonTemplate(props.settings), containsToken(props.settings));
    const object = pinned(
      new S3Object(this, "Resource", {
        bucket: props.bucket.name,
        key: `${settingsPrefix(props.name)}settings-${hash}.json`,
        content,
        contentType: "application/json",
        // S3 takes ten tags on an object, fewer than a provider may give to everything by default.
        overrideProvider: { defaultTags: { tags: {} } },
        dependsOn: props.bucket.safeguards,
        lifecycle: { createBeforeDestroy: true },
      }),
    );
    this.url = `s3://${object.bucket}/${object.key}`;
  }

  #written(json: string, planTime: boolean): { content: string; hash: string } {
    if (!planTime) return { content: json, hash: createHash("sha256").update(json).digest("hex") };
    // A local, since CDKTF takes no text with quotes as the argument of a function.
    const local = new TerraformLocal(this, "json", json);
    return { content: local.asString, hash: Fn.sha256(local.asString) };
  }
}
