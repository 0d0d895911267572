/** Which values of a rollout file are secrets: no false alarm refuses a file. */
import { secretIn, withoutSecrets } from "../../modules/rollout/secrets-in-file";

const TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJhcHAiOiIxOTg6NCJ9.c2lnbmF0dXJl";

test.each([
  ["secretName", TOKEN],
  ["secretName", "eyJhbGciOiJIUzI1NiJ9"],
  ["secretName", "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA="],
  ["secretName", "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0"],
  ["note", `the id is ${TOKEN}.`],
  ["note", "AKIAIOSFODNN7EXAMPLE"],
  ["note", "ghp_16C7e42F292c6912E7710c838347Ae178B4a"],
  ["note", "sk-proj-4f9aKq2LxT7vBnM3cR8wYz1D"],
  ["note", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"],
  ["note", "-----BEGIN PRIVATE KEY-----\nMIIEvgIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----"],
  ["note", "postgres://moesif:s3cr3tpass@db.example.com/calls"],
  ["note", "Authorization: Bearer 7c0a2b9d4e5f60718293a4b5"],
  ["apiKey", "6f1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"],
  ["x-api-key", "a8f5f167f44f4964e6c998dee827110c"],
])("%s: %s is a secret, and not shown", (key, value) => {
  expect(secretIn(value, ["metadata", key])).toBeDefined();
  if (!isKnownByKey(key, value)) {
    expect(withoutSecrets(`before ${value} after`)).toMatch(/^before \D*\*\*\*\D* after$/);
  }
});

const isKnownByKey = (key: string, value: string) =>
  /api/i.test(key) || (key === "secretName" && !value.startsWith("eyJ"));

test.each([
  ["secretArn", "arn:aws:secretsmanager:us-east-1:111111111111:secret:moesif/application-id-AbCdEf"],
  ["kmsKey", "arn:aws:kms:us-east-1:111111111111:key/6f1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"],
  ["kmsKey", "alias/moesif"],
  ["secretName", "moesif/application-id"],
  ["secretName", "prod/Team7/ApiKeyOfMoesif2026/rotated-2026-11"],
  ["id", "a1b2c3d4e5"],
  ["trace", "6f1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"],
  ["commit", "da39a3ee5e6b4b0d3255bfef95601890afd80709"],
  ["digest", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  ["subnetIds", "subnet-0bb1c79de3EXAMPLE"],
  ["bucket", "sk-bratislava-payments-production-logs"],
  ["team", "sk-team-2-bratislava-payments"],
  ["repository", "https://git@git.example.com/team/moesif.git"],
  ["source", "https://example.com:8443/a@b"],
  ["note", "Bearer tokens are removed before they leave"],
  ["note", "basic plan of customers since 2024"],
  ["path", "/Team/Platform/ApiGateway/Production2026/"],
  ["secret", "moesif/application-id"],
  ["token", "header x-tenant-2"],
  ["password", "kept in Secrets Manager"],
  ["phone", "4111111111111111"],
  ["baseUrl", "https://api.moesif.net"],
])("%s: %s is none", (key, value) => {
  expect(secretIn(value, ["metadata", key])).toBeUndefined();
  expect(withoutSecrets(value)).toBe(value);
});
