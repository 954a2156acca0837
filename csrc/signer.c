#include "signer.h"

#include "codec.h"
#include "derive.h"

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

static void key_pair_clear(struct ses_signer_key_pair *k)
{
    ses_p256_free(k->key);
    ses_cleanse(k, sizeof *k);
}

void ses_signer_free(struct ses_signer *s)
{
    int i;

    if (!s)
        return;
    for (i = 0; i < SES_SIGNER_KEYS; i++)
        key_clear(&s->keys[i]);
    for (i = 0; i < SES_SIGNER_KEY_PAIRS; i++)
        key_pair_clear(&s->key_pairs[i]);
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

/* The HMAC whose key is SigV4's signing key; or null. */
static struct ses_mac *derive(const struct ses_sigv4_key *key)
{
    unsigned char k[SES_SHA256_LEN];
    struct ses_mac *mac = NULL;

    if (ses_derive_sigv4(key, k) == 0)
        mac = ses_mac_new(k, sizeof k);
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

static struct ses_p256 *derive_key_pair(const struct ses_sigv4_key *key)
{
    unsigned char d[SES_P256_LEN];
    struct ses_p256 *pair = NULL;

    if (ses_derive_sigv4a(key, d) == 0)
        pair = ses_p256_new(d);
    ses_cleanse(d, sizeof d);
    return pair;
}

static int is_key_pair_of(const struct ses_signer_key_pair *k,
                          const struct ses_sigv4_key *key)
{
    return k->key && k->id == key->access_key_id.n &&
           k->secret == key->secret.n &&
           memcmp(k->from, key->access_key_id.p, k->id) == 0 &&
           memcmp(k->from + k->id, key->secret.p, k->secret) == 0;
}

/* The same for SigV4A: the key pair of key. */
static struct ses_p256 *find_key_pair(struct ses_signer *s,
                                      const struct ses_sigv4_key *key)
{
    struct ses_signer_key_pair *k;
    struct ses_p256 *pair;
    unsigned i;

    for (i = 0; i < SES_SIGNER_KEY_PAIRS; i++) {
        if (is_key_pair_of(&s->key_pairs[i], key))
            return s->key_pairs[i].key;
    }
    pair = derive_key_pair(key);
    if (!pair)
        return NULL;
    k = &s->key_pairs[s->next_key_pair];
    s->next_key_pair = (s->next_key_pair + 1) % SES_SIGNER_KEY_PAIRS;
    key_pair_clear(k);
    k->key = pair;
    k->id = (unsigned short)key->access_key_id.n;
    k->secret = (unsigned short)key->secret.n;
    memcpy(k->from, key->access_key_id.p, k->id);
    memcpy(k->from + k->id, key->secret.p, k->secret);
    return pair;
}

static int sign_v4a(struct ses_signer *s, const struct ses_sigv4_key *key,
                    const char *string, size_t len, struct ses_signature *out)
{
    unsigned char sum[SES_SHA256_LEN], der[SES_ECDSA_MAX];
    struct ses_p256 *pair = find_key_pair(s, key);
    size_t n;

    if (!pair || ses_digest_sha256(s->digest, string, len, sum) != 0 ||
        ses_p256_sign(pair, sum, der, &n) != 0)
        return -1;
    ses_hex_any(out->hex, der, n);
    out->len = 2 * n;
    return 0;
}

int ses_sigv4_sign(struct ses_signer *s, const struct ses_sigv4_key *key,
                   const char *string, size_t len, struct ses_signature *out)
{
    unsigned char sum[SES_SHA256_LEN];
    struct ses_mac *mac;

    if (key->algorithm == SES_SIGV4A)
        return sign_v4a(s, key, string, len, out);
    mac = find_key(s, key);
    if (!mac || ses_mac_sign(mac, string, len, sum) != 0)
        return -1;
    ses_hex(out->hex, sum);
    out->len = SES_SIGNATURE_LEN;
    return 0;
}

int ses_sigv4a_public_key(struct ses_signer *s, const struct ses_sigv4_key *key,
                          unsigned char x[SES_P256_LEN],
                          unsigned char y[SES_P256_LEN])
{
    struct ses_p256 *pair = find_key_pair(s, key);

    return pair ? ses_p256_public(pair, x, y) : -1;
}

int ses_sigv4a_verify(struct ses_signer *s, const unsigned char x[SES_P256_LEN],
                      const unsigned char y[SES_P256_LEN],
                      struct ses_str string, const unsigned char *signature,
                      size_t len)
{
    unsigned char sum[SES_SHA256_LEN];
    struct ses_p256 *key = ses_p256_public_new(x, y);
    int rc = -1;

    if (key && ses_digest_sha256(s->digest, string.p, string.n, sum) == 0)
        rc = ses_p256_verify(key, sum, signature, len);
    ses_p256_free(key);
    return rc;
}
