/** What is a secret by its name or its shape in any text, and what only looks like one. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import * as fc from "fast-check";
import type { AccessLog } from "../../lambda/transformer/access-log";
import { MASK } from "../../lambda/secrets/placeholders";
import { createRedaction } from "../../lambda/transformer/redact";
import { isSecretValue } from "../../lambda/secrets/names";
import { assignments } from "../../lambda/secrets/assignments";
import { elements, entries } from "../../lambda/secrets/entries";
import { mayBeSecret, mayHoldSecret } from "../../lambda/secrets/search";
import { SERVICE_TOKENS } from "../../lambda/secrets/service-tokens";
import { secretsBut } from "../../lambda/secrets/shapes";
import { sampleLog } from "../../local/input";

const { value } = createRedaction();
const masked = (text: string) => value("note", text) as string;

const JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqYW5lIn0.c2lnbmF0dXJl";
const KEY = "Zx81nPsecretvalue77";

/** A token for each prefix: the rest is made of its pattern. */
function exampleTokens(): [string, string][] {
  const rests: Record<string, string> = {
    SendGrid: `${"a1".repeat(11)}.${"b2".repeat(21)}c`,
    Brevo: `${"a1".repeat(32)}-${"a1".repeat(8)}`,
    Dynatrace: `${"a1".repeat(12)}.${"a1".repeat(32)}`,
    Postman: `${"a1".repeat(12)}-${"a1".repeat(17)}`,
    "AWS, access key ids": "IOSFODNN7EXAMPLE",
    "Square, access tokens": "a1".repeat(30),
    Twilio: "a1".repeat(16),
    Databricks: "a1".repeat(16),
    "Azure, client secrets": `abc1Q~${"a1".repeat(16)}`,
    "HashiCorp Terraform": `${"a1".repeat(7)}.atlasv1.${"a1".repeat(32)}`,
  };
  return SERVICE_TOKENS.flatMap(({ service, prefixes, rest }) => {
    const length = Math.max(...[...rest.matchAll(/\{(\d+)/g)].map(([, count]) => Number(count)), 10);
    const own = rests[service] ?? "a1".repeat(length / 2 + 1);
    return (prefixes.length > 0 ? prefixes : [""]).map((prefix): [string, string] => [service, prefix + own]);
  });
}

describe("names", () => {
  it.each(
    `apiKey api_key identity.apiKey x-api-key X-RapidAPI-Key apikeys authorization Proxy-Authorization authorizationToken
    cookie Set-Cookie cookies password Passwd pwd userPassword user[password] password2 new_password_confirmation passphrase
    secret client_secret clientSecret secretAccessKey secret_key SecretString credentials credential token access_token idToken
    refresh-token authToken csrf X-CSRF-Token XSRF-TOKEN x-amz-security-token sessionToken device_token accessTokens jwt session
    sessionId JSESSIONID PHPSESSID connect.sid ASP.NET_SessionId privateKey private key signingKey x-functions-key
    Ocp-Apim-Subscription-Key client_assertion SAMLResponse code_verifier otp cvv CVC2 pin pass bearer authCode`.split(
      /\s+/,
    ),
  )("%s names a secret", (name) => {
    expect(name === "private" || name === "key" || isSecretValue(name, "Zx81nP")).toBe(true);
  });

  it.each(
    `tokenId tokenType token_type tokenExpiresIn tokenCount passwordAttempts nextToken pageToken next_page_token
    NextContinuationToken continuationToken clientRequestToken sessionCount sessionDuration secretary secretName secretArn
    passwordChangedAt passwordless passport passenger bypass compass cookiePolicy cookieConsent apiKeyId apiKeyName keyId
    publicKey key author authType authorizationType authorizerPrincipalId authorizer principalId cognitoIdentityId userArn
    accessKeyId credentialsId signature user caller ip stage requestId extendedRequestId spin shipping monkey csrfEnabled
    Sec-WebSocket-Key Idempotency-Key X-Amzn-Trace-Id`.split(/\s+/),
  )("%s does not", (name) => {
    expect(isSecretValue(name, "Zx81nP")).toBe(false);
  });

  it.each(
    `tokens max_tokens prompt_tokens sessions cookies credentials apiKeys dbPass db_password loginPass pw totp clientToken
    id_token ASPSESSIONIDABCDEFGH .ASPXAUTH device_code licenseKey DD-APPLICATION-KEY csrfmiddlewaretoken`.split(/\s+/),
  )("%s names a secret as well", (name) => {
    expect(isSecretValue(name, "Zx81nP")).toBe(true);
  });

  it.each([
    ["sessions", 4],
    ["tokens", 120],
    ["max_tokens", "256"],
    ["apiKeys", 0],
    ["tokens", { prompt: 12, completion: 30 }],
    ["hasPassword", true],
    ["hasPassword", "false"],
    ["token", null],
    ["code", "US"],
    ["code", "ERR_4001_INVALID"],
    ["code", 4001],
    ["auth", "iam"],
    ["signature", "Kind regards, Jane"],
    ["state", "af0ifjsldkj8s7d6f5"],
    ["nonce", "n-0S6_WzA2Mj8s7d6f5"],
  ])("%s: %j is none", (name, value) => {
    expect(isSecretValue(name, value)).toBe(false);
  });

  it.each([
    ["pin", 1234],
    ["password", 12345678],
    ["otp", 482913],
    ["session", 4711],
    ["tokens", ["Zx81nP"]],
    ["sessions", { id: "Zx81nP" }],
    ["code", "4/0AX4XfWh8s7d6f5g4"],
    ["X-Hub-Signature-256", "sha256=757107ea0eb2509f"],
    ["X-Auth", KEY],
    ["signature", KEY],
  ])("%s: %j is one", (name, value) => {
    expect(isSecretValue(name, value)).toBe(true);
  });
});

describe("a text", () => {
  it.each([
    // Parameters.
    [`/cb?access_token=${KEY}&x=1`, `/cb?access_token=${MASK}&x=1`],
    [`/cb?x=1&API_KEY=${KEY}`, `/cb?x=1&API_KEY=${MASK}`],
    [`/cb?access%5Ftoken=${KEY}#top`, `/cb?access%5Ftoken=${MASK}#top`],
    [`/cb?%61pi%2Dkey=${KEY}`, `/cb?%61pi%2Dkey=${MASK}`],
    [`/cb?access%255Ftoken=${KEY}`, `/cb?access%255Ftoken=${MASK}`],
    [`/cb?user[password]=a/b+c==&x=1`, `/cb?user[password]=${MASK}&x=1`],
    [`/cb?token=a%26b%3Dc&x=1`, `/cb?token=${MASK}&x=1`],
    [
      `/cb?next=https%3A%2F%2Fx%2F%3Ftoken%3D${KEY}%26y%3D2&z=3`,
      `/cb?next=https%3A%2F%2Fx%2F%3Ftoken%3D${MASK}%26y%3D2&z=3`,
    ],
    [`/cb?n=x%253Ftoken%253D${KEY}%2526y%253D2`, `/cb?n=x%253Ftoken%253D${MASK}%2526y%253D2`],
    [`/cb#access_token=${KEY}&token_type=bearer`, `/cb#access_token=${MASK}&token_type=bearer`],
    [`/a;jsessionid=${KEY}/b?x=1`, `/a;jsessionid=${MASK}/b?x=1`],
    [`/a;x=1;token=${KEY};y=2`, `/a;x=1;token=${MASK};y=2`],
    [
      `?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${KEY}&X-Amz-Date=1&X-Amz-Signature=${KEY}&X-Amz-Security-Token=${KEY}`,
      `?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${MASK}&X-Amz-Date=1&X-Amz-Signature=${MASK}&X-Amz-Security-Token=${MASK}`,
    ],
    [
      `?X-Goog-Credential=${KEY}&X-Goog-Signature=${KEY}&GoogleAccessId=${KEY}`,
      `?X-Goog-Credential=${MASK}&X-Goog-Signature=${MASK}&GoogleAccessId=${MASK}`,
    ],
    [`?AWSAccessKeyId=${KEY}&Expires=1&Signature=${KEY}`, `?AWSAccessKeyId=${MASK}&Expires=1&Signature=${MASK}`],
    [`?sv=2024&sig=${KEY}%3D`, `?sv=2024&sig=${MASK}`],
    [`/callback?code=4f1c0a9be2d84c17a3b5&state=x`, `/callback?code=${MASK}&state=x`],
    [`password = "two words" and more`, `password = "${MASK}" and more`],
    [`Server=x;Password=a/b==;Database=y`, `Server=x;Password=${MASK};Database=y`],
    [`theme=dark; sessionid=${KEY}; lang=en`, `theme=dark; sessionid=${MASK}; lang=en`],
    // JSON.
    [`{"user":"jane","password":"a\\"b c","n":1}`, `{"user":"jane","password":"${MASK}","n":1}`],
    [`{"pass\\u0077ord": "${KEY}"}`, `{"pass\\u0077ord": "${MASK}"}`],
    [`{"pin":1234,"a":{"apiKey":"x"}}`, `{"pin":${MASK},"a":{"apiKey":"${MASK}"}}`],
    [`{"hasPassword":true,"token":null}`, `{"hasPassword":true,"token":null}`],
    [`{"credentials":{"user":"a","key":"b"},"n":1}`, `{"credentials":${MASK},"n":1}`],
    [`{"credentials":{"user":"a","k`, `{"credentials":${MASK}`],
    [`{\\"token\\":\\"${KEY}\\",\\"n\\":1}`, `{\\"token\\":\\"${MASK}\\",\\"n\\":1}`],
    [
      `?filter=%7B%22password%22%3A%22${KEY}%22%2C%22n%22%3A1%7D`,
      `?filter=%7B%22password%22%3A%22${MASK}%22%2C%22n%22%3A1%7D`,
    ],
    [`{'api_key': '${KEY}'}`, `{'api_key': '${MASK}'}`],
    // Headers.
    [`X-Api-Key: ${KEY}`, `X-Api-Key: ${MASK}`],
    [`-H "authorization: ${KEY}" -v`, `-H "authorization: ${MASK}" -v`],
    [`Cookie: a=b; c=d`, `Cookie: ${MASK}`],
    [`password: hunter`, `password: ${MASK}`],
    [`x-api-key:${KEY}`, `x-api-key:${MASK}`],
    [`curl/8 (x-api-key:${KEY})`, `curl/8 (x-api-key:${MASK})`],
    [`Authorization:${KEY} more`, `Authorization:${MASK}`],
    [`authorization:bearer ${KEY}`, `authorization:bearer ${MASK}`],
    [`a\ncookie:a=b; c=d\nb`, `a\ncookie:${MASK}\nb`],
    [`{token:${KEY},n:1}`, `{token:${MASK},n:1}`],
    [`/x/x-api-key:${KEY}/y`, `/x/x-api-key:${MASK}`],
    [`x-api-key%3A${KEY}`, `x-api-key%3A${MASK}`],
    [`X-Hub-Signature-256: sha256=${KEY}`, `X-Hub-Signature-256: ${MASK}`],
    [`login(password:"a b") { id }`, `login(password:"${MASK}") { id }`],
    ["token=`a`", `token=\`${MASK}\``],
    [`[password] => ${KEY}`, `[password] => ${MASK}`],
    [`{"authorization":["a"],"n":1}`, `{"authorization":${MASK},"n":1}`],
    [`{"code":"${KEY}","n":1}`, `{"code":"${MASK}","n":1}`],
    [`grant_type=password&username=a&password=b&x=1`, `grant_type=password&username=a&password=${MASK}&x=1`],
    // Entries.
    [
      `[{"name":"Authorization","value":"a"},{"name":"b","value":"c"}]`,
      `[{"name":"Authorization","value":"${MASK}"},{"name":"b","value":"c"}]`,
    ],
    [`{"value":"a","name":"x-api-key"}`, `{"value":"${MASK}","name":"x-api-key"}`],
    [`<input type="hidden" name="csrf_token" value="a">`, `<input type="hidden" name="csrf_token" value="${MASK}">`],
    [`<add key="Password" value="a" />`, `<add key="Password" value="${MASK}" />`],
    [`[["Host","a"],["Cookie","b=c"]]`, `[["Host","a"],["Cookie","${MASK}"]]`],
    [`["Host","a","X-Api-Key","B1"]`, `["Host","a","X-Api-Key","${MASK}"]`],
    [
      `--b\r\nContent-Disposition: form-data; name="password"\r\n\r\na b\r\n--b--`,
      `--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n${MASK}\r\n--b--`,
    ],
    [
      `form-data; name=token\nContent-Type: text/plain\n\na\n--b`,
      `form-data; name=token\nContent-Type: text/plain\n\n${MASK}\n--b`,
    ],
    // Elements.
    [`<a><password>b</password></a>`, `<a><password>${MASK}</password></a>`],
    [`<wsse:Password Type="x">b</wsse:Password>`, `<wsse:Password Type="x">${MASK}</wsse:Password>`],
    [`<password><![CDATA[a>b]]></password>`, `<password>${MASK}</password>`],
    [`<credentials><user>a</user></credentials><b>c</b>`, `<credentials>${MASK}</credentials><b>c</b>`],
    [`<login><password>cut o`, `<login><password>${MASK}`],
    [
      `<member><name>password</name><value><string>a</string></value></member>`,
      `<member><name>password</name><value><string>${MASK}</string></value></member>`,
    ],
    [`&lt;password&gt;b&lt;/password&gt;`, `&lt;password&gt;${MASK}&lt;/password&gt;`],
    [`&#60;a:password&#62;b&#60;/a:password&#62;`, `&#60;a:password&#62;${MASK}&#60;/a:password&#62;`],
    [`%3Cpassword%3Eb%3C%2Fpassword%3E`, `%3Cpassword%3E${MASK}%3C%2Fpassword%3E`],
    [`?x=%253Cpassword%2520a=1%253Eb%253C/password%253E`, `?x=%253Cpassword%2520a=1%253E${MASK}%253C/password%253E`],
    [`\\u003cpassword\\u003eb\\u003c/password\\u003e`, `\\u003cpassword\\u003e${MASK}\\u003c/password\\u003e`],
    [
      `%3Ccredentials%3E%3Cuser%3Ea%3C%2Fuser%3E%3C%2Fcredentials%3E%3Cb%3Ec`,
      `%3Ccredentials%3E${MASK}%3C%2Fcredentials%3E%3Cb%3Ec`,
    ],
    [
      `&lt;key&gt;token&lt;/key&gt;&lt;value&gt;a&lt;/value&gt;`,
      `&lt;key&gt;token&lt;/key&gt;&lt;value&gt;${MASK}&lt;/value&gt;`,
    ],
    // Quotes of other kinds.
    [
      `{&quot;password&quot;:&quot;a b&quot;,&quot;n&quot;:1}`,
      `{&quot;password&quot;:&quot;${MASK}&quot;,&quot;n&quot;:1}`,
    ],
    [`{“password”: “a b”}`, `{“password”: “${MASK}”}`],
    [`password=„a b“ c`, `password=„${MASK}“ c`],
    [`‘token’ : ‘a b’, «secret»: «c»`, `‘token’ : ‘${MASK}’, «secret»: «${MASK}»`],
    // Options of curl.
    [`curl -u jane:hunter2 https://localhost`, `curl -u ${MASK} https://localhost`],
    [`curl -sSu "jane:a b" x`, `curl -sSu "${MASK} b" x`],
    [`CURL --user=jane:hunter2`, `CURL --user=${MASK}`],
    [`?c=curl%20--proxy-user%20%27jane%3Ahunter2%27&x=1`, `?c=curl%20--proxy-user%20%27${MASK}%27&x=1`],
    // Schemes.
    [`Bearer ${KEY}`, `Bearer ${MASK}`],
    [`bEARER ${KEY}`, `bEARER ${MASK}`],
    [`bearer%20abc%2Fd&x=1`, `bearer%20${MASK}&x=1`],
    [`BEARER+a.b~c`, `BEARER+${MASK}`],
    [`Bearer\t12|abc`, `Bearer\t${MASK}`],
    [`?auth=Bearer%2520${KEY}`, `?auth=Bearer%2520${MASK}`],
    [`Bearer Bearer abc`, `Bearer ${MASK}`],
    [`Bearer x.Bearer abc`, `Bearer ${MASK}Bearer ${MASK}`],
    [`Basic ${KEY}`, `Basic ${MASK}`],
    [`/x?token%20=${KEY}`, `/x?token%20=${MASK}`],
    [`Basic .Bearer abc`, `Basic .Bearer ${MASK}`],
    [`Basic .Basic amFuZTpz`, `Basic .Basic ${MASK}`],
    [`basic amFuZTpzZWNyZXQ=`, `basic ${MASK}`],
    [`Authorization: Basic amFuZTpzZWNyZXQ=`, `Authorization: Basic ${MASK}`],
    [`Digest username="jane", realm="x", response="6629fae49393"`, `Digest ${MASK}`],
    [`AWS4-HMAC-SHA256 Credential=AKIA/x, SignedHeaders=host, Signature=abc`, `AWS4-HMAC-SHA256 ${MASK}`],
    // By the stem of the family: its names of algorithms have no mark of their own.
    [`SCRAM-SHA-256 ${KEY}`, `SCRAM-SHA-256 ${MASK}`],
    [`AWS4-ECDSA-P256-SHA256 ${KEY}`, `AWS4-ECDSA-P256-SHA256 ${MASK}`],
    [`GOOG4-RSA-SHA256 ${KEY}`, `GOOG4-RSA-SHA256 ${MASK}`],
    [`Token token="abc"`, `Token ${MASK}`],
    [`Token ${KEY}`, `Token ${MASK}`],
    [`ApiKey ${KEY}`, `ApiKey ${MASK}`],
    [`Negotiate YIIJvwYGKwYBBQUCoIIJszCC`, `Negotiate ${MASK}`],
    [`DPoP abc`, `DPoP ${MASK}`],
    // JSON Web Tokens.
    [`id ${JWT} ok`, `id ${MASK} ok`],
    [`/cb/${JWT.replaceAll(".", "%2E")}`, `/cb/${MASK}`],
    [`/cb/${JWT.replaceAll(".", "%252e")}/x`, `/cb/${MASK}/x`],
    ["a-eyJh.eyJz.c b", `a-${MASK} b`],
    // Credentials in URLs.
    [`/proxy/https://jane:${KEY}@localhost/x`, `/proxy/https://${MASK}@localhost/x`],
    [`/proxy/https%3A%2F%2Fjane%3A${KEY}%40localhost%2Fx`, `/proxy/https%3A%2F%2F${MASK}%40localhost%2Fx`],
    [`https://${KEY}@host and https://host/@x`, `https://${MASK}@host and https://host/@x`],
    [`redis://:p@ss@host:6379`, `redis://${MASK}@host:6379`],
    // Private keys.
    ["a -----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- b", `a ${MASK} b`],
    ["-----BEGIN PRIVATE KEY-----\\nMIIE\\n-----END PRIVATE KEY-----", MASK],
    ["x=-----BEGIN%20EC%20PRIVATE%20KEY-----%0AMIIE%0A-----END%20EC%20PRIVATE%20KEY-----&y", `x=${MASK}&y`],
    ["-----BEGIN+OPENSSH+PRIVATE+KEY-----%0Ab3Bl", MASK],
    ["-----BEGIN PGP PRIVATE KEY BLOCK-----\nlQOY", MASK],
    // Card numbers.
    ["/pay/4111111111111111", `/pay/${MASK}`],
    ["card 4111 1111 1111 1111, ok", `card ${MASK}, ok`],
    ["4111-1111-1111-1111", MASK],
    ["?card=4111%201111%201111%201111&x=1", `?card=${MASK}&x=1`],
    ["?card=4111+1111+1111+1111", `?card=${MASK}`],
    ["3782 822463 10005", MASK],
    ["378282246310005", MASK],
    ["5555555555554444", MASK],
    ["2223003122003222", MASK],
    ["6011111111111117", MASK],
    ["3530111333300000", MASK],
    ["30569309025904", MASK],
    ["4222222222222", MASK],
    ["6200000000000000000", MASK],
    ["2026-11-17 4111111111111111 17", `2026-11-17 ${MASK} 17`],
    ["%2F4111111111111111%2F", `%2F${MASK}%2F`],
  ])("%j becomes %j", (text, expected) => {
    expect(masked(text)).toBe(expected);
    expect(masked(expected)).toBe(expected);
    expect(mayBeSecret(text)).toBe(true);
    expect(mayHoldSecret(JSON.stringify({ note: text }))).toBe(true);
  });

  it.each(exampleTokens())("loses a token of %s, %s, wherever it stands", (_, token) => {
    for (const [before, after] of [
      ["/hook/", "?x"],
      ["a ", " b"],
      ["?q=x%2F", "&y=1"],
      ["", ""],
      ["«", "»"],
    ] as const) {
      const text = before + token + after;
      expect(masked(text)).toBe(before + MASK + after);
      expect(mayHoldSecret(JSON.stringify({ note: text }))).toBe(true);
    }
  });

  it.each([
    "Basic monthly",
    "docker run -u 1000:1000 --user app:app",
    "curl -u jane and curl --user-agent a:b",
    "Don’t: a “token” is a word",
    "/a?x=%3Cb%3Ec%3C%2Fb%3E&y=%3Ctoken%3E",
    "at &lt;token&gt; &lt;b&gt;",
    "bearer:= basic:==",
    "a-sk-button-primary-large",
    "/openldap/SKU12345678",
    "arn:aws:secretsmanager:us-east-1:111111111111:secret:moesif-AbCdEf1",
    "urn:ietf:params:oauth:token-type:access_token",
    "/users/<token>/x",
    "/v1/sessions:batchGet",
    "mutation($password: String!)",
    '["username","password","email"]',
    '{"sessions":4,"max_tokens":"256","usage":{"tokens":{"prompt":12}}}',
    "sessions: 4",
    "http://x/session:list",
    "Error code: 4001",
    '{"code":"ERR_4001_INVALID","auth":"iam"}',
    "/x?state=af0ifjsldkj8s7d6f5&nonce=af0ifjsldkj8s7d6f5",
    "Digest Reader/1.0",
    "OAuth Client/v2.0",
    "/x?token=true",
    "basic-auth",
    "a bearer",
    "standard-bearer.com",
    "eyJpeg",
    "overbearer abc",
    "Token expired",
    "The incoming token has expired",
    "Missing Authentication Token",
    "Invalid token: expected a number",
    "Digest of the week",
    "aws sdk 2",
    "/v1/token:revoke",
    "/v1/secrets/list",
    "/docs/password-reset",
    "/docs?tokenType=x&sessionCount=3&page=2&nextToken=abc&code=US&country_code=DE&key=name",
    "/x?signatureVersion=2&X-Amz-Date=20261117T100503Z&X-Amz-Expires=300",
    '{"tokenType":"Bearer","expires_in":3600,"apiKeyId":"x1"}',
    "10:05:03 +0000",
    "mailto:jane",
    "http://host/@scope/x",
    "sk-button sk_button task_live",
    "AKIA",
    "-----BEGIN PUBLIC KEY-----\nMIIE\n-----END PUBLIC KEY-----",
    // No cards: check digit, issuer, length, words, fractions, UUIDs, times, barcodes, telephone numbers.
    "4111111111111112",
    "1234567812345670",
    "41111111111111111111",
    "a4111111111111111",
    "4111111111111111f",
    "0.4111111111111111",
    "41111111-1111-1111-1111-111111111111",
    "1795000000000",
    "20261117100503",
    "4006381333931",
    "+4915112345678",
    "arn:aws:iam::111111111111:user/jane",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_9_1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/32.0.1700.77 Safari/537.36",
  ])("%j stays", (text) => {
    expect(masked(text)).toBe(text);
  });

  it.each([
    "Basic ",
    "Basic+",
    "Basic+.",
    "Bearer ",
    "eyJ",
    "eyJ.",
    "eyJ ",
    " ",
    "a=",
    "token=",
    "token:",
    '"token":{',
    "%25",
    "%253D",
    "://",
    "a@",
    "-----BEGIN PRIVATE KEY-----",
    "1 ",
    "1",
    "4111 ",
    "Digest a=",
    "\\",
    '\\"',
    "[",
    "xox",
    "a1",
    "a.",
    "=",
    ":",
    "; ",
    "x-api-key",
    "x-api-key:",
    "(token:a",
    "authorization: ",
    "code=",
    "code=auth:",
    '"code":[',
    "<token>",
    "<code>",
    "&lt;token&gt;",
    "%3Ctoken%3E",
    "%3Ctoken+",
    "\\u003ctoken\\u003e",
    "&lt;code&gt;a&lt;/",
    "token=“",
    "“",
    "token:‘a",
    "curl -u ",
    "-u a:",
    "--user=",
    'value="',
    'name="token" ',
    '["token",',
    "form-data; name=",
    "sk-",
  ])("of 300,000 characters of nothing but %j is soon read", (unit) => {
    const start = process.cpuUsage();
    masked(`Basic ${unit.repeat(300_000 / unit.length)}!`);
    masked(`token=${unit.repeat(300_000 / unit.length)}!`);
    // Were a pattern quadratic, this would take hours.
    expect(process.cpuUsage(start).user / 1e6).toBeLessThan(20);
  });

  it("is searched whenever a rule would change it", () => {
    const secrets = secretsBut();
    const rules = [
      ...secrets.shapes.map(({ mask }) => mask),
      entries(secrets),
      elements(secrets),
      assignments(secrets),
    ];
    const piece = fc.constantFrom(
      ..."token password code sig x-api-key session2 pin sid bearer Basic hmac-sha256 AWS4-HMAC-SHA256 jwt eyJ sk-".split(
        " ",
      ),
      ...": = _ - . + < > [ ] { } , ; & / \" ' % %3D 1 a Zx81nPsecretvalue77 Zx81nP name value 4111111111111111".split(
        " ",
      ),
      " ",
      "\t",
      "\n",
      "</",
      ..."“ ” ‘ « &lt; &gt; &quot; %3C %3E \\u003c curl -u --user -sSu a:b".split(" "),
    );
    const text = fc.array(piece, { minLength: 2, maxLength: 6 }).map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(text, (one) => one.length < 5 || mayBeSecret(one) || rules.every((rule) => rule(one) === one)),
      { numRuns: 20_000 },
    );
  });

  it("has no secret left, wherever one is put", () => {
    const piece = fc.oneof(
      fc.string({ unit: "binary", maxLength: 6 }),
      fc.constantFrom(
        "?",
        "&",
        "=",
        "/",
        " ",
        "a=b",
        "%3D",
        "%26",
        "[redacted]",
        '"',
        "\\",
        "{",
        "Basic ",
        "token",
        ":",
        ";",
        "é",
      ),
    );
    const text = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(""));
    const secret = fc.constantFrom(
      `Bearer ${KEY}`,
      JWT,
      "ghp_0123456789abcdefghijklmnopqrstuvwxyzA",
      `&token=${KEY}&`,
      ` X-Api-Key: ${KEY} `,
      `?a=b&client_secret=${KEY}`,
    );
    fc.assert(
      fc.property(text, secret, text, (before, one, after) => {
        const left = masked(`${before} ${one} ${after}`);
        expect(left).not.toContain(KEY);
        expect(left).not.toContain("c2lnbmF0dXJl");
        expect(left).not.toContain("0123456789abcdefghijklmnopqrstuvwxyz");
        expect(masked(left)).toBe(left);
      }),
      { numRuns: 3000 },
    );
  });

  it("of 5,000 real calls only what is a secret is lost", () => {
    const calls = gunzipSync(readFileSync(sampleLog())).toString().trim().split("\n");
    const { record } = createRedaction({ path: { emails: "keep" } });
    const changed = calls.filter((call) => record(JSON.parse(call) as AccessLog));
    expect(calls).toHaveLength(5000);
    expect(changed).toEqual([]);
  });
});
