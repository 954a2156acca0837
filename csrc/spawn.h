/*
 * Runs a program: no shell, no waiting, and an end to what it may write.
 *
 * Its standard input is /dev/null, its output and errors are kept, and it
 * inherits the environment and nothing else; see supervisor.h.
 */
#ifndef SES_SPAWN_H
#define SES_SPAWN_H

#include "sbuf.h"
#include "supervisor.h"

#include <stddef.h>
#include <sys/types.h>

#pragma GCC visibility push(hidden)

/* How much of its errors is kept: the first of them. */
enum { SES_SPAWN_ERRORS = 4096 };

struct ses_spawn {
    pid_t owner;           /* the process that started it */
    pid_t supervisor;      /* -1: none, or none any more */
    pid_t group;           /* the program's */
    int control, out, err; /* -1: closed */
    int has_ended;         /* the program; told says how, where that is known */
    struct ses_told told;  /* what: SES_TOLD_STARTED while it is not known */
    int is_released;       /* the supervisor was let go */
    double heard;          /* when something came last: monotonic seconds */
    size_t max_output;     /* bytes */
    struct ses_sbuf output; /* wiped with the rest */
    int overflow;           /* there was more output, and it was killed */
    size_t errors_len;
    char errors[SES_SPAWN_ERRORS];
};

/* How it could not be started; errno says why. */
enum ses_spawn_start {
    SES_SPAWN_STARTED,
    SES_SPAWN_REFUSED, /* exec refuses the program */
    SES_SPAWN_FAILED   /* the system lacks something */
};

enum ses_spawn_state { SES_SPAWN_RUNS, SES_SPAWN_OVER, SES_SPAWN_NO_MEMORY };

/* Makes p a valid process that has ended. */
void ses_spawn_init(struct ses_spawn *p);

/* Whether this process started it, or a parent of this one. */
int ses_spawn_is_own(const struct ses_spawn *p);

/* Starts the program that argv[0] names, looked for as execvp does.  p is one
 * that was just made valid.  Waits for the new process to begin. */
enum ses_spawn_start ses_spawn_start(struct ses_spawn *p, char *const argv[],
                                     size_t max_output);

/* Reads what is there.  It is over when the program and its streams have ended,
 * when streams that something else keeps open have been silent for a second
 * since the program ended, or when it was killed. */
enum ses_spawn_state ses_spawn_step(struct ses_spawn *p);

/* Kills the program's process group, where it is this process's to kill.
 * Waits for the end, but for 0.2 s at most: a program may be stuck in the
 * kernel.  Idempotent. */
void ses_spawn_kill(struct ses_spawn *p);

/* Kills, and frees what p holds.  Idempotent. */
void ses_spawn_free(struct ses_spawn *p);

#pragma GCC visibility pop

#endif
