/*
 * Preloaded into a program, it makes system calls fail that rarely do.
 *
 *   FAIL_FSYNC=n, FAIL_FTRUNCATE=n   the n-th call, and no other, fails: EIO
 *   REPLACE=path REPLACE_TIMES=n     the file is removed right before it is
 *                                    locked, n times
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static int number(const char *name)
{
    const char *text = getenv(name);

    return text ? atoi(text) : 0;
}

/* dlsym returns a pointer to an object. */
static void find(const char *name, void *function)
{
    void *found = dlsym(RTLD_NEXT, name);

    memcpy(function, &found, sizeof found);
}

int fsync(int fd)
{
    static int calls;
    int (*next)(int);

    if (++calls == number("FAIL_FSYNC")) {
        errno = EIO;
        return -1;
    }
    find("fsync", &next);
    return next(fd);
}

int ftruncate(int fd, off_t length)
{
    static int calls;
    int (*next)(int, off_t);

    if (++calls == number("FAIL_FTRUNCATE")) {
        errno = EIO;
        return -1;
    }
    find("ftruncate", &next);
    return next(fd, length);
}

int flock(int fd, int operation)
{
    static int calls;
    int (*next)(int, int);

    if (++calls <= number("REPLACE_TIMES"))
        unlink(getenv("REPLACE"));
    find("flock", &next);
    return next(fd, operation);
}
