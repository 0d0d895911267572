/** CHANGELOG.md as text: sections by version, newest first, under headings such as `## 1.2.0 - 2026-03-01`. */

export const UNRELEASED = "Unreleased";

const HEADING = /^## +(\S+)(?: +- +\S+)?[ \t]*$/gm;

/**
 * @param {string} changelog
 * @returns {{version: string, start: number, body: number, end: number}[]} where each section begins, where the text
 *   under its heading begins, and where it ends; newest first
 */
export function sections(changelog) {
  const headings = [...changelog.matchAll(HEADING)];
  return headings.map((heading, i) => ({
    version: heading[1],
    start: heading.index,
    body: heading.index + heading[0].length,
    end: headings[i + 1]?.index ?? changelog.length,
  }));
}

/** The text of a version's section, without its heading; empty where there is none. */
export function notesOf(changelog, version) {
  const section = sections(changelog).find((one) => one.version === version);
  return section === undefined ? "" : changelog.slice(section.body, section.end).trim();
}

/**
 * The changelog with a section for a version on top. What stood under "Unreleased" becomes its beginning; the subjects
 * of its commits follow, for an editor to group.
 */
export function withVersion(changelog, { version, date, subjects }) {
  const [newest] = sections(changelog);
  const unreleased = newest?.version === UNRELEASED;
  const start = newest?.start ?? changelog.length;
  const text = [
    `## ${version} - ${date}`,
    unreleased ? notesOf(changelog, UNRELEASED) : "",
    "### Commits",
    subjects.map((subject) => `- ${escaped(subject)}`).join("\n"),
  ];
  const after = changelog.slice(unreleased ? newest.end : start).trimStart();
  return [changelog.slice(0, start).trimEnd(), ...text, after].filter(Boolean).join("\n\n").trimEnd() + "\n";
}

/** Markdown takes `<stage>` for a tag and drops it, but not in code. */
function escaped(subject) {
  return subject.replace(/`[^`]+`|[<*]/g, (match) => (match.length > 1 ? match : `\\${match}`));
}
