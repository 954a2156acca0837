/*
 * The easy handles of one multi handle: those in use, and idle ones that stay
 * for the next transfers.
 */
#ifndef SES_POOL_H
#define SES_POOL_H

#include "easy.h"

#pragma GCC visibility push(hidden)

/* As many as were once in use at a time stay, up to this number. */
enum { SES_IDLE_HANDLES = 128 };

struct ses_multi;

/* A transfer, its easy handle and its place in the multi handle. */
struct ses_handle {
    struct ses_easy easy;    /* first: one pointer serves for all three */
    struct ses_multi *multi; /* null when that is gone */
    struct ses_handle *next, *prev;
    long long id; /* 0: somebody else holds the transfer */
    struct ses_handle *next_ended;
};

/* Zeroed it is valid and empty. */
struct ses_pool {
    struct ses_sockets sockets; /* that the handles opened */
    struct ses_handle *taken;
    struct ses_handle *idle[SES_IDLE_HANDLES]; /* the latest last */
    int idle_count;
};

/* The latest idle handle that is set up for these settings, or else the latest,
 * or a new one.  Null where there is no memory. */
struct ses_handle *ses_pool_take(struct ses_pool *p, unsigned long settings_id);

/* Takes it back, for others to use: idle_count is below SES_IDLE_HANDLES. */
void ses_pool_rest(struct ses_pool *p, struct ses_handle *h);

/* Forgets a handle that was taken. */
void ses_pool_remove(struct ses_pool *p, struct ses_handle *h);

/* Frees a handle that no pool has, and libcurl's part unless curl is null. */
void ses_handle_free(struct ses_handle *h);

#pragma GCC visibility pop

#endif
