#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* pipe2 */
#endif
#include "cloexec.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef SOCK_CLOEXEC
static int mark(int rc, const int fds[2])
{
    if (rc == 0) {
        fcntl(fds[0], F_SETFD, FD_CLOEXEC);
        fcntl(fds[1], F_SETFD, FD_CLOEXEC);
    }
    return rc;
}
#endif

int ses_cloexec_pipe(int fds[2])
{
#ifdef SOCK_CLOEXEC
    return pipe2(fds, O_CLOEXEC);
#else
    return mark(pipe(fds), fds);
#endif
}

int ses_cloexec_socketpair(int fds[2])
{
#ifdef SOCK_CLOEXEC
    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds);
#else
    return mark(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), fds);
#endif
}
