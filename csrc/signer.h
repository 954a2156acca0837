/* What a signer keeps from one signature to the next.  Private to sigv4.c,
 * which uses the scratch memory, and signer.c, which owns it all. */
#ifndef SES_SIGNER_H
#define SES_SIGNER_H

#include "sigv4.h"

#pragma GCC visibility push(hidden)

/* A client uses one key a day; a process that signs for several accounts and
 * regions a few more. */
enum { SES_SIGNER_KEYS = 8, SES_SIGNER_FROM_MAX = 512 };

/* A derived key and what it was derived from: the bytes of secret, region and
 * service one after the other. */
struct ses_signer_key {
    struct ses_mac *mac;
    char date[8];
    unsigned short secret, region, service; /* lengths */
    char from[SES_SIGNER_FROM_MAX];
};

struct ses_signer {
    struct ses_digest *digest;
    struct ses_sbuf plain; /* a run of the query, decoded */
    struct ses_sbuf text;  /* query parameters, percent-encoded */
    struct ses_sbuf pairs; /* their places in it, in order of appearance */
    struct ses_signer_key keys[SES_SIGNER_KEYS];
    unsigned next; /* the key to replace */
};

#pragma GCC visibility pop

#endif
