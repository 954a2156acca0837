/*
 * AWS Signature Version 4, and 4A, whose signatures are good in a set of
 * regions.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
 * names the three steps, and so do the functions here: canonical request,
 * string to sign, signature.
 */
#ifndef SES_SIGV4_H
#define SES_SIGV4_H

#include "clock.h"
#include "crypto.h"
#include "sbuf.h"

#pragma GCC visibility push(hidden)

struct ses_str {
    const char *p;
    size_t n;
};

struct ses_header {
    struct ses_str name, value;
};

enum {
    SES_SECRET_MAX = 256, /* bytes, and as many for an access key ID */
    SES_SIGNATURE_LEN = 2 * SES_SHA256_LEN,
    SES_SIGV4A_SIGNATURE_MAX = 2 * SES_ECDSA_MAX
};

enum ses_algorithm { SES_SIGV4, SES_SIGV4A };

#define SES_SIGV4_NAME  "AWS4-HMAC-SHA256"
#define SES_SIGV4A_NAME "AWS4-ECDSA-P256-SHA256"

struct ses_sigv4_request {
    struct ses_str method;
    struct ses_str path;        /* as it will be sent */
    struct ses_str query;       /* as it will be sent, without the '?' */
    struct ses_header *headers; /* those to sign; sorted in place */
    size_t nheaders;
    struct ses_str payload_hash; /* 64 hex digits or what stands for them */
    int keep_path; /* 1: dot segments and empty segments stay (S3's rule) */
};

struct ses_sigv4_key {
    enum ses_algorithm algorithm;
    struct ses_str access_key_id, secret, service;
    struct ses_str region; /* of SigV4 */
    const char *date;      /* 8 digits */
};

/* In hex; SES_SIGNATURE_LEN digits where it is SigV4's. */
struct ses_signature {
    size_t len;
    char hex[SES_SIGV4A_SIGNATURE_MAX];
};

/* Everything that is worth keeping from one signature to the next: contexts,
 * scratch memory, derived keys.  One per thread at a time. */
struct ses_signer;

struct ses_signer *ses_signer_new(void);
/* Cleanses what it held.  Takes null. */
void ses_signer_free(struct ses_signer *s);

/* Lower-case hex of the SHA-256 of data; 0, or -1. */
int ses_signer_hash(struct ses_signer *s, const char *data, size_t len,
                    char out[SES_SIGNATURE_LEN]);

/* Sorts by name, without regard to case; headers of one name keep their
 * order. */
void ses_sigv4_sort_headers(struct ses_header *headers, size_t n);

/* Appends the canonical request.  The signed header names ("host;x-amz-date")
 * are the out->len bytes from *names on.  Returns 0, or -1 when memory or
 * out's cap is exhausted. */
int ses_sigv4_canonical(struct ses_signer *s, struct ses_sbuf *out,
                        const struct ses_sigv4_request *r, size_t *names,
                        size_t *names_len);

/* The algorithm's name on the wire. */
const char *ses_sigv4_name(const struct ses_sigv4_key *key);

/* Appends "date/region/service/aws4_request"; SigV4A's has no region. */
void ses_sigv4_scope(struct ses_sbuf *out, const struct ses_sigv4_key *key);

/* Appends the string to sign over a canonical request; time is the basic form.
 * Returns 0, or -1. */
int ses_sigv4_string(struct ses_signer *s, struct ses_sbuf *out,
                     const char *time, const struct ses_sigv4_key *key,
                     const char *canonical, size_t len);

/* The signature of a string to sign.  Returns 0, or -1 where OpenSSL refuses
 * or memory is missing. */
int ses_sigv4_sign(struct ses_signer *s, const struct ses_sigv4_key *key,
                   const char *string, size_t len, struct ses_signature *out);

/* The public key that the SigV4A signatures of an access key are verified
 * with; 0, or -1. */
int ses_sigv4a_public_key(struct ses_signer *s, const struct ses_sigv4_key *key,
                          unsigned char x[SES_P256_LEN],
                          unsigned char y[SES_P256_LEN]);

/* Whether a signature, which may be any bytes, is SigV4A's of a string to
 * sign: 1 or 0; or -1 where the public key is no point of the curve, OpenSSL
 * refuses or memory is missing. */
int ses_sigv4a_verify(struct ses_signer *s, const unsigned char x[SES_P256_LEN],
                      const unsigned char y[SES_P256_LEN],
                      struct ses_str string, const unsigned char *signature,
                      size_t len);

#pragma GCC visibility pop

#endif
