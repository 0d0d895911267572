/**
 * The functions' zips: the same bytes from two folders that share nothing but the sources, and a transformer that works.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { utimesSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { unzipSync } from "fflate";
import { toClf } from "../../lambda/transformer/normalise";
import { accessLog, base64, eventOf, settings, textOf } from "../lambda/support";

const ROOT = join(__dirname, "..", "..");
const run = promisify(execFile);

interface Checkout {
  readonly folder: string;
  readonly modified: Date;
  readonly umask: string;
  readonly timeZone: string;
}

/** Copies what the build reads, as a checkout at another time and place would have it. */
function checkOut({ folder, modified }: Checkout): void {
  mkdirSync(folder, { recursive: true });
  for (const name of ["package.json", "tsconfig.json", "scripts", "lambda"]) {
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  }
  for (const name of readdirSync(folder, { recursive: true })) {
    utimesSync(join(folder, String(name)), modified, modified);
  }
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"), "junction");
}

const FUNCTIONS = ["transformer", "stage-enrollment"] as const;
type Zips = Record<(typeof FUNCTIONS)[number], Buffer>;

async function buildIn({ folder, umask, timeZone }: Checkout): Promise<Zips> {
  const command = `umask ${umask}; exec "$0" scripts/build.mjs --lambda-only`;
  const env = { ...process.env, TZ: timeZone };
  await run("sh", ["-c", command, process.execPath], { cwd: folder, env, timeout: 5 * 60_000 });
  const zips = FUNCTIONS.map((name) => [name, readFileSync(join(folder, "dist", "lambda", `${name}.zip`))]);
  return Object.fromEntries(zips) as Zips;
}

/** Invokes the bundle in a process of its own, and returns the first record's text. */
async function invoke(bundle: string, settingsUrl: string, env: Record<string, string> = {}): Promise<unknown> {
  const script = `
    const { handler, ...rest } = await import(process.argv[1]);
    if (Object.keys(rest).sort().join() !== "createTransformer,loadEngine,parseConfig,readDelivered,reportOf") throw new Error("the bundle exports more than it should");
    const { records } = await handler(JSON.parse(process.argv[2]));
    console.log(records[0].data);`;
  const event = JSON.stringify(
    eventOf([base64(JSON.stringify(accessLog({ stage: "prod", requestTime: toClf(Date.now()) })))]),
  );
  const { stdout } = await run(
    process.execPath,
    ["--input-type=module", "--eval", script, pathToFileURL(bundle).href, event],
    { env: { PATH: process.env.PATH, SETTINGS_URL: settingsUrl, ...env }, timeout: 5 * 60_000 },
  );
  return JSON.parse(textOf(stdout.trimEnd().split("\n").at(-1)!));
}

describe("the functions' zips", () => {
  const temporary = mkdtempSync(join(tmpdir(), "zip-"));
  const here = {
    folder: join(temporary, "a"),
    modified: new Date("2001-02-03"),
    umask: "0022",
    timeZone: "Asia/Kolkata",
  };
  const there = {
    folder: join(temporary, "some where", "else", "b"),
    modified: new Date("2026-11-23"),
    umask: "0077",
    timeZone: "America/St_Johns",
  };
  const unzipped = join(temporary, "var task");
  let zips: Zips[] = [];

  beforeAll(async () => {
    checkOut(here);
    checkOut(there);
    zips = await Promise.all([buildIn(here), buildIn(there)]);
    mkdirSync(unzipped);
    for (const [name, contents] of Object.entries(unzipSync(zips[0]!.transformer))) {
      writeFileSync(join(unzipped, name), contents);
    }
  });

  afterAll(() => rmSync(temporary, { recursive: true, force: true }));

  it.each(FUNCTIONS)(
    "%s is the same from two folders with other dates, another umask and another time zone",
    (name) => {
      const [one, other] = zips.map((built) => createHash("sha256").update(built[name]).digest("hex"));
      expect(one).toBe(other);
    },
  );

  it("stay the same when they are built again over what is there, by two at once", async () => {
    const again = await Promise.all([buildIn(here), buildIn(here)]);
    for (const name of FUNCTIONS) {
      expect(again.every((built) => built[name].equals(zips[0]![name]))).toBe(true);
    }
    expect(readdirSync(join(here.folder, "dist"))).toEqual(["lambda"]);
  });

  it.each(FUNCTIONS)("%s holds the bundle and its chunks, sorted, of a fixed date and mode", (name) => {
    const zip = zips[0]![name];
    const names = Object.keys(unzipSync(zip));
    expect(names).toContain("index.mjs");
    expect(names.filter((file) => !/^chunk-[A-Z0-9]{8}\.mjs$/.test(file))).toEqual(["index.mjs"]);
    expect(names).toEqual([...names].sort());
    expect(names).toEqual(readdirSync(join(here.folder, "dist", "lambda", name)).sort());
    // https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.12: the central directory's file headers.
    let at = zip.indexOf("PK\x01\x02", 0, "latin1");
    for (const file of names) {
      expect(zip.readUInt16LE(at + 14)).toBe((0 << 9) | (1 << 5) | 1);
      expect(zip.readUInt32LE(at + 38) >>> 16).toBe(0o100644);
      expect(zip.toString("latin1", at + 46, at + 46 + file.length)).toBe(file);
      at += 46 + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
    }
  });

  it.each(FUNCTIONS)("%s says nothing of the folder that it was built in", (name) => {
    const contents = Object.values(unzipSync(zips[0]![name])).map((bytes) => Buffer.from(bytes).toString("latin1"));
    for (const path of [ROOT, temporary, "node_modules/"]) {
      expect(contents.some((text) => text.includes(path))).toBe(false);
    }
  });

  it("have a transformer that works with settings from a file", async () => {
    const file = join(temporary, "settings.json");
    writeFileSync(file, JSON.stringify(settings));
    const delivered = await invoke(join(unzipped, "index.mjs"), pathToFileURL(file).href);
    const { requestId, requestTime: _, ...given } = accessLog();
    expect(delivered).toMatchObject({ ...given, metadata: { requestId, apiName: "Orders", stage: "prod" } });
  });

  it("have a transformer that works with settings from S3, by the client that it carries", async () => {
    const asked: string[] = [];
    const s3 = createServer((request, response) => {
      asked.push(String(request.url).split("?")[0]!);
      response.end(JSON.stringify(settings));
    });
    await new Promise<void>((listening) => s3.listen(0, "127.0.0.1", listening));
    try {
      const delivered = await invoke(join(unzipped, "index.mjs"), "s3://backup/moesif/settings 1.json", {
        AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(s3.address() as AddressInfo).port}`,
        AWS_REGION: "us-east-1",
        AWS_ACCESS_KEY_ID: "test",
        AWS_SECRET_ACCESS_KEY: "test",
      });
      expect(delivered).toMatchObject({ metadata: { apiName: "Orders" } });
      expect(asked).toEqual(["/backup/moesif/settings%201.json"]);
    } finally {
      s3.close();
    }
  });
});
