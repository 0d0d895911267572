/** What a rule between settings is, and which issues there are where one does not hold. */
import type { ApiType } from "../../lambda/api-gateway/stage";
import { isToken } from "./checks";
import { formatPath, type Issue } from "./issue";
import type { IssueId } from "./issue-ids";
import { effectivePath, isInvalid, pathsOfSetting, type Scope } from "./scopes";
import type { Settings } from "./settings";
import type { ValidSubset } from "./valid-subset";

/** What rules are applied to: the settings of a pipeline, and what is known of its place. */
export interface RuleInput {
  readonly settings: ValidSubset<Settings>;
  readonly account?: string;
  readonly region?: string;
  readonly partition?: string;
  /** In a rollout file, the types of the APIs whose stages are listed or matched. */
  readonly stageTypes?: ReadonlySet<ApiType>;
}

/** A rule between settings. */
export interface Rule {
  /** Stable id of the issue. */
  readonly id: IssueId;
  /** The settings that it compares. The issue is at the first that is set. */
  readonly settings: readonly string[];
  readonly holds: (input: RuleInput) => boolean;
  /** @param pathsOf gives the paths of a setting, in every scope that has it */
  readonly message: (input: RuleInput, pathsOf: (setting: string) => readonly string[]) => string;
  readonly fix: string | ((input: RuleInput) => string);
  readonly severity?: "warning";
}

/** The issues of rules that the settings of some scopes break together, each at the setting that takes effect. */
export function brokenRules(rules: readonly Rule[], input: RuleInput, scopes: readonly Scope[]): Issue[] {
  return rules.flatMap((rule) => {
    const keys = rule.settings.map((setting) => setting.split("."));
    const isUnknown = keys.some((key) => isToken(input.settings, key) || isInvalid(scopes, key));
    if (isUnknown || rule.holds(input)) return [];
    const [path = keys[0]!] = keys.flatMap((key) =>
      [effectivePath(scopes, key)].filter((found) => found !== undefined),
    );
    const { id, message, fix, severity } = rule;
    const pathsOf = (setting: string) => pathsOfSetting(scopes, setting.split(".")).map(formatPath);
    const issue = { id, path, message: message(input, pathsOf), fix: typeof fix === "string" ? fix : fix(input) };
    return [severity === undefined ? issue : { ...issue, severity }];
  });
}
