/** The transformer's settings document: checked, then written into the bucket under a name that each revision has anew. */
import { createHash } from "node:crypto";
import { S3Object } from "../aws";
import { Construct, Fn, type IResolvable, type ITerraformDependable, TerraformLocal, Token } from "../cdk";
import { pinned } from "../addresses";
import { objectTemplate } from "../json-template";
import { Revision } from "../revision";
import { containsToken } from "../tokens";
import { ValueChecks } from "../value-checks";
import { isGiven, isText, not, type Whether } from "../whether";
import { DEFAULT_BASE_URL, DEFAULT_OUTPUT } from "./collector";
import { checkSettings, type TransformerSettingsInput } from "./transformer-settings";

/** Everything that the transformer of a pipeline reads lies under this prefix. */
export function settingsPrefix(pipelineName: string): string {
  return `transformer/${pipelineName}/`;
}

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
 * The document as an object of which every revision has a key of its own. A change therefore makes a new object, put in
 * place before the function is pointed at it and before the old one goes: at no moment does an execution environment
 * find settings that are not its own, or none.
 */
export class TransformerSettingsDocument extends Construct {
  /** `s3://bucket/key`. */
  readonly url: string;

  /** @throws InvalidValueError if the settings do not obey their schema */
  constructor(scope: Construct, id: string, props: TransformerSettingsDocumentProps) {
    super(scope, id);
    const checks = new ValueChecks(this.node.path);
    checkSettings(props.settings, this.node.path, checks);

    const { content, hash } = this.#written(objectTemplate(props.settings, isAbsent), containsToken(props.settings));
    const revision = new Revision(this, "revision", [props.bucket.name, hash]);
    const object = pinned(
      new S3Object(this, "Resource", {
        bucket: props.bucket.name,
        key: `${settingsPrefix(props.name)}settings-${revision.id}.json`,
        content,
        contentType: "application/json",
        // S3 takes ten tags on an object, fewer than a provider may give to everything by default.
        overrideProvider: { defaultTags: { tags: {} } },
        dependsOn: props.bucket.safeguards,
        lifecycle: { createBeforeDestroy: true, ...checks.lifecycle() },
      }),
    );
    this.url = `s3://${object.bucket}/${object.key}`;
  }

  #written(json: string, planTime: boolean): { content: string; hash: string } {
    if (!planTime) return { content: json, hash: createHash("sha256").update(json).digest("hex") };
    // A local, since CDKTF takes no text with quotes as the argument of a function.
    const local = pinned(new TerraformLocal(this, "json", json));
    return { content: local.asString, hash: Fn.sha256(local.asString) };
  }
}

/** What is there in every document. */
const REQUIRED: readonly string[] = ["version", "accountId", "region"] satisfies (keyof TransformerSettingsInput)[];

/** What a member that Terraform alone knows must not be, to be written; of the others it is null. */
const DEFAULTS: { readonly [key: string]: string } = {
  output: DEFAULT_OUTPUT,
  baseUrl: DEFAULT_BASE_URL,
  enrichment: "full",
} satisfies { [key in keyof TransformerSettingsInput]?: string };

/** Whether a member is left out: what Terraform finds to be null, or a default, as what was never said. */
function isAbsent(key: string, part: unknown): Whether {
  if (part === undefined) return true;
  if (REQUIRED.includes(key) || !Token.isUnresolved(part)) return false;
  if (key === "passThrough") return not(part as IResolvable);
  const standard = DEFAULTS[key];
  return standard === undefined ? not(isGiven(part)) : isText(part, standard);
}
