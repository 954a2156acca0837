#include "sockets.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FIRST_SIZE = 8, POLLED_AT_ONCE = 64, DRAINED_BYTES = 64 * 1024 };

static int make_room(struct ses_sockets *s)
{
    int size = s->size ? 2 * s->size : FIRST_SIZE;
    struct ses_socket *list;

    if (s->count < s->size)
        return 0;
    list = realloc(s->list, (size_t)size * sizeof *list);
    if (!list)
        return -1;
    s->list = list;
    s->size = size;
    return 0;
}

static void forget(struct ses_sockets *s, int fd)
{
    int i;

    for (i = s->count - 1; i >= 0; i--)
        if (s->list[i].fd == fd)
            s->list[i] = s->list[--s->count];
}

/* Whether the number still means the socket that was opened. */
static int is_ours(const struct ses_socket *socket)
{
    struct stat st;

    return fstat(socket->fd, &st) == 0 && st.st_dev == socket->device &&
           st.st_ino == socket->inode;
}

/* SOCK_CLOEXEC leaves no gap in which another thread could fork. */
static int open_cloexec(int family, int type, int protocol)
{
#ifdef SOCK_CLOEXEC
    return socket(family, type | SOCK_CLOEXEC, protocol);
#else
    int fd = socket(family, type, protocol);

    if (fd >= 0)
        fcntl(fd, F_SETFD, FD_CLOEXEC);
    return fd;
#endif
}

int ses_sockets_open(struct ses_sockets *s, int family, int type, int protocol)
{
    struct stat st;
    int fd = open_cloexec(family, type, protocol);

    if (fd < 0)
        return -1;
    forget(s, fd);
    if (fstat(fd, &st) != 0 || make_room(s) != 0) {
        close(fd);
        return -1;
    }
    s->list[s->count].fd = fd;
    s->list[s->count].device = st.st_dev;
    s->list[s->count].inode = st.st_ino;
    s->count++;
    return fd;
}

int ses_sockets_close(struct ses_sockets *s, int fd)
{
    forget(s, fd);
    return close(fd);
}

static void end_connection(int fd)
{
    char sink[4096];
    size_t drained = 0;

    while (drained < DRAINED_BYTES) {
        ssize_t n = recv(fd, sink, sizeof sink, MSG_DONTWAIT);

        if (n <= 0)
            break;
        drained += (size_t)n;
    }
    shutdown(fd, SHUT_RDWR);
}

static void end_readable(const struct ses_socket *list, int count)
{
    struct pollfd polled[POLLED_AT_ONCE];
    int i;

    for (i = 0; i < count; i++) {
        polled[i].fd = list[i].fd;
        polled[i].events = POLLIN;
        polled[i].revents = 0;
    }
    if (poll(polled, (nfds_t)count, 0) <= 0)
        return;
    for (i = 0; i < count; i++)
        if (polled[i].revents & (POLLIN | POLLHUP | POLLERR) &&
            is_ours(&list[i]))
            end_connection(list[i].fd);
}

void ses_sockets_end_stale(struct ses_sockets *s)
{
    int i;

    for (i = 0; i < s->count; i += POLLED_AT_ONCE)
        end_readable(s->list + i, s->count - i < POLLED_AT_ONCE
                                      ? s->count - i
                                      : POLLED_AT_ONCE);
}

void ses_sockets_abandon(struct ses_sockets *s)
{
    int i;

    for (i = 0; i < s->count; i++)
        if (is_ours(&s->list[i]))
            close(s->list[i].fd);
    free(s->list);
    s->list = NULL;
    s->count = s->size = 0;
}
