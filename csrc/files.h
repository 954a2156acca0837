/* Small files of settings and tokens: read without waiting for ever, replaced
 * without anybody seeing half of one. */
#ifndef SES_FILES_H
#define SES_FILES_H

#include "sbuf.h"

#include <stddef.h>

#pragma GCC visibility push(hidden)

/* Appends all that is in a file, or in a pipe whose writers close it within
 * five seconds.  0; or an errno: EFBIG where it has more than out may hold,
 * ETIMEDOUT, ENOMEM. */
int ses_read_file(const char *path, struct ses_sbuf *out);

/* Reads as much and keeps none of it: len becomes how much it is.  0; or an
 * errno, EFBIG where it is more than max bytes. */
int ses_measure_file(const char *path, size_t max, size_t *len);

/* Writes text to a new file beside path, which its owner alone can read, and
 * renames it; 0, or the errno of what failed, with nothing left behind.  The
 * directory must be there. */
int ses_replace_file(const char *path, const char *text, size_t len);

#pragma GCC visibility pop

#endif
