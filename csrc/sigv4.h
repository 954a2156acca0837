/*
 * AWS Signature Version 4.
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

enum { SES_SIGNATURE_LEN = 2 * SES_SHA256_LEN };

#define SES_SIGV4_ALGORITHM "AWS4-HMAC-SHA256"

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
    struct ses_str secret, region, service;
    const char *date; /* 8 digits */
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

/* Appends "date/region/service/aws4_request". */
void ses_sigv4_scope(struct ses_sbuf *out, const struct ses_sigv4_key *key);

/* Appends the string to sign over a canonical request; time is the basic form.
 * Returns 0, or -1. */
int ses_sigv4_string(struct ses_signer *s, struct ses_sbuf *out,
                     const char *time, const struct ses_sigv4_key *key,
                     const char *canonical, size_t len);

/* The signature of a string to sign.  Returns 0, or -1 where OpenSSL refuses
 * or memory is missing. */
int ses_sigv4_sign(struct ses_signer *s, const struct ses_sigv4_key *key,
                   const char *string, size_t len, char out[SES_SIGNATURE_LEN]);

#pragma GCC visibility pop

#endif
