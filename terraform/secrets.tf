# Names and shapes of secrets that are redacted, unless redaction.allow has them. The function has the same lists.

locals {
  # A name that ends with one of these names a secret. Case and separators are ignored.
  secret_name_endings = [
    "password", "passwd", "pwd", "passphrase", "passcode", "passwordhash", "passwordsalt", "passwordconfirm",
    "passwordconfirmation", "dbpass", "databasepass", "loginpass", "adminpass", "rootpass", "mailpass", "smtppass",
    "ftppass", "ldappass", "mysqlpass", "redispass", "sshpass", "proxypass", "keypass", "seedphrase", "mnemonic",
    "secret", "secretstring", "secretvalue", "credential", "connectionstring", "token", "tokenvalue", "jwt", "csrf",
    "xsrf", "assertion", "samlresponse", "samlart", "apikey", "apikeyvalue", "sessionkey", "appkey", "applicationkey",
    "authkey", "accesskey", "accountkey", "secretkey", "privatekey", "privatekeypem", "sharedkey", "signingkey",
    "masterkey", "encryptionkey", "subscriptionkey", "functionskey", "licensekey", "hmackey", "saskey",
    "authorization", "authorizationheader", "authorizationcode", "authcode", "codeverifier", "oauthverifier",
    "devicecode", "cookie", "session", "sessionid", "sessid", "aspxauth", "otp", "otpcode", "totpcode", "mfacode",
    "twofactorcode", "onetimecode", "smscode", "verificationcode", "recoverycode", "backupcode", "securitycode",
    "cvv", "cvc",
  ]

  # So do these, but a number under one of them is a count.
  secret_plural_endings = [
    "passwords", "secrets", "credentials", "creds", "tokens", "apikeys", "cookies", "sessions", "sessionids",
  ]

  # These are secrets if they are the whole name.
  secret_names = [
    "pass", "pw", "dbpw", "userpass", "userpw", "bearer", "sid", "connectsid", "pin", "newpin", "oldpin",
    "currentpin", "userpin", "cardpin",
  ]

  # Secrets as query parameters, and elsewhere if the value looks random.
  secret_signature_endings = [
    "signature", "sig", "hmac", "hmacsha", "accesskeyid", "googleaccessid",
  ]

  # Secrets if the value looks random.
  secret_random_names = [
    "code", "auth", "authentication", "xauth", "proxyauth", "basicauth",
  ]

  secret_shapes = [
    "private-key", "url-credentials", "json-web-token", "authorization-scheme", "service-token", "card-number",
  ]

  secret_wholes  = concat(local.secret_names, local.secret_random_names, ["aspsessionid[a-z]*"], [for shape in local.secret_shapes : replace(shape, "-", "")])
  secret_endings = concat(local.secret_name_endings, local.secret_plural_endings, local.secret_signature_endings)
  secret_pattern = "^(${join("|", local.secret_wholes)})[0-9]*$|(${join("|", local.secret_endings)})[0-9]*$"
}
