/* What a library in somebody else's process has to take care of. */
#ifndef SES_PROCESS_H
#define SES_PROCESS_H

#include <sys/types.h>

#pragma GCC visibility push(hidden)

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
