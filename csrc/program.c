#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* The exit code of a program that its user interrupted. */
enum { INTERRUPTED = 128 + SIGINT };

/* What is said then. */
static struct {
    char text[256];
    size_t length;
} last_words;

/* A reader that is gone, or does not read, must not change how this ends. */
static void say(int fd, const char *text, size_t length)
{
    struct pollfd out = {.fd = fd, .events = POLLOUT};

    if (length > 0 && poll(&out, 1, 0) == 1)
        (void)!write(fd, text, length);
}

static void on_interrupt(int number)
{
    (void)number;
    signal(SIGPIPE, SIG_IGN);
    say(STDERR_FILENO, last_words.text, last_words.length);
    say(STDOUT_FILENO, "\n", 1);
    _exit(INTERRUPTED);
}

void ses_program_last_words(const char *text, size_t length)
{
    sigset_t interrupt, before;

    if (length > sizeof last_words.text)
        length = sizeof last_words.text;
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    pthread_sigmask(SIG_BLOCK, &interrupt, &before);
    memcpy(last_words.text, text, length);
    last_words.length = length;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
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
