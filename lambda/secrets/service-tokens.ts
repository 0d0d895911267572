/**
 * Tokens that services give out, by the prefixes that these publish. The list stands in docs/privacy.md, with tests for
 * each row. Forms are those of gitleaks (https://github.com/gitleaks/gitleaks/blob/master/config/gitleaks.toml), with
 * shorter rests: services make their tokens longer every now and then.
 */

/** Tokens of one service. */
export interface ServiceToken {
  readonly service: string;
  /** What the tokens begin with. */
  readonly prefixes: readonly string[];
  /** What follows, as a pattern. */
  readonly rest: string;
  /** Of tokens that have no prefix, what they are known by. */
  readonly marks?: readonly string[];
  /** Whether a prefix may be a part of a word, so that it counts only at the beginning of one. */
  readonly bounded?: boolean;
}

function tokens(service: string, prefixes: string, rest: string): ServiceToken {
  return { service, prefixes: prefixes.split(" "), rest };
}

/** For prefixes that words have in them as well. */
function bounded(service: string, prefixes: string, rest: string): ServiceToken {
  return { ...tokens(service, prefixes, rest), bounded: true };
}

export const SERVICE_TOKENS: readonly ServiceToken[] = [
  bounded("AWS, access key ids", "AKIA ASIA ABIA ACCA", "[A-Z0-9]{16}(?![A-Za-z0-9])"),
  tokens("GitHub", "ghp_ gho_ ghu_ ghs_ ghr_", "[A-Za-z0-9_]{36,}"),
  tokens("GitHub, fine-grained", "github_pat_", "\\w{22,}"),
  tokens(
    "GitLab",
    "glpat- gloas- gldt- glrt- glcbt- glptt- glft- glimt- glagent- glsoat- glffct- GR1348941",
    "[\\w.-]{20,}",
  ),
  tokens("Slack", "xoxa- xoxb- xoxe- xoxo- xoxp- xoxr- xoxs- xoxe.xoxb- xoxe.xoxp- xapp-", "[\\w-]{10,}"),
  tokens("Slack, webhooks", "hooks.slack.com/services/ hooks.slack.com/workflows/", "[A-Za-z0-9+/]{20,}"),
  tokens("Stripe", "sk_live_ sk_test_ sk_prod_ rk_live_ rk_test_ rk_prod_", "[A-Za-z0-9]{10,}"),
  tokens("Stripe, webhooks", "whsec_", "[A-Za-z0-9+/=]{20,}"),
  bounded("Google, API keys", "AIza", "[\\w-]{35,}"),
  tokens("Google, client secrets", "GOCSPX-", "[\\w-]{28,}"),
  bounded("Google, access tokens", "ya29.", "[\\w.-]{20,}"),
  bounded("OpenAI, Anthropic, DeepSeek", "sk-", "(?=[\\w-]{0,40}\\d)[\\w-]{20,}"),
  bounded("Hugging Face", "hf_ api_org_", "[A-Za-z0-9]{30,}"),
  bounded("Groq, Replicate", "gsk_ r8_", "[A-Za-z0-9]{30,}"),
  bounded("Perplexity", "pplx-", "[A-Za-z0-9]{48,}"),
  tokens("npm", "npm_", "[A-Za-z0-9]{36,}"),
  tokens("PyPI", "pypi-AgE", "[\\w-]{50,}"),
  tokens("RubyGems", "rubygems_", "[a-f0-9]{48,}"),
  tokens("Docker Hub", "dckr_pat_ dckr_oat_", "[\\w-]{20,}"),
  bounded("SendGrid", "SG.", "[\\w-]{16,}\\.[\\w-]{16,}"),
  tokens("Brevo", "xkeysib-", "[a-f0-9]{64}-[A-Za-z0-9]{16}"),
  bounded("Twilio", "SK", "[0-9a-fA-F]{32}(?![A-Za-z0-9])"),
  tokens("Shopify", "shpat_ shpca_ shppa_ shpss_", "[A-Fa-f0-9]{32,}"),
  tokens("Square", "sq0atp- sq0csp-", "[\\w-]{22,}"),
  bounded("Square, access tokens", "EAAA", "[\\w-]{56,60}(?![\\w-])"),
  tokens("DigitalOcean", "dop_v1_ doo_v1_ dor_v1_", "[a-f0-9]{64,}"),
  bounded("Databricks", "dapi", "[a-f0-9]{32}(?:-\\d)?(?![A-Za-z0-9])"),
  {
    service: "Azure, client secrets",
    prefixes: [],
    rest: "[\\w~.]{3}[0-9]Q~[\\w~.-]{31,34}",
    marks: Array.from("0123456789", (digit) => `${digit}Q~`),
    bounded: true,
  },
  bounded("HashiCorp Vault", "hvs. hvb. hvr.", "[\\w-]{24,}"),
  {
    service: "HashiCorp Terraform",
    prefixes: [],
    rest: "[A-Za-z0-9]{14}\\.atlasv1\\.[\\w=-]{60,}",
    marks: [".atlasv1."],
    bounded: true,
  },
  tokens("Atlassian", "ATATT3", "[\\w=-]{150,}"),
  tokens("Pulumi", "pul-", "[a-f0-9]{40,}"),
  tokens("Doppler", "dp.pt. dp.ct. dp.sa. dp.said. dp.scim. dp.audit.", "[A-Za-z0-9]{40,}"),
  tokens("Doppler, service tokens", "dp.st.", "(?:[\\w-]{2,35}\\.)?[A-Za-z0-9]{40,}"),
  tokens("Supabase", "sbp_", "[a-z0-9]{40,}"),
  tokens("PlanetScale", "pscale_tkn_ pscale_oauth_ pscale_pw_", "[\\w=.-]{32,}"),
  tokens("New Relic", "NRAK-", "[A-Za-z0-9]{27,}"),
  tokens("New Relic, ingest", "NRJS- NRII-", "[A-Za-z0-9-]{19,}"),
  tokens("Grafana", "glsa_", "\\w{32,}"),
  tokens("Grafana Cloud", "glc_", "[\\w+/=]{32,}"),
  tokens("Sentry, user tokens", "sntryu_", "[a-f0-9]{64,}"),
  tokens("Sentry, organization tokens", "sntrys_", "[\\w+/=]{40,}"),
  tokens("Dynatrace", "dt0c01.", "[A-Za-z0-9]{24}\\.[A-Za-z0-9]{64}"),
  tokens("Postman", "PMAK-", "[a-fA-F0-9]{24}-[a-fA-F0-9]{34}"),
  tokens("Linear", "lin_api_", "[A-Za-z0-9]{40,}"),
  tokens("Notion", "ntn_", "[A-Za-z0-9]{40,}"),
  tokens("Figma", "figd_", "[\\w-]{20,}"),
];

/** What stands before a token: nothing that it could be a part of, or an escaped character. */
export const START = "(?:(?<![A-Za-z0-9])|(?<=%[0-9A-Fa-f]{2})|(?<=\\\\[nrtbf])|(?<=\\\\u[0-9A-Fa-f]{4}))";

/** Finds the tokens of all services: what stands before a prefix is checked once for all. */
export const SERVICE_TOKEN = new RegExp(
  `${START}(?:${patternsOf((token) => token.bounded === true)})|${patternsOf((token) => !token.bounded)}`,
  "g",
);

function patternsOf(isChosen: (token: ServiceToken) => boolean): string {
  return SERVICE_TOKENS.filter(isChosen)
    .map(({ prefixes, rest }) => `(?:${prefixes.join("|").replaceAll(".", "\\.")})${rest}`)
    .join("|");
}
