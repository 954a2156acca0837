/*
 * HTTP requests through libcurl: a multi handle, its connections, and a pool
 * of easy handles.
 *
 * A transfer comes from ses_multi_transfer, is given its headers, started,
 * driven by ses_multi_step or ses_multi_wait until its state is SES_DONE, read
 * and released.  Or it is submitted: the handle keeps it under a number until
 * it is done and taken.  Many can be under way at once.  Two multi handles
 * share nothing; one is used by one thread at a time.
 *
 * No request is ever sent twice: libcurl would repeat one whose kept
 * connection ended without an answer, and is stopped before it writes.
 */
#ifndef SES_MULTI_H
#define SES_MULTI_H

#include "transfer.h"

#pragma GCC visibility push(hidden)

struct ses_multi;

/* Null where there is no memory, or libcurl does not start. */
struct ses_multi *ses_multi_new(void);

/* Ends what is under way and closes all connections; transfers stay readable
 * until they are released, but those that were submitted are gone.  In a child
 * process the connections, which are the parent's, are let go without a word to
 * the peer. */
void ses_multi_free(struct ses_multi *m);

/* Whether another process made m, of which this is a child: only
 * ses_multi_free and ses_multi_release are allowed then. */
int ses_multi_forked(const struct ses_multi *m);

/* A number for new settings. */
unsigned long ses_multi_settings_id(struct ses_multi *m);

/* A blank transfer; null where there is no memory. */
struct ses_transfer *ses_multi_transfer(struct ses_multi *m,
                                        const struct ses_settings *settings);

/* Starts it, or has it done at once with a failure. */
void ses_multi_start(struct ses_transfer *t,
                     const struct ses_settings *settings,
                     const struct ses_request *request);

/* Moves everything on; if nothing ends by that, waits for at most wait_ms
 * until something can move.  Returns how many transfers ended. */
int ses_multi_step(struct ses_multi *m, int wait_ms);

/* Drives everything until t is done. */
void ses_multi_wait(struct ses_multi *m, struct ses_transfer *t);

/* A number for ses_multi_submit, from 1 up. */
long long ses_multi_next_id(struct ses_multi *m);

/* Starts it under the number.  From here on it is the multi handle's. */
void ses_multi_submit(struct ses_transfer *t, long long id,
                      const struct ses_settings *settings,
                      const struct ses_request *request);

/* How many were submitted, and neither taken nor cancelled. */
int ses_multi_submitted(const struct ses_multi *m);

/* Moves everything on.  While nothing that was submitted can be taken, and
 * anything is under way, does so for wait_ms, or for a second if that is less.
 * Returns how many can be taken. */
int ses_multi_await(struct ses_multi *m, int wait_ms);

/* The one that ended first, which is the caller's to release, and its number;
 * or null. */
struct ses_transfer *ses_multi_take(struct ses_multi *m, long long *id);

/* Ends and frees the one with this number.  Returns whether there was one. */
int ses_multi_cancel(struct ses_multi *m, long long id);

/* Ends it if it is under way, and takes it back. */
void ses_multi_release(struct ses_transfer *t);

#pragma GCC visibility pop

#endif
