/* The peers of the server of a soak: how their requests are met. */
#ifndef SPEC_SOAK_PEER_H
#define SPEC_SOAK_PEER_H

#include <stddef.h>
#include <stdio.h>

enum fault {
    NONE,
    RESET_BEFORE, /* it was read, and nothing was done */
    RESET_AFTER,  /* it was accepted */
    END_BEFORE,
    END_AFTER,
    HEAD_CUT,
    BODY_CUT,
    END_KEPT,  /* answered, and closed though it was to be kept */
    HALF_KEPT, /* answered, and half closed: what comes is read and accepted */
    END_SAID,
    THROTTLED,
    BROKEN,  /* accepted, and answered with HTTP 500 */
    SILENT,  /* accepted, and never answered */
    UNREAD,  /* a reset in the middle of a large body */
    EARLY,   /* an answer before a large body was read */
    IDLE,    /* a kept connection is closed */
    UNASKED, /* that too, with an answer that nobody asked for */
    REFUSED, /* nobody listens for a moment */
    FAULTS
};

struct peer {
    int fd;
    int is_mute;   /* nothing can be answered any more */
    int is_idle;   /* nothing has come for a while */
    int is_judged; /* a fault was chosen for the request that comes */
    enum fault fault;
    char *in;
    size_t have;
};

/* A number below n. */
unsigned random_below(unsigned n);

/* Writes down that a fault was met. */
void meet(enum fault fault);

/* Writes the counts of all faults. */
void tell_faults(FILE *out);

/* Sends text as it is. */
void say(const struct peer *p, const char *text, size_t length);

enum end { KEEP, CLOSE, RESET };

/* Does with what has come what the faults of permille of a thousand requests
 * say; what is accepted goes to the journal. */
enum end advance(struct peer *p, unsigned permille, FILE *journal);

#endif
