/* Descriptors that no program inherits.  Where the system has it, they are
 * born so: another thread may fork at any time. */
#ifndef SES_CLOEXEC_H
#define SES_CLOEXEC_H

#pragma GCC visibility push(hidden)

/* Like pipe and socketpair; both return 0, or -1 and errno. */
int ses_cloexec_pipe(int fds[2]);
int ses_cloexec_socketpair(int fds[2]);

#pragma GCC visibility pop

#endif
