#include "sockets.h"

#include <fcntl.h>
#include <netinet/in.h>
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

int ses_sockets_open(struct ses_sockets *s, int family, int type, int protocol,
                     const void *user)
{
    struct ses_socket *socket;
    struct stat st;
    int fd = open_cloexec(family, type, protocol);

    if (fd < 0)
        return -1;
    forget(s, fd);
    if (fstat(fd, &st) != 0 || make_room(s) != 0) {
        close(fd);
        return -1;
    }
    socket = &s->list[s->count++];
    socket->fd = fd;
    socket->device = st.st_dev;
    socket->inode = st.st_ino;
    socket->port = 0;
    socket->user = user;
    return fd;
}

int ses_sockets_close(struct ses_sockets *s, int fd)
{
    forget(s, fd);
    return close(fd);
}

/* The port of this end, or 0. */
static int own_port(int fd)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } address;
    socklen_t len = sizeof address;

    if (getsockname(fd, &address.any, &len) != 0)
        return 0;
    if (address.any.sa_family == AF_INET)
        return ntohs(address.v4.sin_port);
    return address.any.sa_family == AF_INET6 ? ntohs(address.v6.sin6_port) : 0;
}

int ses_sockets_use(struct ses_sockets *s, int port, const void *user)
{
    int found = 0;
    int i;

    for (i = 0; i < s->count; i++) {
        struct ses_socket *socket = &s->list[i];

        if (!socket->port)
            socket->port = own_port(socket->fd);
        if (!port || socket->port != port)
            continue;
        socket->user = user;
        found++;
    }
    return found;
}

int ses_sockets_contradict(const struct ses_sockets *s, int fd, int port)
{
    int i;

    for (i = 0; i < s->count; i++)
        if (s->list[i].fd == fd)
            return s->list[i].port != port;
    return 0;
}

void ses_sockets_leave(struct ses_sockets *s, const void *user)
{
    int i;

    for (i = 0; i < s->count; i++)
        if (s->list[i].user == user)
            s->list[i].user = NULL;
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

/* Ends those that can be read; polled[k] is list[index[k]]. */
static void end_readable(const struct ses_socket *list, struct pollfd *polled,
                         const int *index, int count)
{
    int k;

    if (poll(polled, (nfds_t)count, 0) <= 0)
        return;
    for (k = 0; k < count; k++)
        if (polled[k].revents & (POLLIN | POLLHUP | POLLERR) &&
            is_ours(&list[index[k]]))
            end_connection(polled[k].fd);
}

void ses_sockets_end_stale(struct ses_sockets *s, int all_are_idle)
{
    struct pollfd polled[POLLED_AT_ONCE];
    int index[POLLED_AT_ONCE];
    int count = 0;
    int i;

    if (s->unsure && !all_are_idle)
        return;
    for (i = 0; i < s->count; i++) {
        if (s->list[i].user && !all_are_idle)
            continue;
        polled[count].fd = s->list[i].fd;
        polled[count].events = POLLIN;
        polled[count].revents = 0;
        index[count++] = i;
        if (count == POLLED_AT_ONCE) {
            end_readable(s->list, polled, index, count);
            count = 0;
        }
    }
    if (count)
        end_readable(s->list, polled, index, count);
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
