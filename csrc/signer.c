#include "signer.h"

#include "codec.h"

#include <stdlib.h>
#include <string.h>

struct ses_signer *ses_signer_new(void)
{
    struct ses_signer *s = calloc(1, sizeof *s);

    if (!s)
        return NULL;
    s->digest = ses_digest_new();
    if (!s->digest) {
        free(s);
        return NULL;
    }
    return s;
}

static void key_clear(struct ses_signer_key *k)
{
    ses_mac_free(k->mac);
    ses_cleanse(k, sizeof *k);
}

void ses_signer_free(struct ses_signer *s)
{
    int i;

    if (!s)
        return;
    for (i = 0; i < SES_SIGNER_KEYS; i++)
        key_clear(&s->keys[i]);
    ses_digest_free(s->digest);
    ses_sbuf_wipe(&s->plain);
    ses_sbuf_wipe(&s->text);
    ses_sbuf_free(&s->pairs);
    free(s);
}

int ses_signer_hash(struct ses_signer *s, const char *data, size_t len,
                    char out[SES_SIGNATURE_LEN])
{
    unsigned char sum[SES_SHA256_LEN];

    if (ses_digest_sha256(s->digest, data, len, sum) != 0)
        return -1;
    ses_hex(out, sum);
    return 0;
}

static int hmac(const void *key, size_t key_len, const void *data, size_t len,
                unsigned char out[SES_SHA256_LEN])
{
    struct ses_mac *mac = ses_mac_new(key, key_len);
    int rc = mac ? ses_mac_sign(mac, data, len, out) : -1;

    ses_mac_free(mac);
    return rc;
}

/* The signing key: HMAC over date, region, service and "aws4_request", each
 * with the result before it as its key. */
static struct ses_mac *derive(const struct ses_sigv4_key *key)
{
    char first[4 + SES_SIGNER_FROM_MAX] = "AWS4";
    unsigned char k[SES_SHA256_LEN];
    struct ses_mac *mac = NULL;

    memcpy(first + 4, key->secret.p, key->secret.n);
    if (hmac(first, 4 + key->secret.n, key->date, 8, k) == 0 &&
        hmac(k, sizeof k, key->region.p, key->region.n, k) == 0 &&
        hmac(k, sizeof k, key->service.p, key->service.n, k) == 0 &&
        hmac(k, sizeof k, "aws4_request", 12, k) == 0)
        mac = ses_mac_new(k, sizeof k);
    ses_cleanse(first, sizeof first);
    ses_cleanse(k, sizeof k);
    return mac;
}

static int is_key_of(const struct ses_signer_key *k,
                     const struct ses_sigv4_key *key)
{
    const char *from = k->from;

    return k->mac && memcmp(k->date, key->date, 8) == 0 &&
           k->secret == key->secret.n && k->region == key->region.n &&
           k->service == key->service.n &&
           memcmp(from, key->secret.p, k->secret) == 0 &&
           memcmp(from + k->secret, key->region.p, k->region) == 0 &&
           memcmp(from + k->secret + k->region, key->service.p, k->service) ==
               0;
}

/* The cached MAC of key, derived where it is not there yet; or null.  The
 * cache owns it. */
static struct ses_mac *find_key(struct ses_signer *s,
                                const struct ses_sigv4_key *key)
{
    struct ses_signer_key *k;
    struct ses_mac *mac;
    unsigned i;

    for (i = 0; i < SES_SIGNER_KEYS; i++) {
        if (is_key_of(&s->keys[i], key))
            return s->keys[i].mac;
    }
    if (key->secret.n > SES_SIGNER_FROM_MAX ||
        key->region.n > SES_SIGNER_FROM_MAX - key->secret.n ||
        key->service.n > SES_SIGNER_FROM_MAX - key->secret.n - key->region.n)
        return NULL;
    mac = derive(key);
    if (!mac)
        return NULL;
    k = &s->keys[s->next];
    s->next = (s->next + 1) % SES_SIGNER_KEYS;
    key_clear(k);
    k->mac = mac;
    memcpy(k->date, key->date, 8);
    k->secret = (unsigned short)key->secret.n;
    k->region = (unsigned short)key->region.n;
    k->service = (unsigned short)key->service.n;
    memcpy(k->from, key->secret.p, key->secret.n);
    memcpy(k->from + key->secret.n, key->region.p, key->region.n);
    memcpy(k->from + key->secret.n + key->region.n, key->service.p,
           key->service.n);
    return mac;
}

int ses_sigv4_sign(struct ses_signer *s, const struct ses_sigv4_key *key,
                   const char *string, size_t len, char out[SES_SIGNATURE_LEN])
{
    unsigned char sum[SES_SHA256_LEN];
    struct ses_mac *mac = find_key(s, key);

    if (!mac || ses_mac_sign(mac, string, len, sum) != 0)
        return -1;
    ses_hex(out, sum);
    return 0;
}
