/**
 * Checks that the commit of a release is on the main branch: a tag can be set on any commit, and what was not merged
 * was not reviewed.
 *   node scripts/release/check-merged.mjs [--dry-run]     which only says so, since a release is tried before it is merged
 */
import { fail, git, run } from "./repository.mjs";

const MAIN = "origin/main";

const commit = git("rev-parse", "HEAD").trim();
const mistake = mistakeOf();
if (mistake === undefined) console.log(`${commit} is on ${MAIN}`);
else if (process.argv.includes("--dry-run")) console.log(`not yet to be tagged: ${mistake}`);
else fail(mistake);

function mistakeOf() {
  if (!answers("rev-parse", "--verify", "--quiet", `refs/remotes/${MAIN}`)) {
    return `${MAIN} is not known here: \`git fetch origin\` first, in a workflow by a checkout with fetch-depth 0`;
  }
  if (answers("merge-base", "--is-ancestor", "HEAD", `refs/remotes/${MAIN}`)) return undefined;
  // Of a clone without its history git knows no ancestors, and says no.
  if (git("rev-parse", "--is-shallow-repository").trim() === "true") {
    return `this clone is shallow, so that ${commit} cannot be found on ${MAIN}: \`git fetch --unshallow\` first`;
  }
  return `${commit} is not on ${MAIN}: merge it, delete the tag, and tag the commit that is on ${MAIN}`;
}

/** Whether git says yes: its exit code is 0 for that, 1 for no, and another where it could not tell. */
function answers(...args) {
  try {
    run("git", args);
    return true;
  } catch (error) {
    if (error.status === 1) return false;
    throw error;
  }
}
