/** Each step of a release, run as the workflow runs it, on a repository made for it; none asks a registry or GitHub. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { unzipSync } from "fflate";
import { CHANGELOG, type Files, FixtureRepository, manifests, MODULE } from "./fixture-repository";

const repositories: FixtureRepository[] = [];

function repository(files: Files): FixtureRepository {
  const made = new FixtureRepository(files);
  repositories.push(made);
  return made;
}

afterEach(() => repositories.splice(0).forEach((one) => one.remove()));

/** A repository whose version 1.0.0 can be released. */
const releasable = (more: Files = {}) =>
  repository({
    ...manifests("1.0.0"),
    ...MODULE,
    "CHANGELOG.md": CHANGELOG.replace("## 0.9.0", "## 1.0.0 - 2026-03-04\n\n### Added\n\n- The second.\n\n## 0.9.0"),
    ...more,
  });

describe("the check of a version", () => {
  it("lets a tag pass that package, lock and changelog agree with", () => {
    expect(releasable().step("check-version", ["v1.0.0"])).toMatchObject({ code: 0 });
  });

  it("takes the tag that GitHub names", () => {
    const one = releasable();
    expect(one.step("check-version", [], { GITHUB_REF_NAME: "v1.0.0" }).code).toBe(0);
    expect(one.step("check-version", [], { GITHUB_REF_NAME: "v1.0.1" }).code).toBe(1);
  });

  it.each(["1.0.0", "v1.0", "v01.0.0", "v1.0.0+build", "v1.0.0 ", "latest", ""])("refuses the tag %j", (tag) => {
    const { code, output } = releasable().step("check-version", [tag]);
    expect(code).toBe(1);
    expect(output).toContain(`the tag is ${JSON.stringify(tag)}: it must be v and a semantic version`);
  });

  it("tells every disagreement at once", () => {
    const { code, output } = releasable().step("check-version", ["v1.1.0"]);
    expect(code).toBe(1);
    expect(output.trim().split("\n")).toEqual([
      "package.json has version 1.0.0, and the tag v1.1.0: set one by `npm version`",
      "package-lock.json has version 1.0.0, and the tag v1.1.0: set one by `npm version`",
      'package-lock.json packages[""] has version 1.0.0, and the tag v1.1.0: set one by `npm version`',
      "the newest section of CHANGELOG.md is 1.0.0, and not 1.1.0: `npm run changelog` adds it",
    ]);
  });

  it.each([
    ["still says Unreleased on top", "# Changelog\n\n## Unreleased\n\n- More.\n\n## 1.0.0\n\n- The second.\n"],
    ["says nothing under 1.0.0", "# Changelog\n\n## 1.0.0 - 2026-03-04\n\n## 0.9.0\n\n- The first.\n"],
  ])("refuses a changelog that %s", (what, changelog) => {
    const { code, output } = releasable({ "CHANGELOG.md": changelog }).step("check-version", ["v1.0.0"]);
    expect(code).toBe(1);
    expect(output).toContain(what);
  });

  it.each<[unknown, boolean]>([
    [{ type: "git", url: "git+https://github.com/Owner/name.git" }, true],
    ["https://github.com/Owner/name", true],
    ["github:Owner/name", true],
    [{ type: "git", url: "git+https://github.com/owner/name.git" }, false],
    ["https://example.com/Owner/name", false],
    [undefined, false],
  ])("knows whether npm takes the provenance of Owner/name from the repository %j", (named, passes) => {
    const one = releasable(manifests("1.0.0", { repository: named }));
    const { code, output } = one.step("check-version", ["v1.0.0"], { GITHUB_REPOSITORY: "Owner/name" });
    expect(code).toBe(passes ? 0 : 1);
    if (!passes) expect(output).toContain("repository.url is git+https://github.com/Owner/name.git");
  });
});

describe("the check of the branch", () => {
  /** A clone of a repository whose main has two commits. */
  function cloned(...options: string[]): FixtureRepository {
    const origin = releasable();
    origin.commitNothing("Merged");
    const clone = repository({});
    clone.git("remote", "add", "origin", pathToFileURL(origin.folder).href);
    clone.git("fetch", "--quiet", ...options, "origin", "+refs/heads/main:refs/remotes/origin/main");
    clone.git("checkout", "--quiet", "--detach", "origin/main");
    return clone;
  }

  it("lets the commits of main pass, its last and an older one", () => {
    const one = cloned();
    expect(one.step("check-merged")).toEqual({
      code: 0,
      output: expect.stringMatching(/^[0-9a-f]{40} is on origin\/main\n$/),
    });
    one.git("checkout", "--quiet", "HEAD~1");
    expect(one.step("check-merged")).toMatchObject({ code: 0 });
  });

  it.each<[string, () => FixtureRepository, RegExp]>([
    [
      "a commit that was not merged",
      () => {
        const one = cloned();
        one.commitNothing("Not merged");
        return one;
      },
      /^[0-9a-f]{40} is not on origin\/main: merge it, delete the tag, and tag the commit that is on origin\/main\n$/,
    ],
    [
      "a shallow clone that cannot tell",
      () => {
        const one = cloned("--depth=1");
        one.commitNothing("Not merged");
        return one;
      },
      /^this clone is shallow, .*`git fetch --unshallow` first\n$/,
    ],
    ["a checkout that does not know main", releasable, /^origin\/main is not known here: `git fetch origin` first/],
  ])("refuses %s, and in a dry run says so alone", (_, made, message) => {
    const one = made();
    const { code, output } = one.step("check-merged");
    expect(code).toBe(1);
    expect(output).toMatch(message);
    expect(one.step("check-merged", ["--dry-run"])).toEqual({ code: 0, output: `not yet to be tagged: ${output}` });
  });
});

describe("the changelog of a version", () => {
  const readChangelog = (one: FixtureRepository) => one.read("CHANGELOG.md").toString();

  it("holds the subjects of the commits since the last tag, newest first, and leaves older versions alone", () => {
    const one = repository({ ...manifests("0.9.0"), "CHANGELOG.md": CHANGELOG });
    one.git("tag", "v0.9.0-rc.1");
    one.git("tag", "v0.9.0");
    one.commit("Read envelopes\n\nThe body of the message.");
    one.commit("Set the version", manifests("1.0.0"));
    expect(one.step("changelog")).toMatchObject({ code: 0 });
    expect(readChangelog(one)).toBe(
      CHANGELOG.replace(
        "## 0.9.0",
        "## 1.0.0 - 2026-03-04\n\n### Commits\n\n- Set the version\n- Read envelopes\n\n## 0.9.0",
      ),
    );
  });

  it("counts from the version, and not from its release candidate", () => {
    const one = repository({ ...manifests("1.0.0"), "CHANGELOG.md": CHANGELOG });
    one.git("tag", "v0.9.0-rc.1");
    one.commit("Between");
    one.git("tag", "v0.9.0");
    one.commit("Since");
    one.step("changelog");
    expect(readChangelog(one)).toContain("### Commits\n\n- Since\n\n## 0.9.0");
  });

  it("holds all commits where nothing was released yet, behind what stood under Unreleased", () => {
    const changelog = "# Changelog\n\n## Unreleased\n\n### Added\n\n- Something.\n";
    const one = repository({ ...manifests("0.1.0"), "CHANGELOG.md": changelog });
    one.step("changelog");
    expect(readChangelog(one)).toBe(
      "# Changelog\n\n## 0.1.0 - 2026-03-04\n\n### Added\n\n- Something.\n\n### Commits\n\n- Begin\n",
    );
  });

  it("is not written twice, and not without commits", () => {
    const one = repository({ ...manifests("1.0.0"), "CHANGELOG.md": CHANGELOG });
    one.step("changelog");
    const once = readChangelog(one);
    expect(one.step("changelog")).toMatchObject({ code: 1, output: expect.stringContaining("1.0.0 already") });
    expect(readChangelog(one)).toBe(once);

    const other = repository({ ...manifests("1.0.0"), "CHANGELOG.md": CHANGELOG });
    other.git("tag", "v0.9.0");
    expect(other.step("changelog")).toMatchObject({ code: 1, output: expect.stringContaining("since v0.9.0") });
    expect(readChangelog(other)).toBe(CHANGELOG);
  });

  it("gives back each subject in the notes of its version, whatever it says", () => {
    const subject = fc.oneof(
      fc.constantFrom("## 0.9.0 - 2026-01-02", "Set `<stage>` for <api>", "*", "- `", "# Changelog", "$& $1"),
      fc.string({ minLength: 1, unit: "grapheme-ascii" }).filter((text) => text.trim() === text && text !== ""),
    );
    fc.assert(
      fc.property(fc.array(subject, { minLength: 1, maxLength: 20 }), (subjects) => {
        const one = repository({ ...manifests("1.0.0"), ...MODULE, "CHANGELOG.md": CHANGELOG });
        one.git("tag", "v0.9.0");
        for (const text of subjects) one.commitNothing(text);
        one.step("changelog");
        one.step("assemble");
        const [head, blank, ...lines] = one.read("release.out/NOTES.md").toString().trimEnd().split("\n");
        expect([head, blank]).toEqual(["### Commits", ""]);
        // Markdown's escapes apart, which keep `<` and `*` from being read as more.
        const plain = (text: string) => text.replace(/\\(?=[<*])/g, "");
        expect(lines.map(plain)).toEqual(subjects.map((text) => plain(`- ${text}`)).reverse());
        expect(readChangelog(one).slice(-"## 0.9.0 - 2026-01-02\n\n- The first.\n".length)).toBe(
          "## 0.9.0 - 2026-01-02\n\n- The first.\n",
        );
      }),
      { numRuns: 4 },
    );
  });
});

describe("the files of a release", () => {
  it("are the package, the module, their checksums and the notes of this version", () => {
    const one = releasable();
    expect(one.step("assemble")).toMatchObject({ code: 0 });
    expect(readdirSync(join(one.folder, "release.out")).sort()).toEqual([
      "NOTES.md",
      "SHA256SUMS",
      "a-package-1.0.0.tgz",
      "a-package-terraform-1.0.0.zip",
    ]);
    expect(one.read("release.out/NOTES.md").toString()).toBe("### Added\n\n- The second.\n");
    const check = ["--check", "--strict", "SHA256SUMS"];
    const { stdout } = spawnSync("sha256sum", check, { cwd: join(one.folder, "release.out"), encoding: "utf8" });
    expect(stdout).toBe("a-package-1.0.0.tgz: OK\na-package-terraform-1.0.0.zip: OK\n");
  });

  it("are the same bytes from another checkout at another time and place", () => {
    const [one, other] = [releasable(), releasable()];
    chmodSync(join(other.folder, "terraform", "main.tf"), 0o600);
    one.step("assemble", [], { TZ: "Asia/Kolkata" });
    other.step("assemble", [], { TZ: "America/St_Johns" });
    const sums = one.read("release.out/SHA256SUMS").toString();
    expect(other.read("release.out/SHA256SUMS").toString()).toBe(sums);
    expect(sums.split("\n")).toHaveLength(3);
  });

  it("hold of the module what is committed, at the root of its zip, and the licence", () => {
    const one = releasable();
    one.write({ "terraform/.terraform/cache": "not for others", ".gitignore": "release.out/\n.terraform/\n" });
    one.step("assemble");
    const files = unzipSync(one.read("release.out/a-package-terraform-1.0.0.zip"));
    const wanted = Object.entries(MODULE).filter(([path]) => path !== ".gitignore");
    expect(Object.keys(files)).toEqual(wanted.map(([path]) => path.replace(/^terraform\//, "")).sort());
    for (const [path, content] of wanted) {
      expect(Buffer.from(files[path.replace(/^terraform\//, "")]!)).toEqual(Buffer.from(content as string));
    }
  });

  it.each<[string, (one: FixtureRepository) => void, string]>([
    ["is changed", (one) => one.write({ "terraform/main.tf": "# Other.\n" }), "terraform/ is not as it was committed"],
    ["has more", (one) => one.write({ "terraform/more.tf": "# More.\n" }), "terraform/ is not as it was committed"],
    [
      "is missing",
      (one) => {
        one.git("rm", "-r", "--quiet", "terraform");
        one.commit("Drop it");
      },
      "nothing is committed in terraform/",
    ],
    [
      "holds a link",
      (one) => {
        symlinkSync("main.tf", join(one.folder, "terraform", "other.tf"));
        one.commit("Link");
      },
      "terraform/other.tf is no plain file (mode 120000)",
    ],
  ])("are not made where the module %s", (_, change, message) => {
    const one = releasable();
    change(one);
    expect(one.step("assemble")).toMatchObject({ code: 1, output: expect.stringContaining(message) });
  });

  it("are not made of a version without notes", () => {
    const { code, output } = releasable(manifests("1.0.1")).step("assemble");
    expect(code).toBe(1);
    expect(output).toContain("CHANGELOG.md says nothing of 1.0.1");
  });
});

describe("publishing", () => {
  const assembled = (version: string) => {
    const one = releasable({ ...manifests(version), "CHANGELOG.md": `# Changelog\n\n## ${version}\n\n- News.\n` });
    expect(one.step("assemble")).toMatchObject({ code: 0 });
    return one;
  };

  it.each([
    ["1.0.0", "--provenance --access public --dry-run", "latest"],
    ["1.1.0-rc.1", "--provenance --access public --tag next --dry-run", "next"],
  ])("tries npm with %s, without a registry", (version, args, tag) => {
    const { code, output } = assembled(version).step("publish-npm", ["--dry-run"]);
    expect(output).toContain(`npm publish ./release.out/a-package-${version}.tgz ${args}\n`);
    expect(output).toContain(`with tag ${tag} and public access (dry-run)`);
    expect(code).toBe(0);
  });

  it("is refused outside the workflow", () => {
    const { code, output } = assembled("1.0.0").step("publish-npm");
    expect(code).toBe(1);
    expect(output).toContain("only the release workflow can publish");
  });

  it("is refused to an npm that cannot be trusted yet", () => {
    const one = assembled("1.0.0");
    one.write({ "bin/npm": "#!/bin/sh\necho 11.5.0\n" });
    chmodSync(join(one.folder, "bin", "npm"), 0o755);
    const env = { ACTIONS_ID_TOKEN_REQUEST_URL: "https://example.com", PATH: `${one.folder}/bin:${process.env.PATH}` };
    expect(one.step("publish-npm", [], env)).toMatchObject({
      code: 1,
      output: expect.stringContaining("npm is 11.5.0, and trusted publishing needs 11.5.1"),
    });
  });

  it.each([
    ["1.0.0", ""],
    ["1.1.0-rc.1", " --prerelease"],
  ])("gives the GitHub release of %s its notes and files, and nothing else", (version, prerelease) => {
    const one = assembled(version);
    one.write({ "bin/gh": '#!/bin/sh\necho "called: $*"\n' });
    chmodSync(join(one.folder, "bin", "gh"), 0o755);
    const env = { PATH: `${one.folder}/bin:${process.env.PATH}` };
    const command =
      `release create v${version} --verify-tag --title v${version} --notes-file release.out/NOTES.md${prerelease} ` +
      ["SHA256SUMS", `a-package-${version}.tgz`, `a-package-terraform-${version}.zip`]
        .map((file) => `release.out/${file}`)
        .join(" ");
    expect(one.step("publish-github", ["--dry-run"], env)).toEqual({ code: 0, output: `gh ${command}\n` });
    expect(one.step("publish-github", [], env)).toEqual({ code: 0, output: `gh ${command}\ncalled: ${command}\n` });
  });

  it("makes the module the content of its own repository, one commit and tag for each version", () => {
    const mirror = repository({ "left-over.txt": "of before\n" });
    mirror.git("config", "receive.denyCurrentBranch", "ignore");
    const env = { MIRROR_URL: pathToFileURL(mirror.folder).href };
    expect(assembled("1.0.0").step("publish-mirror", [], env)).toMatchObject({ code: 0 });
    expect(assembled("1.1.0").step("publish-mirror", [], env)).toMatchObject({ code: 0 });
    expect(mirror.git("ls-tree", "-r", "--name-only", "main").trim().split("\n")).toEqual([
      "LICENSE",
      "NOTICE",
      "main.tf",
      "modules/inner/main.tf",
      "transformer.zip",
    ]);
    expect(mirror.git("tag").trim().split("\n")).toEqual(["v1.0.0", "v1.1.0"]);
    expect(mirror.git("log", "--format=%s", "v1.1.0").trim().split("\n")).toEqual([
      "Release v1.1.0",
      "Release v1.0.0",
      "Begin",
    ]);
    expect(assembled("1.1.0").step("publish-mirror", [], env)).toEqual({
      code: 1,
      output: "the mirror has v1.1.0 already\n",
    });
  });

  it("tries the mirror on an empty repository of this machine", () => {
    const { code, output } = assembled("1.0.0").step("publish-mirror", ["--dry-run"]);
    expect(output).toMatch(/terraform-aws-moesif-firehose\.git: v1\.0\.0, 5 files$/m);
    expect(code).toBe(0);
  });

  it("describes the zip as OpenTofu installs it, without a registry", () => {
    const one = assembled("1.0.0");
    const { code, output } = one.step("publish-oci", ["--dry-run"]);
    const zip = one.read("release.out/a-package-terraform-1.0.0.zip");
    expect(JSON.parse(output)).toMatchObject({
      artifactType: "application/vnd.opentofu.modulepkg",
      layers: [
        {
          mediaType: "archive/zip",
          digest: `sha256:${createHash("sha256").update(zip).digest("hex")}`,
          size: zip.length,
        },
      ],
    });
    expect(code).toBe(0);
  });

  it("has nothing to give where nothing was assembled", () => {
    expect(releasable().step("publish-github", ["--dry-run"])).toMatchObject({ code: 1 });
  });
});

describe("a dry run", () => {
  it("does everything but publish, and leaves the checkout as it was", () => {
    const one = repository({ ...manifests("1.0.0"), ...MODULE, "CHANGELOG.md": CHANGELOG });
    const { code, output } = one.step("dry-run", [], { GITHUB_REPOSITORY: "a/fork" });
    expect(code).toBe(0);
    const steps = output.split("\n").filter((line) => line.startsWith("# "));
    expect(steps).toEqual([
      "# changelog",
      "# check-version",
      "# check-merged",
      "# assemble",
      "# publish-npm",
      "# publish-github",
      "# publish-mirror",
      "# publish-oci",
    ]);
    expect(output).toContain("gh release create v1.0.0");
    expect(one.git("status", "--porcelain", "--ignored")).toBe("");
  });

  it("stops at the first step that fails", () => {
    const one = releasable({ "CHANGELOG.md": `# Changelog\n\n## Unreleased\n\n- More.\n\n## 1.0.0\n\n- News.\n` });
    const { code, output } = one.step("dry-run");
    expect(code).toBe(1);
    expect(output).toContain("still says Unreleased");
    expect(output).not.toContain("# assemble");
  });
});
