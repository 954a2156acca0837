/* What a library in somebody else's process has to take care of. */
#ifndef SES_PROCESS_H
#define SES_PROCESS_H

#include <signal.h>
#include <sys/types.h>

#pragma GCC visibility push(hidden)

/*
 * A write to a connection that has gone raises SIGPIPE, whose default is to
 * end the process, and whose handlers are not a library's to install: it is
 * blocked for this thread meanwhile, and one that was raised is taken back.
 */
struct ses_sigpipe {
    sigset_t old;
    int pending;
};

void ses_sigpipe_block(struct ses_sigpipe *s);
void ses_sigpipe_unblock(const struct ses_sigpipe *s);

/* What getpid says.  Once forks are watched the kernel is asked no more than
 * once, which a fork that goes past the C library's own function escapes. */
pid_t ses_process_id(void);

/* Once, and only in a module that stays in memory. */
void ses_process_watch_forks(void);

/* Keeps the shared object that this is part of, and what it is linked to, in
 * memory until the process ends.  Returns whether that worked. */
int ses_pin_module(void);

#pragma GCC visibility pop

#endif
