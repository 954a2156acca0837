/* What is derived from a secret access key.  Each function returns 0, or -1
 * where OpenSSL refuses, memory is missing or a part is longer than
 * SES_SECRET_MAX; out is the caller's to cleanse either way. */
#ifndef SES_DERIVE_H
#define SES_DERIVE_H

#include "sigv4.h"

#pragma GCC visibility push(hidden)

enum { SES_SMTP_PASSWORD_LEN = 1 + SES_SHA256_LEN };

/* SigV4's signing key: HMAC over date, region, service and "aws4_request",
 * each with the result before it as its key. */
int ses_derive_sigv4(const struct ses_sigv4_key *key,
                     unsigned char out[SES_SHA256_LEN]);

/* SigV4A's private key, which depends on the access key ID and the secret
 * alone. */
int ses_derive_sigv4a(const struct ses_sigv4_key *key,
                      unsigned char out[SES_P256_LEN]);

/* The password of SES's SMTP interface in a region, which is sent in base64.
 * https://docs.aws.amazon.com/ses/latest/dg/smtp-credentials.html */
int ses_derive_smtp(struct ses_str secret, struct ses_str region,
                    unsigned char out[SES_SMTP_PASSWORD_LEN]);

#pragma GCC visibility pop

#endif
