/* What a program does with the process that it is, and a library must not. */
#ifndef SES_PROGRAM_H
#define SES_PROGRAM_H

#include <stddef.h>

#pragma GCC visibility push(hidden)

/* Of those standard streams that are closed, opens what cannot be used either,
 * so that no file or connection gets a stream's number and what is meant for
 * the stream.  A file that becomes too long is an error from now on, and not
 * the end.  SIGINT ends the process at once, with a newline on standard output
 * and 130 as its exit code.  0, or an errno. */
int ses_program_start(void);

/* What SIGINT has the process say on standard error before it ends, from now
 * on: 256 bytes at most.  For one thread. */
void ses_program_last_words(const char *text, size_t length);

/* Lets the signals that end a program from outside wait, or come.  A program
 * that is started meanwhile never gets them. */
void ses_program_hold(int hold);

#pragma GCC visibility pop

#endif
