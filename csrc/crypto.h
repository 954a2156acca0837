/* SHA-1, SHA-256, HMAC, random bytes: the only file that knows OpenSSL. */
#ifndef SES_CRYPTO_H
#define SES_CRYPTO_H

#include <stddef.h>

#pragma GCC visibility push(hidden)

#define SES_SHA1_LEN   20
#define SES_SHA256_LEN 32

/* A context that is fetched once and reused; one per thread at a time. */
struct ses_digest;

/* Returns null where memory or the provider is missing. */
struct ses_digest *ses_digest_new(void);
void ses_digest_free(struct ses_digest *d);

/* The SHA-256 of data; 0, or -1 where OpenSSL refuses. */
int ses_digest_sha256(struct ses_digest *d, const void *data, size_t len,
                      unsigned char out[SES_SHA256_LEN]);

/* HMAC-SHA-256 with a key that is scheduled once. */
struct ses_mac;

/* Returns null where memory or the provider is missing; keeps no pointer to
 * the key. */
struct ses_mac *ses_mac_new(const void *key, size_t len);
void ses_mac_free(struct ses_mac *m);
int ses_mac_sign(struct ses_mac *m, const void *data, size_t len,
                 unsigned char out[SES_SHA256_LEN]);

/* The SHA-1 of data; 0, or -1. */
int ses_sha1(const void *data, size_t len, unsigned char out[SES_SHA1_LEN]);

/* Fills data with random bytes; 0, or -1. */
int ses_random(void *data, size_t len);

/* Whether two runs of len bytes are equal, in a time that does not tell where
 * they differ. */
int ses_equal(const void *a, const void *b, size_t len);

/* Overwrites memory, whatever the optimiser thinks of it. */
void ses_cleanse(void *data, size_t len);

#pragma GCC visibility pop

#endif
