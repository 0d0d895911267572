/** An AWS emulator on localhost, one for each test file. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { tools } from "./terraform";

const SERVICES = [
  "apigateway", "cloudwatchlogs", "firehose", "iam", "kms", "lambda", "s3", "secretsmanager", "sts",
];

export class Moto {
  readonly #process: ChildProcess;

  private constructor(
    process: ChildProcess,
    readonly url: string,
  ) {
    this.#process = process;
  }

  static async start(): Promise<Moto> {
    const port = await freePort();
    const child = spawn(tools.moto!, ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore", detached: true });
    const moto = new Moto(child, `http://127.0.0.1:${port}`);
    for (let tries = 0; tries < 150; tries++) {
      if (await fetch(`${moto.url}/moto-api/`).then(() => true, () => false)) return moto;
      await sleep(200);
    }
    moto.stop();
    throw new Error("moto_server did not answer within 30 seconds");
  }

  /** Ends the server and what it started, by its own process group. */
  stop(): void {
    if (this.#process.pid !== undefined) process.kill(-this.#process.pid, "SIGTERM");
  }

  reset(): Promise<Response> {
    return fetch(`${this.url}/moto-api/reset`, { method: "POST" });
  }

  /** What makes the AWS clients of a Terraform run talk to moto. */
  environment(): Record<string, string> {
    return {
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_ENDPOINT_URL: this.url,
      AWS_MAX_ATTEMPTS: "2",
    };
  }

  /**
   * Points the provider of a synthesized stack at moto by Terraform's own override file; the stack itself stays as it
   * was synthesized.
   */
  redirect(directory: string, provider: Record<string, unknown> = {}): void {
    const endpoints = Object.fromEntries(SERVICES.map((service) => [service, this.url]));
    writeFileSync(
      join(directory, "moto_override.tf.json"),
      JSON.stringify({
        data: { aws_iam_policy_document: withoutDenyOnObjects(directory) },
        provider: {
          aws: [
            {
              endpoints: [endpoints],
              skip_credentials_validation: true,
              skip_metadata_api_check: true,
              s3_use_path_style: true,
              // A server error of the emulator would otherwise be retried 25 times.
              max_retries: 1,
              ...provider,
            },
          ],
        },
      }),
    );
  }
}

interface PolicyDocument {
  readonly statement: readonly { readonly effect?: string; readonly resources?: readonly string[] }[];
}

/**
 * moto takes a Deny with a condition for one without, so that a TLS-only policy locks everybody out: for moto the
 * policy speaks of the bucket alone.
 */
function withoutDenyOnObjects(directory: string): Record<string, PolicyDocument> {
  const { data } = JSON.parse(readFileSync(join(directory, "cdk.tf.json"), "utf8"));
  const documents: Record<string, PolicyDocument> = data?.aws_iam_policy_document ?? {};
  const narrowed = Object.entries(documents)
    .filter(([, { statement }]) => statement.some(({ effect }) => effect === "Deny"))
    .map(([name, { statement }]): [string, PolicyDocument] => [
      name,
      {
        statement: statement.map((one) => ({ ...one, resources: one.resources?.filter((arn) => !arn.endsWith("/*")) })),
      },
    ]);
  return Object.fromEntries(narrowed);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
