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
};

/* Zeroed it is valid and empty. */
struct ses_sockets {
    struct ses_socket *list;
    int count;
    int size;
};

/* Opens a socket and remembers it.  Returns its number, or -1. */
int ses_sockets_open(struct ses_sockets *s, int family, int type, int protocol);

/* Closes and forgets fd.  Returns what close returns. */
int ses_sockets_close(struct ses_sockets *s, int fd);

/*
 * Ends every connection that has something to read.  Called while all are
 * idle: then what is there to read is the end of the connection, a TLS alert
 * that announces it, or an answer that nobody asked for, and no request must
 * go out on it.  libcurl 7.88 takes a waiting alert for a sign of life; a
 * socket that was shut down it finds dead, and connects again.
 */
void ses_sockets_end_stale(struct ses_sockets *s);

/* Closes all of them and frees the memory.  Idempotent. */
void ses_sockets_abandon(struct ses_sockets *s);

#pragma GCC visibility pop

#endif
