# What is masked by its name or its shape, and can be allowed by redaction.allow. The function has the same lists.

locals {
  # A name that ends with one of these, without case and separators, names a secret.
  secret_name_endings = [
    "password", "passwords", "passwd", "pwd", "passphrase", "passcode", "passwordhash", "passwordconfirm",
    "passwordconfirmation", "secret", "secrets", "secretstring", "secretvalue", "credential", "credentials", "creds",
    "token", "tokenvalue", "accesstokens", "apitokens", "authtokens", "idtokens", "refreshtokens", "sessiontokens", "jwt", "csrf",
    "xsrf", "assertion", "samlresponse", "apikey", "apikeys", "apikeyvalue", "sessionkey", "appkey", "authkey", "accesskey", "accountkey",
    "secretkey", "privatekey", "privatekeypem", "sharedkey", "signingkey", "masterkey", "encryptionkey",
    "subscriptionkey", "functionskey", "authorization", "authorizationheader", "authorizationcode", "authcode",
    "codeverifier", "oauthverifier", "cookie", "cookies", "session", "sessions", "sessionid", "sessionids", "sessid", "otp", "otpcode", "mfacode",
    "recoverycode", "backupcode", "securitycode", "cvv", "cvc",
  ]

  # These are secrets if they are the whole name.
  secret_names = ["pass", "userpass", "bearer", "sid", "connectsid", "pin"]

  # As query parameters only.
  secret_parameters        = ["sig", "hmac", "auth", "code"]
  secret_parameter_endings = ["signature", "accesskeyid", "googleaccessid"]

  secret_shapes = ["private-key", "url-credentials", "json-web-token", "authorization-scheme", "service-token", "card-number"]

  secret_wholes  = concat(local.secret_names, local.secret_parameters, [for shape in local.secret_shapes : replace(shape, "-", "")])
  secret_endings = concat(local.secret_name_endings, local.secret_parameter_endings)
  secret_pattern = "^(${join("|", local.secret_wholes)})$|(${join("|", local.secret_endings)})[0-9]*$"
}
