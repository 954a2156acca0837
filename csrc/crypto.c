#include "crypto.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <pthread.h>

/* Fetching an algorithm costs more than a signature, so it is done once.
 * Both live as long as the process: other states may be using them. */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static EVP_MD *sha256;
static EVP_MAC *hmac;

static void fetch(void)
{
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
    return EVP_Q_digest(NULL, "SHA1", NULL, data, len, out, NULL) ? 0
                                                                  : failed();
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
