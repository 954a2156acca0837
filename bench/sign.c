/* Signing in C: the floor that OpenSSL sets, and the core. */
#include "bench.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <string.h>

struct floor {
    EVP_MD_CTX *digest;
    EVP_MAC_CTX *mac;
};

static int open_digest(struct floor *f)
{
    EVP_MD *md = EVP_MD_fetch(NULL, "SHA256", NULL);
    int ok;

    f->digest = EVP_MD_CTX_new();
    ok = md && f->digest && EVP_DigestInit_ex2(f->digest, md, NULL);
    EVP_MD_free(md);
    return ok ? 0 : -1;
}

static int open_mac(struct floor *f)
{
    static const unsigned char key[SES_SHA256_LEN] = {1};
    char name[] = "SHA256";
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    OSSL_PARAM params[2];
    int ok;

    params[0] =
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0);
    params[1] = OSSL_PARAM_construct_end();
    f->mac = EVP_MAC_CTX_new(mac);
    ok = mac && f->mac && EVP_MAC_init(f->mac, key, sizeof key, params);
    EVP_MAC_free(mac);
    return ok ? 0 : -1;
}

static int digest(EVP_MD_CTX *ctx, struct ses_str s)
{
    unsigned char sum[SES_SHA256_LEN];

    return EVP_DigestInit_ex2(ctx, NULL, NULL) &&
           EVP_DigestUpdate(ctx, s.p, s.n) &&
           EVP_DigestFinal_ex(ctx, sum, NULL);
}

static int authenticate(EVP_MAC_CTX *ctx, struct ses_str s)
{
    unsigned char sum[SES_SHA256_LEN];
    size_t len;

    return EVP_MAC_init(ctx, NULL, 0, NULL) &&
           EVP_MAC_update(ctx, (const unsigned char *)s.p, s.n) &&
           EVP_MAC_final(ctx, sum, &len, sizeof sum);
}

int bench_sign_floor(const struct bench_texts *texts, unsigned long n)
{
    struct floor f = {NULL, NULL};
    int ok = open_digest(&f) == 0 && open_mac(&f) == 0;

    while (ok && n--)
        ok = digest(f.digest, texts->body) &&
             digest(f.digest, texts->canonical) &&
             authenticate(f.mac, texts->string);
    EVP_MD_CTX_free(f.digest);
    EVP_MAC_CTX_free(f.mac);
    return ok ? 0 : -1;
}

static struct ses_str text(const char *s)
{
    struct ses_str str;

    str.p = s;
    str.n = strlen(s);
    return str;
}

struct buffers {
    struct ses_sbuf canonical, string;
};

static int sign(struct ses_signer *s, const struct bench_request *r,
                struct buffers *b, struct ses_signature *out)
{
    char hash[SES_SIGNATURE_LEN];
    struct ses_header headers[3];
    struct ses_sigv4_request request = {
        .method = text("POST"), .path = text("/"), .query = text("")};
    size_t names, names_len;

    headers[0].name = text("Content-Type");
    headers[0].value = r->content_type;
    headers[1].name = text("host");
    headers[1].value = r->host;
    headers[2].name = text("x-amz-date");
    headers[2].value = text(r->time);
    request.headers = headers;
    request.nheaders = 3;
    request.payload_hash.p = hash;
    request.payload_hash.n = sizeof hash;
    ses_sbuf_reset(&b->canonical, 1 << 20);
    ses_sbuf_reset(&b->string, 1 << 20);
    return ses_signer_hash(s, r->body.p, r->body.n, hash) == 0 &&
           ses_sigv4_canonical(s, &b->canonical, &request, &names,
                               &names_len) == 0 &&
           ses_sigv4_string(s, &b->string, r->time, &r->key, b->canonical.data,
                            b->canonical.len) == 0 &&
           ses_sigv4_sign(s, &r->key, b->string.data, b->string.len, out) == 0;
}

int bench_sign_core(const struct bench_request *request, unsigned long n,
                    struct ses_signature *out)
{
    struct ses_signer *signer = ses_signer_new();
    struct buffers buffers;
    int ok = signer != NULL;

    memset(&buffers, 0, sizeof buffers);
    while (ok && n--)
        ok = sign(signer, request, &buffers, out);
    ses_sbuf_free(&buffers.canonical);
    ses_sbuf_free(&buffers.string);
    ses_signer_free(signer);
    return ok ? 0 : -1;
}
