/** Patterns that are taken, of every kind. */

/** Patterns of masks. */
export const MASKS = [
  "\\d{13,16}",
  "acct_[a-z0-9]+",
  "[\\w.+-]+@[\\w.-]+",
  "[^@]+@.+",
  ".+",
  "(?:live|test)_[a-z]+",
  "(?:Bearer|Basic) \\w+",
  "(?:a|ab)c",
  "\\d{4}(?:-\\d{4}){1,3}",
  "^user-.+$",
  "\\b\\d{16}\\b",
  "https?://[^/]+",
  "[a-z-]+|[A-Z]+",
  "\\p{Lu}{2}\\u{1F600}\\x41\\u0042\\t\\/",
  "a{20}(?:b|c)+d",
];

/** Patterns that are sought, each with a text that it finds something in, and one in which it does not. */
export const SEARCHES: readonly (readonly [pattern: string, found: string, missed: string])[] = [
  [".*health.*", "/v1/health/live", "/v1/orders"],
  ["^.*health.*$", "/v1/health/live", "/v1/orders"],
  ["health|ping", "/ping", "/pong"],
  ["^/(health|healthz|ready)$", "/healthz", "/health/live"],
  ["^GET$", "GET", "get"],
  ["(?i)^get$", "GeT", "GETS"],
  ["(?is)a.b", "A\nB", "a"],
  ["^5\\d\\d$", "503", "1503"],
  ["^(2|3)[0-9]{2}$", "204", "404"],
  ["/users/.+?/orders", "/users/42/orders", "/users/orders"],
  ["(?<version>v[12])/(?P<name>\\w+)", "/v2/orders", "/v3/orders"],
  ["^\\A/orders\\Z$", "/orders", "/orders/1"],
  ["/orders/{id}", "/orders/{id}", "/orders/42"],
  ["^[^/]*}]$", "a}]", "}] "],
  ["api\\-key\\_1\\ ", "api-key_1 ", "api_key_1 "],
  ["^(a|)b$", "b", "cb"],
  ["(a+)+$", "xaaa", "aab"],
  ["^\\p{Lu}\\u{e9}\\x41$", "É\u00e9A", "eéA"],
  ["^10\\.0\\.", "10.0.3.1", "110.0.3.1"],
  ["\\bping\\b", "/a-ping/b", "/pings"],
  ["\\Bing", "ping", "a ing"],
];
