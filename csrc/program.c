#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* The exit code of a program that its user interrupted. */
enum { INTERRUPTED = 128 + SIGINT };

/* A reader that is gone, or does not read, must not change how this ends. */
static void on_interrupt(int number)
{
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};

    (void)number;
    signal(SIGPIPE, SIG_IGN);
    if (poll(&out, 1, 0) == 1)
        (void)!write(STDOUT_FILENO, "\n", 1);
    _exit(INTERRUPTED);
}

/* What is opened gets the lowest number that is free. */
static int hold_streams(void)
{
    static const int useless[] = {O_WRONLY, O_RDONLY, O_RDONLY};
    int fd;

    for (fd = 0; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", useless[fd]) < 0)
            return errno;
    return 0;
}

int ses_program_start(void)
{
    struct sigaction action;
    int error = hold_streams();

    if (error)
        return error;
    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    action.sa_handler = SIG_IGN;
    if (sigaction(SIGXFSZ, &action, NULL) != 0)
        return errno;
    action.sa_handler = on_interrupt;
    return sigaction(SIGINT, &action, NULL) == 0 ? 0 : errno;
}

void ses_program_hold(int hold)
{
    sigset_t ends;

    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGHUP);
    sigaddset(&ends, SIGQUIT);
    pthread_sigmask(hold ? SIG_BLOCK : SIG_UNBLOCK, &ends, NULL);
}
