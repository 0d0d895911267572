/** `iam`: what an organisation requires of every role. */
import { choice, section, setting, text } from "./values";

export const iamLimits = {
  roleArn: text(
    "^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$",
    "the ARN of an IAM role",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html",
  ),
  policyArn: text(
    "^arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/.+$",
    "the ARN of an IAM policy",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html",
  ),
  path: text(
    "^/([!-~]{1,510}/)?$",
    "a path that begins and ends with '/'",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html",
  ),
  namePrefix: text(
    "^[a-zA-Z0-9_+=,.@-]{0,20}$",
    "at most 20 letters, digits or any of _+=,.@-",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
  ),
  confusedDeputyGuard: choice(
    ["externalId", "sourceAccount", "none"],
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
  ),
} as const;

export const iamDefaults = { path: "/", namePrefix: "moesif-", confusedDeputyGuard: "externalId" } as const;

/** Scopes merge key by key. */
export const iamSection = section({
  path: setting(iamLimits.path, "Path of the roles.", iamDefaults.path),
  permissionsBoundary: setting(iamLimits.policyArn, "ARN of the permissions boundary of the roles."),
  namePrefix: setting(
    iamLimits.namePrefix,
    "Prefix of the roles' names, to which Terraform appends a suffix.",
    iamDefaults.namePrefix,
  ),
  confusedDeputyGuard: setting(
    iamLimits.confusedDeputyGuard,
    "What Firehose must present to assume its role: the account's id as external id, the condition key aws:SourceAccount (which no AWS page promises for this role), or nothing.",
    iamDefaults.confusedDeputyGuard,
  ),
});
