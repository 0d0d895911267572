/**
 * One form for what a construct and its plain module plan: arguments, grants and order by address. Two ways to say the
 * same are equal in it; each that it takes for the same is said here, with the reason.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type AppliedModule, type AppliedResource, blocksByAddress, madeUpText } from "../../support/mocked-terraform";
import { grantsOf } from "./grants";

type Json = any;

export interface Model {
  readonly [address: string]: {
    /** What was said, without what the provider makes up. */
    readonly arguments?: Json;
    /** What a policy allows, one by one. */
    readonly grants?: { readonly [grant: string]: true };
    /** What comes before it. */
    readonly after?: { readonly [address: string]: true };
    /** How it is replaced, and what must hold once it is there. */
    readonly lifecycle?: Json;
  };
}

/** What was applied, and the JSON that it was applied from. */
export interface Planned extends AppliedModule {
  readonly blocks: Json;
  /** The folder in which the paths of its files begin. */
  readonly folder: string;
}

/** Arguments that are documents of policies. */
const POLICIES: readonly string[] = ["policy", "assume_role_policy"];

/** Arguments that are JSON, in which the order of keys says nothing. */
const DOCUMENTS: readonly string[] = ["content", "input"];

/** @throws Error if a policy says what is not compared, or what counts as one is not equal */
export function modelOf(planned: Planned): Model {
  const { resources, blocks, outputs, folder } = withoutHashes(planned);
  const documents = new Map(resources.filter(isPolicyDocument).map(({ address, values }) => [address, values]));
  const written = blocksByAddress(blocks);
  const entries = resources
    .filter((resource) => !isPolicyDocument(resource))
    .map((resource): Entry => {
      const block = written[withoutKey(resource.address)];
      return [resource.address, entryOf({ ...resource, block, folder, documents, written })];
    });
  const checks = Object.entries<Json>(blocks.check ?? {}).map(([name, check]): Entry => [
    `check.${name}`,
    { arguments: said(withoutRemarks(check)) },
  ]);
  const results = Object.entries<Json>(outputs).map(([name, value]): Entry => [
    `output.${name}`,
    { arguments: said({ value }) },
  ]);
  return merged([...entries, ...checks, ...results].map(withoutIndex));
}

type Entry = [address: string, entry: Model[string]];

/** Of what has one address, everything is allowed that one of them allows; in all else they have to be equal. */
function merged(entries: readonly Entry[]): Model {
  const model: Record<string, Model[string]> = {};
  for (const [address, entry] of entries) {
    const before = model[address] ?? entry;
    if (!isDeepStrictEqual({ ...before, grants: {} }, { ...entry, grants: {} })) {
      throw new Error(`${address}: two that count as one differ in more than their grants`);
    }
    model[address] = { ...entry, grants: { ...before.grants, ...entry.grants } };
  }
  return model;
}

/** A document of a policy is what it allows, where it is used. */
function isPolicyDocument({ address }: { readonly address: string }): boolean {
  return address.startsWith("data.aws_iam_policy_document.");
}

/** The address of the block of an instance. */
function withoutKey(address: string): string {
  return address.replace(/\[.*/, "");
}

interface Read extends AppliedResource {
  readonly block: Json;
  readonly folder: string;
  readonly documents: ReadonlyMap<string, Json>;
  readonly written: Readonly<Record<string, Json>>;
}

function entryOf({ address, values, dependsOn, block, folder, documents, written }: Read): Model[string] {
  const own = Object.entries<Json>(values).filter(([key, value]) => value !== madeUpText(withoutKey(address), key));
  const policies = own.filter(([key]) => POLICIES.includes(key));
  const documented = own.filter(([key, value]) => DOCUMENTS.includes(key) && value !== null);
  const others = own.filter(([key]) => ![...POLICIES, ...DOCUMENTS].includes(key));
  // Of a data source the state does not say what comes before it, so it is what is written.
  const after: string[] = address.startsWith("data.") ? (block.depends_on ?? []) : dependsOn;
  const writeOnly = Object.entries<Json>(block).filter(([key]) => key.endsWith("_wo"));
  return {
    arguments: {
      ...said(Object.fromEntries(others.map(([key, value]) => [key, comparable(key, value, folder)]))),
      ...Object.fromEntries(documented.map(([key, value]) => [key, JSON.parse(value)])),
      // The value of a write-only argument is nowhere, so it is what is written.
      ...Object.fromEntries(writeOnly),
    },
    grants: asSet(policies.flatMap(([, policy]) => grantsOf(JSON.parse(policy), documents))),
    after: asSet(after.filter((one) => !isReadFirst(one, written))),
    lifecycle: said(lifecycleOf(block)),
  };
}

/** A data source that waits for nothing is read before anything is made: nobody comes after it more than others do. */
function isReadFirst(address: string, written: Readonly<Record<string, Json>>): boolean {
  return address.startsWith("data.") && written[address]?.depends_on === undefined;
}

/** Preconditions look at what was given: a construct looks at literals by itself, and a module leaves it to Terraform. */
function lifecycleOf({ lifecycle = {} }: Json): Json {
  const { precondition: _, ...rest } = lifecycle;
  return rest;
}

function comparable(key: string, value: Json, folder: string): Json {
  if (value === null) return null;
  // The zip lies beside a module, and among the assets of a stack: what counts is what is in it.
  if (key === "filename") return `zip with SHA-256 ${sha256(readFileSync(join(folder, value)), "base64")}`;
  // A header holds them by their names.
  if (key === "http_endpoint_configuration") return value.map(withSortedAttributes);
  return value;
}

function withSortedAttributes(endpoint: Json): Json {
  const byName = (one: Json, other: Json) => one.name.localeCompare(other.name);
  const request = endpoint.request_configuration.map((one: Json) => ({
    ...one,
    common_attributes: [...one.common_attributes].sort(byName),
  }));
  return { ...endpoint, request_configuration: request };
}

/** Without what says nothing: Terraform takes null, an empty block and an empty collection as what was left out. */
function said(value: Json): Json {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(said);
  if (typeof value !== "object" || value === null) return value ?? undefined;
  const members = Object.entries(value)
    .map(([key, member]): [string, Json] => [key, said(member)])
    .filter(([, member]) => member !== undefined);
  return members.length === 0 ? undefined : Object.fromEntries(members);
}

function withoutRemarks(value: Json): Json {
  return JSON.parse(JSON.stringify(value, (key, member) => (key === "//" ? undefined : member)));
}

/** A revision holds the hash of how the settings are written, and not of what they say: it counts that it is theirs. */
function withoutHashes<P extends Planned>(planned: P): P {
  const contents = planned.resources.flatMap(({ address, values: { content } }) =>
    content ? [{ address, content }] : [],
  );
  return contents.reduce(
    (all, { address, content }) => replaced(all, sha256(content, "hex"), `(hash of ${address})`),
    planned,
  );
}

/** In how many policies stages are named is counted otherwise where Terraform counts: all of them are as one. */
function withoutIndex(entry: Entry): Entry {
  const address = /\b(\w*role_stages)(?:_\d+(?=_|\b))?(_attachment)?(?:\[\\"[A-Z]+-\d+\\"\])?(?!\w)/g;
  const name = /moesif-enroll-[A-Z0-9-]+-[0-9a-f]{16}-/g;
  return replaced(replaced(entry, address, "$1$2"), name, "moesif-enroll-");
}

function replaced<T>(value: T, search: string | RegExp, replacement: string): T {
  return JSON.parse(JSON.stringify(value).replaceAll(search, replacement)) as T;
}

function asSet(members: readonly string[]): { readonly [member: string]: true } {
  return Object.fromEntries(members.map((member) => [member, true]));
}

function sha256(content: string | Buffer, encoding: "hex" | "base64"): string {
  return createHash("sha256").update(content).digest(encoding);
}
