/* What a signer keeps from one signature to the next.  Private to sigv4.c,
 * which uses the scratch memory, and signer.c, which owns it all. */
#ifndef SES_SIGNER_H
#define SES_SIGNER_H

#include "sigv4.h"

#pragma GCC visibility push(hidden)

/* A client uses one key a day; a process that signs for several accounts and
 * regions a few more. */
enum {
    SES_SIGNER_KEYS = 8,
    SES_SIGNER_KEY_PAIRS = 4,
    SES_SIGNER_FROM_MAX = 2 * SES_SECRET_MAX
};

/* A derived key and what it was derived from: the bytes of secret, region and
 * service one after the other. */
struct ses_signer_key {
    struct ses_mac *mac;
    char date[8];
    unsigned short secret, region, service; /* lengths */
    char from[SES_SIGNER_FROM_MAX];
};

/* A key pair of SigV4A and what it was derived from: access key ID, secret. */
struct ses_signer_key_pair {
    struct ses_p256 *key;
    unsigned short id, secret; /* lengths */
    char from[SES_SIGNER_FROM_MAX];
};

struct ses_signer {
    struct ses_digest *digest;
    struct ses_sbuf plain; /* a run of the query, decoded */
    struct ses_sbuf text;  /* query parameters, percent-encoded */
    struct ses_sbuf pairs; /* their places in it, in order of appearance */
    struct ses_signer_key keys[SES_SIGNER_KEYS];
    unsigned next; /* the key to replace */
    struct ses_signer_key_pair key_pairs[SES_SIGNER_KEY_PAIRS];
    unsigned next_key_pair;
};

#pragma GCC visibility pop

#endif
