#include "replace.h"

#include "crypto.h"
#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SUFFIX_BYTES = 8 };

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
