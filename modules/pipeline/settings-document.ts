/** The transformer's settings document in the backup bucket. */
import { createHash } from "node:crypto";
import { S3Object } from "../aws";
import { Construct, Fn, type ITerraformDependable, TerraformLocal } from "../cdk";
import { pinned } from "../addresses";
import { containsToken, exactTerraformJson } from "../terraform-json";
import { Checks } from "../settings/checks";
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
 * The document under a fixed key. The function is pointed at the version of the object, which Terraform plans as known
 * after apply exactly when the content changes. An existing bucket may have no versions: there the hash makes the change, and
 * the function refuses any other document.
 */
export class TransformerSettingsDocument extends Construct {
  readonly resource: S3Object;
  /** `s3://bucket/key?versionId=…`. */
  readonly url: string;
  /** SHA-256 of the content. */
  readonly sha256: string;

  /** @throws InvalidValueError if the settings do not obey their schema */
  constructor(scope: Construct, id: string, { name, bucket, settings }: TransformerSettingsDocumentProps) {
    super(scope, id);
    const checks = new Checks(this);
    checkSettings(settings, checks);
    checks.end();
    const { content, sha256 } = this.#written(settings);
    this.sha256 = sha256;
    this.resource = pinned(
      new S3Object(this, "Resource", {
        bucket: bucket.name,
        key: `${settingsPrefix(name)}settings.json`,
        content,
        contentType: "application/json",
        // S3 takes ten tags on an object, fewer than a provider may give to everything by default.
        overrideProvider: { defaultTags: { tags: {} } },
        dependsOn: bucket.safeguards,
        lifecycle: { createBeforeDestroy: true },
      }),
    );
    this.url = `s3://${this.resource.bucket}/${this.resource.key}?versionId=${this.resource.versionId}`;
  }

  #written(settings: TransformerSettingsInput): { content: string; sha256: string } {
    const json = exactTerraformJson(settings);
    if (!containsToken(settings)) return { content: json, sha256: sha256Of(JSON.stringify(settings)) };
    // A local, since CDKTF takes no text with quotes as the argument of a function.
    const local = pinned(new TerraformLocal(this, "json", json));
    return { content: local.asString, sha256: Fn.sha256(local.asString) };
  }
}

/** Terraform normalises every text, and the function compares what it reads with the hash. */
function sha256Of(content: string): string {
  return createHash("sha256").update(content.normalize("NFC")).digest("hex");
}
