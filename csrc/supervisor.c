#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* NSIG, syscall */
#endif
#include "supervisor.h"

#include "cloexec.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* Where the descriptors are once they are arranged; the streams are below. */
enum { CONTROL = 3, DESCRIPTORS };

/* Of the descriptors that are closed one by one. */
enum { CLOSED_MAX = 65536 };

static void tell(int control, enum ses_told_what what, int number)
{
    struct ses_told told;

    told.what = what;
    told.number = number;
    send(control, &told, sizeof told, MSG_NOSIGNAL);
}

static void close_others(void)
{
    long fd, end = sysconf(_SC_OPEN_MAX);

#ifdef SYS_close_range
    if (syscall(SYS_close_range, (long)DESCRIPTORS, ~0L, 0L) == 0)
        return;
#endif
    if (end < 0 || end > CLOSED_MAX)
        end = CLOSED_MAX;
    for (fd = DESCRIPTORS; fd < end; fd++)
        close((int)fd);
}

/* Puts the descriptors where they belong, and closes all others.  Any of them
 * may be where another belongs.  Returns an errno. */
static int arrange(const struct ses_streams *streams)
{
    const int given[] = {streams->in, streams->out, streams->err,
                         streams->control};
    int above[DESCRIPTORS];
    int i;

    for (i = 0; i < DESCRIPTORS; i++) {
        above[i] = fcntl(given[i], F_DUPFD_CLOEXEC, DESCRIPTORS);
        if (above[i] < 0)
            return errno;
    }
    for (i = 0; i < DESCRIPTORS; i++)
        if (dup2(above[i], i) < 0)
            _exit(1);
    fcntl(CONTROL, F_SETFD, FD_CLOEXEC);
    close_others();
    return 0;
}

/* The program, from its fork on. */
static void become(char *const argv[], int failed)
{
    struct sigaction usual;
    sigset_t none;
    int number, error;

    setpgid(0, 0);
    memset(&usual, 0, sizeof usual);
    usual.sa_handler = SIG_DFL;
    for (number = 1; number < NSIG; number++)
        sigaction(number, &usual, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execvp(argv[0], argv);
    error = errno;
    _exit(write(failed, &error, sizeof error) < 0 ? 126 : 127);
}

/* Starts the program; returns once it runs.  What is told otherwise is in
 * *told, and the program's process has ended. */
static pid_t start(char *const argv[], struct ses_told *told)
{
    int failed[2], error = 0;
    ssize_t n;
    pid_t pid;

    told->what = SES_TOLD_FAILED;
    if (ses_cloexec_pipe(failed) != 0) {
        told->number = errno;
        return -1;
    }
    pid = fork();
    if (pid == 0)
        become(argv, failed[1]);
    error = pid < 0 ? errno : 0;
    close(failed[1]);
    if (pid > 0) {
        n = read(failed[0], &error, sizeof error);
        told->what = n > 0 ? SES_TOLD_REFUSED : SES_TOLD_STARTED;
    }
    told->number = told->what == SES_TOLD_STARTED ? (int)pid : error;
    close(failed[0]);
    return pid;
}

static void on_child(int number)
{
    (void)number;
}

/* SIGCHLD is let through only by wait_for_either. */
static void catch_child(void)
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = on_child;
    sigemptyset(&action.sa_mask);
    sigaction(SIGCHLD, &action, NULL);
}

/* Returns whether the program has ended, which leaves its process as it is. */
static int has_ended(pid_t pid, int flags, siginfo_t *info)
{
    info->si_pid = 0;
    return waitid(P_PID, (id_t)pid, info, WEXITED | WNOWAIT | flags) == 0 &&
           info->si_pid == pid;
}

/* Waits until the program ends or the socket does. */
static void wait_for_either(pid_t pid)
{
    siginfo_t info;
    sigset_t others;
    fd_set readable;

    sigfillset(&others);
    sigdelset(&others, SIGCHLD);
    while (!has_ended(pid, WNOHANG, &info)) {
        FD_ZERO(&readable);
        FD_SET(CONTROL, &readable);
        if (pselect(DESCRIPTORS, &readable, NULL, NULL, NULL, &others) > 0) {
            kill(-pid, SIGKILL);
            return;
        }
    }
}

void ses_supervise(char *const argv[], const struct ses_streams *streams)
{
    struct ses_told told;
    siginfo_t info;
    pid_t pid;
    char byte;
    int fd, error;

    setsid();
    error = arrange(streams);
    if (error) {
        tell(streams->control, SES_TOLD_FAILED, error);
        _exit(1);
    }
    catch_child();
    pid = start(argv, &told);
    tell(CONTROL, (enum ses_told_what)told.what, told.number);
    if (told.what != SES_TOLD_STARTED)
        _exit(1);
    /* The streams are the program's alone, so that they can end. */
    for (fd = 0; fd < CONTROL; fd++)
        close(fd);
    wait_for_either(pid);
    if (has_ended(pid, 0, &info))
        tell(CONTROL,
             info.si_code == CLD_EXITED ? SES_TOLD_EXITED : SES_TOLD_KILLED,
             info.si_status);
    if (recv(CONTROL, &byte, 1, 0) != 1)
        kill(-pid, SIGKILL);
    waitpid(pid, NULL, 0);
    _exit(0);
}
