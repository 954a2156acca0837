#include "crypto.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <string.h>

/* Fetching an algorithm costs more than a signature, so it is done once.
 * Both live as long as the process: other states may be using them. */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static EVP_MD *sha1; /* null where the provider allows none */
static EVP_MD *sha256;
static EVP_MAC *hmac;

static void fetch(void)
{
    sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
}

static int ready(void)
{
    return pthread_once(&once, fetch) == 0 && sha256 && hmac;
}

/* Returns -1.  OpenSSL queues its errors by thread; whoever shares the thread
 * (nginx) would take one that is left there for its own. */
static int failed(void)
{
    ERR_clear_error();
    return -1;
}

/* The public structs are OpenSSL's own under a name that needs no header of
 * theirs. */
static EVP_MD_CTX *md_ctx(struct ses_digest *d)
{
    return (EVP_MD_CTX *)d;
}

static EVP_MAC_CTX *mac_ctx(struct ses_mac *m)
{
    return (EVP_MAC_CTX *)m;
}

static EVP_PKEY *pkey(struct ses_p256 *k)
{
    return (EVP_PKEY *)k;
}

struct ses_digest *ses_digest_new(void)
{
    EVP_MD_CTX *ctx;

    if (!ready() || !(ctx = EVP_MD_CTX_new())) {
        failed();
        return NULL;
    }
    if (!EVP_DigestInit_ex2(ctx, sha256, NULL)) {
        EVP_MD_CTX_free(ctx);
        failed();
        return NULL;
    }
    return (struct ses_digest *)ctx;
}

void ses_digest_free(struct ses_digest *d)
{
    EVP_MD_CTX_free(md_ctx(d));
}

int ses_digest_sha256(struct ses_digest *d, const void *data, size_t len,
                      unsigned char out[SES_SHA256_LEN])
{
    EVP_MD_CTX *ctx = md_ctx(d);

    return EVP_DigestInit_ex2(ctx, NULL, NULL) &&
                   EVP_DigestUpdate(ctx, data, len) &&
                   EVP_DigestFinal_ex(ctx, out, NULL)
               ? 0
               : failed();
}

struct ses_mac *ses_mac_new(const void *key, size_t len)
{
    char name[] = "SHA256";
    OSSL_PARAM params[2];
    EVP_MAC_CTX *ctx;

    if (!ready() || !(ctx = EVP_MAC_CTX_new(hmac))) {
        failed();
        return NULL;
    }
    params[0] =
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0);
    params[1] = OSSL_PARAM_construct_end();
    /* A null key means "the key you have": an empty one needs an address. */
    if (!EVP_MAC_init(ctx, len ? key : "", len, params)) {
        EVP_MAC_CTX_free(ctx);
        failed();
        return NULL;
    }
    return (struct ses_mac *)ctx;
}

void ses_mac_free(struct ses_mac *m)
{
    EVP_MAC_CTX_free(mac_ctx(m));
}

int ses_mac_sign(struct ses_mac *m, const void *data, size_t len,
                 unsigned char out[SES_SHA256_LEN])
{
    EVP_MAC_CTX *ctx = mac_ctx(m);
    size_t n;

    return EVP_MAC_init(ctx, NULL, 0, NULL) && EVP_MAC_update(ctx, data, len) &&
                   EVP_MAC_final(ctx, out, &n, SES_SHA256_LEN)
               ? 0
               : failed();
}

int ses_sha1(const void *data, size_t len, unsigned char out[SES_SHA1_LEN])
{
    return ready() && sha1 && EVP_Digest(data, len, out, NULL, sha1, NULL)
               ? 0
               : failed();
}

/* What works with keys can queue an error although it succeeds in the end: the
 * functions below empty the queue either way. */

/* A point as OpenSSL reads and writes it: a byte that says "not compressed",
 * then the coordinates. */
enum { POINT_LEN = 1 + 2 * SES_P256_LEN };

/* The point of a private key; 0, or -1. */
static int multiply(const BIGNUM *secret, unsigned char point[POINT_LEN])
{
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    EC_POINT *p = group ? EC_POINT_new(group) : NULL;
    int ok = p && EC_POINT_mul(group, p, secret, NULL, NULL, NULL) &&
             EC_POINT_point2oct(group, p, POINT_CONVERSION_UNCOMPRESSED, point,
                                POINT_LEN, NULL) == POINT_LEN;

    EC_POINT_free(p);
    EC_GROUP_free(group);
    return ok ? 0 : -1;
}

/* The key of a point, and of a private key in the byte order of this machine
 * where secret is not null; or null. */
static struct ses_p256 *make_key(unsigned char point[POINT_LEN],
                                 unsigned char *secret)
{
    char name[] = "P-256";
    OSSL_PARAM params[4], *param = params;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EVP_PKEY *key = NULL;

    *param++ =
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, name, 0);
    *param++ = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point,
                                                 POINT_LEN);
    if (secret)
        *param++ = OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_PRIV_KEY, secret,
                                           SES_P256_LEN);
    *param = OSSL_PARAM_construct_end();
    if (!ctx || EVP_PKEY_fromdata_init(ctx) != 1 ||
        EVP_PKEY_fromdata(ctx, &key,
                          secret ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY,
                          params) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(ctx);
    return (struct ses_p256 *)key;
}

struct ses_p256 *ses_p256_new(const unsigned char secret[SES_P256_LEN])
{
    unsigned char point[POINT_LEN], native[SES_P256_LEN];
    BIGNUM *n = BN_bin2bn(secret, SES_P256_LEN, NULL);
    struct ses_p256 *k = NULL;

    if (n && BN_bn2nativepad(n, native, sizeof native) == sizeof native &&
        multiply(n, point) == 0)
        k = make_key(point, native);
    BN_clear_free(n);
    ses_cleanse(native, sizeof native);
    ERR_clear_error();
    return k;
}

struct ses_p256 *ses_p256_public_new(const unsigned char x[SES_P256_LEN],
                                     const unsigned char y[SES_P256_LEN])
{
    unsigned char point[POINT_LEN] = {POINT_CONVERSION_UNCOMPRESSED};
    struct ses_p256 *k;

    memcpy(point + 1, x, SES_P256_LEN);
    memcpy(point + 1 + SES_P256_LEN, y, SES_P256_LEN);
    k = make_key(point, NULL);
    ERR_clear_error();
    return k;
}

void ses_p256_free(struct ses_p256 *k)
{
    EVP_PKEY_free(pkey(k));
}

int ses_p256_public(const struct ses_p256 *k, unsigned char x[SES_P256_LEN],
                    unsigned char y[SES_P256_LEN])
{
    unsigned char point[POINT_LEN];
    size_t n = 0;
    int ok = EVP_PKEY_get_octet_string_param((const EVP_PKEY *)k,
                                             OSSL_PKEY_PARAM_PUB_KEY, point,
                                             sizeof point, &n) &&
             n == sizeof point;

    ERR_clear_error();
    if (!ok)
        return -1;
    memcpy(x, point + 1, SES_P256_LEN);
    memcpy(y, point + 1 + SES_P256_LEN, SES_P256_LEN);
    return 0;
}

/* The end of the DER of an integer that is not negative; null: it is none. */
static const unsigned char *skip_integer(const unsigned char *s,
                                         const unsigned char *end)
{
    if (end - s < 3 || s[0] != 2 || s[1] < 1 || s[1] > end - s - 2)
        return NULL;
    if (s[2] & 0x80 || (s[1] > 1 && !s[2] && !(s[3] & 0x80)))
        return NULL;
    return s + 2 + s[1];
}

/* Whether bytes are the DER of two integers.  OpenSSL says the same of those
 * that are not as it says of a lack of memory. */
static int is_signature(const unsigned char *s, size_t len)
{
    const unsigned char *end = s + len;

    if (len < 2 || len > SES_ECDSA_MAX || s[0] != 0x30 || s[1] != len - 2)
        return 0;
    s = skip_integer(s + 2, end);
    return s && skip_integer(s, end) == end;
}

int ses_p256_sign(struct ses_p256 *k, const unsigned char hash[SES_SHA256_LEN],
                  unsigned char out[SES_ECDSA_MAX], size_t *len)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey(k), NULL);
    int ok;

    *len = SES_ECDSA_MAX;
    /* Where memory ends, OpenSSL 3.0 can call success what has no length. */
    ok = ctx && EVP_PKEY_sign_init(ctx) == 1 &&
         EVP_PKEY_sign(ctx, out, len, hash, SES_SHA256_LEN) == 1 &&
         is_signature(out, *len);
    EVP_PKEY_CTX_free(ctx);
    ERR_clear_error();
    return ok ? 0 : -1;
}

int ses_p256_verify(struct ses_p256 *k,
                    const unsigned char hash[SES_SHA256_LEN],
                    const unsigned char *signature, size_t len)
{
    EVP_PKEY_CTX *ctx;
    int rc = -1;

    if (!is_signature(signature, len))
        return 0;
    ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey(k), NULL);
    if (ctx && EVP_PKEY_verify_init(ctx) == 1)
        rc = EVP_PKEY_verify(ctx, signature, len, hash, SES_SHA256_LEN);
    EVP_PKEY_CTX_free(ctx);
    ERR_clear_error();
    return rc < 0 ? -1 : rc;
}

int ses_random(void *data, size_t len)
{
    return len <= 0x7fffffff && RAND_bytes(data, (int)len) == 1 ? 0 : failed();
}

int ses_equal(const void *a, const void *b, size_t len)
{
    return CRYPTO_memcmp(a, b, len) == 0;
}

void ses_cleanse(void *data, size_t len)
{
    OPENSSL_cleanse(data, len);
}
