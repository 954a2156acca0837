/* Replacing a file that others read: they see the old one or the new one, and
 * nobody but the owner sees either. */
#ifndef SES_REPLACE_H
#define SES_REPLACE_H

#include <stddef.h>

#pragma GCC visibility push(hidden)

/* Writes text to a new file beside path and renames it; 0, or the errno of what
 * failed, with nothing left behind.  The directory must be there. */
int ses_replace_file(const char *path, const char *text, size_t len);

#pragma GCC visibility pop

#endif
