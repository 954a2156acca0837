/* SHA-1 and 2, HMAC, ECDSA, random bytes: the only file that knows OpenSSL. */
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

enum {
    SES_P256_LEN = 32, /* bytes of a private key, and of a coordinate */
    SES_ECDSA_MAX = 72 /* bytes of a signature in DER */
};

/* A key of the curve P-256 that signs and verifies, or only verifies. */
struct ses_p256;

/* The key pair of a private key, which is big-endian and within the order of
 * the curve.  Returns null where memory or the provider is missing; keeps no
 * pointer to secret. */
struct ses_p256 *ses_p256_new(const unsigned char secret[SES_P256_LEN]);

/* A public key.  Returns null also where it is no point of the curve. */
struct ses_p256 *ses_p256_public_new(const unsigned char x[SES_P256_LEN],
                                     const unsigned char y[SES_P256_LEN]);

/* Cleanses what is secret.  Takes null. */
void ses_p256_free(struct ses_p256 *k);

/* The public key's coordinates; 0, or -1. */
int ses_p256_public(const struct ses_p256 *k, unsigned char x[SES_P256_LEN],
                    unsigned char y[SES_P256_LEN]);

/* The ECDSA signature of a hash, in DER: another one each time.  Leaves its
 * length in len; 0, or -1. */
int ses_p256_sign(struct ses_p256 *k, const unsigned char hash[SES_SHA256_LEN],
                  unsigned char out[SES_ECDSA_MAX], size_t *len);

/* Whether a signature, which may be any bytes, is that of the hash: 1 or 0; or
 * -1 where memory is missing or OpenSSL refuses. */
int ses_p256_verify(struct ses_p256 *k,
                    const unsigned char hash[SES_SHA256_LEN],
                    const unsigned char *signature, size_t len);

/* Fills data with random bytes; 0, or -1. */
int ses_random(void *data, size_t len);

/* Whether two runs of len bytes are equal, in a time that does not tell where
 * they differ. */
int ses_equal(const void *a, const void *b, size_t len);

/* Overwrites memory, whatever the optimiser thinks of it. */
void ses_cleanse(void *data, size_t len);

#pragma GCC visibility pop

#endif
