#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE /* flock */
#endif
#include "logfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* A write past the limit of the process raises SIGXFSZ, which would end it; an
 * error is enough. */
static ssize_t write_quietly(int fd, const char *from, size_t len)
{
    sigset_t limit, old, pending;
    ssize_t n;
    int error, was_pending, taken;

    sigemptyset(&limit);
    sigaddset(&limit, SIGXFSZ);
    pthread_sigmask(SIG_BLOCK, &limit, &old);
    sigpending(&pending);
    was_pending = sigismember(&pending, SIGXFSZ);
    do
        n = write(fd, from, len);
    while (n < 0 && errno == EINTR);
    error = errno;
    sigpending(&pending);
    if (!was_pending && sigismember(&pending, SIGXFSZ))
        sigwait(&limit, &taken);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    errno = error;
    return n;
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
    f->is_new = st.st_size == 0;
    return SES_LOGFILE_OK;
}

enum ses_logfile_end ses_logfile_open(struct ses_logfile *f, const char *path)
{
    enum ses_logfile_end end;
    int error;

    f->pid = getpid();
    /* Not to wait for the other end of a pipe. */
    f->fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK,
                 S_IRUSR | S_IWUSR);
    if (f->fd < 0)
        return errno == EISDIR ? SES_LOGFILE_IRREGULAR : SES_LOGFILE_FAILED;
    end = adopt(f);
    if (end != SES_LOGFILE_OK) {
        error = errno;
        ses_logfile_close(f);
        errno = error;
    }
    return end;
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

enum ses_logfile_end ses_logfile_append(struct ses_logfile *f, const char *from,
                                        size_t len)
{
    size_t done = 0;
    int error;

    if (check(f) != SES_LOGFILE_OK)
        return SES_LOGFILE_FOREIGN;
    while (done < len) {
        ssize_t n = write_quietly(f->fd, from + done, len - done);

        if (n < 0) {
            error = errno;
            /* Where even this fails, a part of a line stays, which the next to
             * open the file removes. */
            if (ftruncate(f->fd, f->size) != 0)
                error = errno;
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
    if (check(f) != SES_LOGFILE_OK)
        return SES_LOGFILE_FOREIGN;
    if (ftruncate(f->fd, len) != 0)
        return SES_LOGFILE_FAILED;
    f->size = len;
    return SES_LOGFILE_OK;
}

/* The directory that the path is in. */
static int open_folder(const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t len = slash ? (size_t)(slash - path) : 0;

    if (!slash)
        return open(".", O_RDONLY | O_CLOEXEC);
    if (len == 0)
        return open("/", O_RDONLY | O_CLOEXEC);
    if (len >= sizeof folder) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(folder, path, len);
    folder[len] = '\0';
    return open(folder, O_RDONLY | O_CLOEXEC);
}

enum ses_logfile_end ses_logfile_sync(struct ses_logfile *f, const char *path)
{
    int folder, rc, error;

    if (check(f) != SES_LOGFILE_OK)
        return SES_LOGFILE_FOREIGN;
    if (fsync(f->fd) != 0)
        return SES_LOGFILE_FAILED;
    if (!f->is_new)
        return SES_LOGFILE_OK;
    folder = open_folder(path);
    if (folder < 0)
        return SES_LOGFILE_FAILED;
    rc = fsync(folder);
    error = errno;
    close(folder);
    errno = error;
    if (rc != 0)
        return SES_LOGFILE_FAILED;
    f->is_new = 0;
    return SES_LOGFILE_OK;
}

void ses_logfile_close(struct ses_logfile *f)
{
    if (f->fd >= 0)
        close(f->fd);
    f->fd = -1;
}
