/*
 * A file that only grows, for one process at a time: what a journal is kept in.
 *
 * The lock ends with the process, however that ends.  A process that inherits
 * the file by a fork must not use it, and does not end the lock by closing it.
 */
#ifndef SES_LOGFILE_H
#define SES_LOGFILE_H

#include <stddef.h>
#include <sys/types.h>

#pragma GCC visibility push(hidden)

struct ses_logfile {
    int fd; /* -1: closed */
    pid_t pid;
    off_t size;  /* of what is whole */
    int torn;    /* more is there, and could not be taken back */
    int lost;    /* what made the disk not take everything: an errno, or 0 */
    int folder;  /* to have the disk take the file's name; -1: none */
    int unnamed; /* why the disk may not have that: an errno; or 0 */
};

/* What the functions below return; errno says more of the last. */
enum ses_logfile_end {
    SES_LOGFILE_OK,
    SES_LOGFILE_LOCKED,    /* somebody else has it open */
    SES_LOGFILE_IRREGULAR, /* it is a directory, a device or the like */
    SES_LOGFILE_FOREIGN,   /* it is the parent process's */
    SES_LOGFILE_LOST,      /* a sync failed before */
    SES_LOGFILE_FAILED
};

/* Opens or makes the file, for its owner only, and locks it. */
enum ses_logfile_end ses_logfile_open(struct ses_logfile *f, const char *path);

/* Reads len bytes from the start. */
enum ses_logfile_end ses_logfile_read(struct ses_logfile *f, char *to,
                                      size_t len);

/* Adds all of it, or nothing: what cannot be written whole is taken back, now
 * or before anything else is added. */
enum ses_logfile_end ses_logfile_append(struct ses_logfile *f, const char *from,
                                        size_t len);

enum ses_logfile_end ses_logfile_truncate(struct ses_logfile *f, off_t len);

/* Waits until the disk has everything, the file's name included.  Once that
 * fails nothing is added or waited for any more: what was not on the disk may
 * be gone from memory as well, and a second attempt would not tell. */
enum ses_logfile_end ses_logfile_sync(struct ses_logfile *f);

/* Idempotent. */
void ses_logfile_close(struct ses_logfile *f);

#pragma GCC visibility pop

#endif
