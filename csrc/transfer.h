/* One HTTP request and its response, whoever carries them. */
#ifndef SES_TRANSFER_H
#define SES_TRANSFER_H

#include "failure.h"
#include "fields.h"
#include "origin.h"

#pragma GCC visibility push(hidden)

/* How to reach a peer.  The strings are copied when a transfer starts. */
struct ses_settings {
    unsigned long id;      /* of ses_multi_settings_id */
    const char *ca_bundle; /* a PEM file; null: the system's */
    const char *proxy;     /* a URL; null: none, whatever the environment */
    int verify;
    long connect_ms;
    long idle_ms; /* without a byte, once the request is let out; 0: any */
    size_t max_response_bytes;
};

struct ses_request {
    const char *method, *url; /* ended by a null byte, and copied */
    size_t method_len, url_len;
    const char *body; /* must live until the transfer is done */
    size_t body_len;
    long timeout_ms; /* for all of it; 0: none */
};

struct ses_transfer {
    enum { SES_BLANK, SES_RUNNING, SES_DONE } state;

    struct ses_lines lines;
    const char *body;
    size_t body_len;
    size_t body_read; /* how much of it the carrier has asked for */
    int issued;       /* the carrier was let write the request */
    int repeated;     /* it tried to write it again */
    int connecting;   /* it began to open a connection for it */

    long long moved;    /* bytes to and fro when they were last counted */
    long long moved_at; /* when they were first that many */
    int silent;         /* they have been for too long */

    /* of a transfer that is done and did not fail */
    struct ses_head head;
    struct ses_sbuf content;

    int failed;
    struct ses_failure failure;

    struct ses_origin origin;
    int proxied;
    char proxy[SES_SHOWN_BYTES];
    struct ses_circumstances circumstances;
    char detail[256]; /* the carrier's own words for a failure */
};

/* A blank one; t is zeroed or was cleared. */
void ses_transfer_reset(struct ses_transfer *t,
                        const struct ses_settings *settings);

/* Wipes and frees what it holds, not t itself. */
void ses_transfer_clear(struct ses_transfer *t);

/* Takes the request; what must not go on the wire is refused, which ends the
 * transfer.  Headers were added to t->lines before.  Returns 0, or -1. */
int ses_transfer_prepare(struct ses_transfer *t,
                         const struct ses_settings *settings,
                         const struct ses_request *r);

/* Copies at most size bytes of the body; returns how many. */
size_t ses_transfer_read(struct ses_transfer *t, char *to, size_t size);

/* Takes bytes of the response's content.  Returns 0, or -1: no more. */
int ses_transfer_write(struct ses_transfer *t, const char *from, size_t len);

/* Takes how many bytes have moved to and fro, and the milliseconds of a clock
 * that only goes forward.  Returns for how many from then on none need move; 0
 * or less: the transfer has been silent for too long, and is to be ended.  Only
 * for those with a limit. */
long long ses_transfer_patience(struct ses_transfer *t, long long moved,
                                long long now);

/* Ends it: what the response itself says against it comes before end. */
void ses_transfer_finish(struct ses_transfer *t, enum ses_end end);

/* Ends a transfer that never began. */
void ses_transfer_refuse(struct ses_transfer *t, const char *code,
                         const char *why);

#pragma GCC visibility pop

#endif
