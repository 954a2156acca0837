/*
 * The sockets that one multi handle opened.
 *
 * They are close-on-exec, which libcurl's own are not before 8.x, and they are
 * known by number: one that its peer closed while it was idle can be told
 * apart, and a child process can let go of its parent's.
 */
#ifndef SES_SOCKETS_H
#define SES_SOCKETS_H

#include <sys/types.h>

#pragma GCC visibility push(hidden)

/* A number alone does not tell that it is still the same socket: libcurl 7.88
 * closes one that never got connected without calling back. */
struct ses_socket {
    int fd;
    dev_t device;
    ino_t inode;
    int port;         /* its own; 0: not known yet */
    const void *user; /* null: idle */
};

/* Zeroed it is valid and empty. */
struct ses_sockets {
    struct ses_socket *list;
    int count;
    int size;
    int unsure; /* how many reasons there are not to rely on the users */
};

/* Opens a socket that user will use, and remembers it.  Returns its number, or
 * -1. */
int ses_sockets_open(struct ses_sockets *s, int family, int type, int protocol,
                     const void *user);

/* Has user use the connection whose own port this is.  Ports tell connections
 * apart but for some to different peers: then all of them count as used.
 * Returns how many. */
int ses_sockets_use(struct ses_sockets *s, int port, const void *user);

/* Whether the socket is one of these, and has another port of its own. */
int ses_sockets_contradict(const struct ses_sockets *s, int fd, int port);

/* What user used is idle. */
void ses_sockets_leave(struct ses_sockets *s, const void *user);

/* Closes and forgets fd.  Returns what close returns. */
int ses_sockets_close(struct ses_sockets *s, int fd);

/*
 * Ends every idle connection that has something to read: that is the end of
 * the connection, a TLS alert that announces it, or an answer that nobody
 * asked for, and no request must go out on it.  libcurl 7.88 takes a waiting
 * alert for a sign of life; a socket that was shut down it finds dead, and
 * connects again.  The caller may know that all of them are idle; otherwise
 * those are that have no user, and none where anything is unsure.
 */
void ses_sockets_end_stale(struct ses_sockets *s, int all_are_idle);

/* Closes all of them and frees the memory.  Idempotent. */
void ses_sockets_abandon(struct ses_sockets *s);

#pragma GCC visibility pop

#endif
