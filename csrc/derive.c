#include "derive.h"

#include <string.h>

static int hmac(const void *key, size_t key_len, const void *data, size_t len,
                unsigned char out[SES_SHA256_LEN])
{
    struct ses_mac *mac = ses_mac_new(key, key_len);
    int rc = mac ? ses_mac_sign(mac, data, len, out) : -1;

    ses_mac_free(mac);
    return rc;
}

int ses_derive_sigv4(const struct ses_sigv4_key *key,
                     unsigned char out[SES_SHA256_LEN])
{
    char first[4 + SES_SECRET_MAX] = "AWS4";
    int ok;

    if (key->secret.n > SES_SECRET_MAX)
        return -1;
    memcpy(first + 4, key->secret.p, key->secret.n);
    ok = hmac(first, 4 + key->secret.n, key->date, 8, out) == 0 &&
         hmac(out, SES_SHA256_LEN, key->region.p, key->region.n, out) == 0 &&
         hmac(out, SES_SHA256_LEN, key->service.p, key->service.n, out) == 0 &&
         hmac(out, SES_SHA256_LEN, "aws4_request", 12, out) == 0;
    ses_cleanse(first, sizeof first);
    return ok ? 0 : -1;
}

/* The greatest candidate for a private key: the order of P-256 less two. */
static const unsigned char last[SES_P256_LEN] = {
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17,
    0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x4f};

/* Whether the number a is greater than b, in a time that does not depend on
 * them. */
static int is_greater(const unsigned char a[SES_P256_LEN],
                      const unsigned char b[SES_P256_LEN])
{
    unsigned borrow = 0;
    int i;

    for (i = SES_P256_LEN - 1; i >= 0; i--)
        borrow = ((unsigned)b[i] - a[i] - borrow) >> 8 & 1;
    return (int)borrow;
}

/* Adds one to a number, in a time that does not depend on it. */
static void add_one(unsigned char n[SES_P256_LEN])
{
    unsigned carry = 1;
    int i;

    for (i = SES_P256_LEN - 1; i >= 0; i--) {
        carry += n[i];
        n[i] = (unsigned char)carry;
        carry >>= 8;
    }
}

/* The counter mode of NIST SP 800-108 with a block for an output: 1, label, 0,
 * context, 256 bits.  The context is the access key ID and a byte that counts
 * the candidates. */
int ses_derive_sigv4a(const struct ses_sigv4_key *key,
                      unsigned char out[SES_P256_LEN])
{
    static const char head[] = "\0\0\0\1" SES_SIGV4A_NAME; /* with its null */
    static const char tail[] = {0, 0, 1, 0};
    char first[5 + SES_SECRET_MAX] = "AWS4A";
    char text[sizeof head + SES_SECRET_MAX + 1 + sizeof tail];
    size_t counter = sizeof head + key->access_key_id.n;
    struct ses_mac *mac;
    int c, rc = -1;

    if (key->secret.n > SES_SECRET_MAX || key->access_key_id.n > SES_SECRET_MAX)
        return -1;
    memcpy(first + 5, key->secret.p, key->secret.n);
    memcpy(text, head, sizeof head);
    memcpy(text + sizeof head, key->access_key_id.p, key->access_key_id.n);
    memcpy(text + counter + 1, tail, sizeof tail);
    mac = ses_mac_new(first, 5 + key->secret.n);
    for (c = 1; mac && rc != 0 && c < 255; c++) {
        text[counter] = (char)c;
        if (ses_mac_sign(mac, text, counter + 1 + sizeof tail, out) != 0)
            break;
        rc = is_greater(out, last) ? -1 : 0;
    }
    if (rc == 0)
        add_one(out);
    ses_mac_free(mac);
    ses_cleanse(first, sizeof first);
    return rc;
}

int ses_derive_smtp(struct ses_str secret, struct ses_str region,
                    unsigned char out[SES_SMTP_PASSWORD_LEN])
{
    struct ses_sigv4_key key = {.secret = secret,
                                .region = region,
                                .service = {"ses", 3},
                                .date = "11111111"};
    unsigned char k[SES_SHA256_LEN];
    int rc = -1;

    out[0] = 4; /* the version of the scheme */
    if (ses_derive_sigv4(&key, k) == 0)
        rc = hmac(k, sizeof k, "SendRawEmail", 12, out + 1);
    ses_cleanse(k, sizeof k);
    return rc;
}
