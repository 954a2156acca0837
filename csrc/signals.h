/*
 * Signals that a system call raises in the thread that makes it.
 *
 * A write to a connection that has gone raises SIGPIPE, one past the limit of
 * files SIGXFSZ.  The default of both is to end the process, and their
 * handlers are not a library's to install: the signal is blocked for this
 * thread meanwhile, and one that was raised is taken back.
 */
#ifndef SES_SIGNALS_H
#define SES_SIGNALS_H

#include <signal.h>

#pragma GCC visibility push(hidden)

struct ses_signal {
    int number;
    int pending; /* it was before */
    sigset_t old;
};

void ses_signal_block(struct ses_signal *s, int number);

/* Leaves errno alone. */
void ses_signal_unblock(const struct ses_signal *s);

#pragma GCC visibility pop

#endif
