#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE /* flock, realpath */
#endif
#include "logfile.h"

#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OPEN_TRIES = 8 };

static ssize_t write_quietly(int fd, const char *from, size_t len)
{
    struct ses_signal guard;
    ssize_t n;

    ses_signal_block(&guard, SIGXFSZ);
    do
        n = write(fd, from, len);
    while (n < 0 && errno == EINTR);
    ses_signal_unblock(&guard);
    return n;
}

static int cut(const struct ses_logfile *f, off_t len)
{
    int rc;

    do
        rc = ftruncate(f->fd, len);
    while (rc != 0 && errno == EINTR);
    return rc;
}

static int flush(int fd)
{
    int rc;

    do
        rc = fsync(fd);
    while (rc != 0 && errno == EINTR);
    return rc;
}

static void close_folder(struct ses_logfile *f)
{
    if (f->folder >= 0)
        close(f->folder);
    f->folder = -1;
}

/* The directory that the file is in, wherever links and relative paths lead. */
static int open_folder(const char *path)
{
    char folder[PATH_MAX];
    char *slash;

    if (!realpath(path, folder))
        return -1;
    slash = strrchr(folder, '/');
    slash[slash == folder ? 1 : 0] = '\0';
    return open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static enum ses_logfile_end check(const struct ses_logfile *f)
{
    return f->pid == getpid() ? SES_LOGFILE_OK : SES_LOGFILE_FOREIGN;
}

static enum ses_logfile_end adopt(struct ses_logfile *f)
{
    struct stat st;

    if (fstat(f->fd, &st) != 0)
        return SES_LOGFILE_FAILED;
    if (!S_ISREG(st.st_mode))
        return SES_LOGFILE_IRREGULAR;
    if (flock(f->fd, LOCK_EX | LOCK_NB) != 0)
        return errno == EWOULDBLOCK ? SES_LOGFILE_LOCKED : SES_LOGFILE_FAILED;
    /* Somebody may have written between the two. */
    if (fstat(f->fd, &st) != 0)
        return SES_LOGFILE_FAILED;
    f->size = st.st_size;
    return SES_LOGFILE_OK;
}

static enum ses_logfile_end open_once(struct ses_logfile *f, const char *path)
{
    enum ses_logfile_end end;
    struct stat st;
    int error;

    /* To open some devices is to use them. */
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
        return SES_LOGFILE_IRREGULAR;
    /* Not to wait for the other end of a pipe that is there by now. */
    f->fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK,
                 S_IRUSR | S_IWUSR);
    if (f->fd < 0)
        return SES_LOGFILE_FAILED;
    end = adopt(f);
    if (end != SES_LOGFILE_OK) {
        error = errno;
        ses_logfile_close(f);
        errno = error;
    }
    return end;
}

/* Whether the path still names the file: it can have been removed or replaced
 * before it was locked, and whoever comes next locks another one. */
static int is_named(const struct ses_logfile *f, const char *path)
{
    struct stat named, ours;

    return stat(path, &named) == 0 && fstat(f->fd, &ours) == 0 &&
           named.st_dev == ours.st_dev && named.st_ino == ours.st_ino;
}

enum ses_logfile_end ses_logfile_open(struct ses_logfile *f, const char *path)
{
    int tries;

    f->pid = getpid();
    f->torn = f->lost = 0;
    for (tries = 0; tries < OPEN_TRIES; tries++) {
        enum ses_logfile_end end = open_once(f, path);

        if (end != SES_LOGFILE_OK)
            return end;
        if (is_named(f, path)) {
            f->folder = open_folder(path);
            f->unnamed = errno;
            return SES_LOGFILE_OK;
        }
        ses_logfile_close(f);
    }
    errno = EBUSY;
    return SES_LOGFILE_FAILED;
}

enum ses_logfile_end ses_logfile_read(struct ses_logfile *f, char *to,
                                      size_t len)
{
    size_t done = 0;

    if (check(f) != SES_LOGFILE_OK)
        return SES_LOGFILE_FOREIGN;
    while (done < len) {
        ssize_t n = pread(f->fd, to + done, len - done, (off_t)done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            errno = n == 0 ? EIO : errno;
            return SES_LOGFILE_FAILED;
        }
        done += (size_t)n;
    }
    return SES_LOGFILE_OK;
}

/* Whether anything may be added. */
static enum ses_logfile_end check_writable(struct ses_logfile *f)
{
    if (check(f) != SES_LOGFILE_OK)
        return SES_LOGFILE_FOREIGN;
    if (f->lost) {
        errno = f->lost;
        return SES_LOGFILE_LOST;
    }
    if (f->torn && cut(f, f->size) != 0)
        return SES_LOGFILE_FAILED;
    f->torn = 0;
    return SES_LOGFILE_OK;
}

enum ses_logfile_end ses_logfile_append(struct ses_logfile *f, const char *from,
                                        size_t len)
{
    enum ses_logfile_end end = check_writable(f);
    size_t done = 0;

    if (end != SES_LOGFILE_OK)
        return end;
    while (done < len) {
        ssize_t n = write_quietly(f->fd, from + done, len - done);

        if (n <= 0) {
            int error = n == 0 ? EIO : errno;

            f->torn = cut(f, f->size) != 0;
            errno = error;
            return SES_LOGFILE_FAILED;
        }
        done += (size_t)n;
    }
    f->size += (off_t)len;
    return SES_LOGFILE_OK;
}

enum ses_logfile_end ses_logfile_truncate(struct ses_logfile *f, off_t len)
{
    enum ses_logfile_end end = check_writable(f);

    if (end != SES_LOGFILE_OK)
        return end;
    if (cut(f, len) != 0)
        return SES_LOGFILE_FAILED;
    f->size = len;
    return SES_LOGFILE_OK;
}

/* Has the disk take the file's name.  Not only of a file that this process
 * made: whoever did may have ended before it did so. */
static int sync_name(struct ses_logfile *f)
{
    if (f->folder < 0) {
        errno = f->unnamed;
        return f->unnamed ? -1 : 0;
    }
    /* Some file systems have no such thing, and say EINVAL. */
    if (flush(f->folder) != 0 && errno != EINVAL) {
        f->lost = errno;
        return -1;
    }
    close_folder(f);
    f->unnamed = 0;
    return 0;
}

enum ses_logfile_end ses_logfile_sync(struct ses_logfile *f)
{
    enum ses_logfile_end end = check_writable(f);

    if (end != SES_LOGFILE_OK)
        return end;
    if (flush(f->fd) != 0) {
        f->lost = errno;
        return SES_LOGFILE_FAILED;
    }
    return sync_name(f) == 0 ? SES_LOGFILE_OK : SES_LOGFILE_FAILED;
}

void ses_logfile_close(struct ses_logfile *f)
{
    if (f->fd >= 0)
        close(f->fd);
    f->fd = -1;
    close_folder(f);
}
