/*
 * The process between this one and a program that it runs: a fork of this one
 * which starts the program, waits for it, and tells how it ended.
 *
 * What a program exits with is told once, to its parent, by whoever asks first.
 * In nginx that is nginx's own handler, and where SIGCHLD is ignored nobody.
 * A parent of our own makes the answer certain, can be left to end the program
 * should this process die, and keeps the program's id from being used again
 * while it may have to be killed.  The price is a fork of this process for as
 * long as the program runs.
 *
 * It makes async-signal-safe calls only: other threads may have held any lock
 * when it was forked.
 */
#ifndef SES_SUPERVISOR_H
#define SES_SUPERVISOR_H

#pragma GCC visibility push(hidden)

/* The program's standard streams, and the supervisor's end of a socket. */
struct ses_streams {
    int in, out, err, control;
};

/* What comes through the socket: first one of the first three, and after
 * SES_TOLD_STARTED, in time, one of the last two. */
enum ses_told_what {
    SES_TOLD_FAILED,  /* an errno: before the program could be asked for */
    SES_TOLD_REFUSED, /* the errno of exec */
    SES_TOLD_STARTED, /* the program's process group */
    SES_TOLD_EXITED,  /* its exit code */
    SES_TOLD_KILLED   /* a signal */
};

struct ses_told {
    int what;
    int number;
};

/*
 * Runs in a new process, all signals blocked; does not return.  The program
 * gets a process group and a session without a terminal, the usual disposition
 * of every signal, none blocked, and no other descriptors.
 *
 * Once the end is told, a byte in the socket lets the supervisor go.  The
 * socket's end, whenever it comes, has it kill the process group.
 */
void ses_supervise(char *const argv[], const struct ses_streams *streams);

#pragma GCC visibility pop

#endif
