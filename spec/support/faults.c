/*
 * Preloaded into a program, it makes system calls fail that rarely do.
 *
 *   FAIL_FSYNC=n, FAIL_FTRUNCATE=n   the n-th call, and no other, fails: EIO
 *   FAIL_FORK=n                      likewise: EAGAIN
 *   FAIL_CLOSE_RANGE=1               every call fails: ENOSYS
 *   REPLACE=path REPLACE_TIMES=n     the file is removed right before it is
 *                                    locked, n times
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/syscall.h>
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

pid_t fork(void)
{
    static int calls;
    pid_t (*next)(void);

    if (++calls == number("FAIL_FORK")) {
        errno = EAGAIN;
        return -1;
    }
    find("fork", &next);
    return next();
}

long syscall(long call, ...)
{
    long (*next)(long, ...);
    long arguments[6];
    va_list list;
    int i;

    if (call == SYS_close_range && number("FAIL_CLOSE_RANGE")) {
        errno = ENOSYS;
        return -1;
    }
    va_start(list, call);
    for (i = 0; i < 6; i++)
        arguments[i] = va_arg(list, long);
    va_end(list);
    find("syscall", &next);
    return next(call, arguments[0], arguments[1], arguments[2], arguments[3],
                arguments[4], arguments[5]);
}
