#include "files.h"

#include "crypto.h"
#include "monotonic.h"
#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SUFFIX_BYTES = 8, CHUNK = 16384, PATIENCE_MS = 5000 };

/* Waits until a read would say something; 0, or an errno. */
static int wait_readable(int fd, long long ends)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    long long left = ends - ses_monotonic_ms();
    int n = left > 0 ? poll(&p, 1, (int)left) : 0;

    if (n < 0)
        return errno == EINTR ? 0 : errno;
    return n ? 0 : ETIMEDOUT;
}

/* Where what is read goes. */
struct sink {
    struct ses_sbuf *to; /* null: it is only counted */
    size_t len, max;
};

static int take(struct sink *s, const char *chunk, size_t n)
{
    if (n > s->max - s->len)
        return EFBIG;
    s->len += n;
    if (s->to)
        ses_sbuf_add(s->to, chunk, n);
    return s->to && s->to->error ? ENOMEM : 0;
}

static int read_all(int fd, struct sink *s)
{
    long long ends = ses_monotonic_ms() + PATIENCE_MS;
    int error = 0;

    for (;;) {
        char chunk[CHUNK];
        ssize_t n = read(fd, chunk, sizeof chunk);

        if (n == 0)
            return 0;
        if (n > 0) {
            error = take(s, chunk, (size_t)n);
            ses_cleanse(chunk, (size_t)n);
        } else if (errno == EAGAIN) {
            error = wait_readable(fd, ends);
        } else if (errno != EINTR) {
            error = errno;
        }
        if (error)
            return error;
    }
}

static int read_path(const char *path, struct sink *s)
{
    int fd, error;

    /* A pipe that nobody writes to would make open wait. */
    do
        fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    while (fd < 0 && errno == EINTR);
    if (fd < 0)
        return errno;
    error = read_all(fd, s);
    close(fd);
    return error;
}

int ses_read_file(const char *path, struct ses_sbuf *out)
{
    struct sink s = {out, 0, out->cap - out->len};

    return read_path(path, &s);
}

int ses_measure_file(const char *path, size_t max, size_t *len)
{
    struct sink s = {NULL, 0, max};
    int error = read_path(path, &s);

    *len = s.len;
    return error;
}

/* A name beside path that nobody can foresee; 0, or an errno. */
static int name_new(char name[PATH_MAX], const char *path)
{
    unsigned char random[SUFFIX_BYTES];
    size_t len = strlen(path);
    size_t i;

    if (len + 1 + 2 * SUFFIX_BYTES + 1 > PATH_MAX)
        return ENAMETOOLONG;
    if (ses_random(random, sizeof random) != 0)
        return EIO;
    memcpy(name, path, len);
    name[len++] = '.';
    for (i = 0; i < sizeof random; i++)
        snprintf(name + len + 2 * i, 3, "%02x", random[i]);
    return 0;
}

static int write_all(int fd, const char *text, size_t len)
{
    struct ses_signal guard;
    int error = 0;

    ses_signal_block(&guard, SIGXFSZ);
    while (len && !error) {
        ssize_t n = write(fd, text, len);

        if (n >= 0) {
            text += n;
            len -= (size_t)n;
        } else if (errno != EINTR) {
            error = errno;
        }
    }
    ses_signal_unblock(&guard);
    return error;
}

int ses_replace_file(const char *path, const char *text, size_t len)
{
    char name[PATH_MAX];
    int error = name_new(name, path);
    int fd;

    if (error)
        return error;
    fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno;
    error = write_all(fd, text, len);
    if (!error && fsync(fd) != 0)
        error = errno;
    if (close(fd) != 0 && !error)
        error = errno;
    if (!error && rename(name, path) != 0)
        error = errno;
    if (error)
        unlink(name);
    return error;
}
