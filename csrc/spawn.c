#include "spawn.h"

#include "cloexec.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What is read of a stream in one step: pieces of so many bytes. */
enum { PIECES = 16, PIECE = 4096 };

/* Seconds of silence after which the streams of a program that has ended count
 * as ended, and that a kill waits. */
static const double GRACE = 1, PATIENCE = 0.2;

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void close_end(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void ses_spawn_init(struct ses_spawn *p)
{
    memset(p, 0, sizeof *p);
    p->supervisor = -1;
    p->control = p->out = p->err = -1;
}

int ses_spawn_is_own(const struct ses_spawn *p)
{
    return p->owner == getpid();
}

static void close_ends(struct ses_spawn *p)
{
    close_end(&p->control);
    close_end(&p->out);
    close_end(&p->err);
}

/* The end that is read here goes to *ours. */
static int open_stream(int *ours, int *its)
{
    int fds[2];

    if (ses_cloexec_pipe(fds) != 0)
        return -1;
    *ours = fds[0];
    *its = fds[1];
    return fcntl(fds[0], F_SETFL, O_NONBLOCK);
}

static int open_ends(struct ses_spawn *p, struct ses_streams *its)
{
    int fds[2];

    its->in = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (its->in < 0 || open_stream(&p->out, &its->out) != 0 ||
        open_stream(&p->err, &its->err) != 0 ||
        ses_cloexec_socketpair(fds) != 0)
        return -1;
    p->control = fds[0];
    its->control = fds[1];
    return 0;
}

/* No handler of this process's may run in the new one. */
static pid_t fork_supervisor(char *const argv[], const struct ses_streams *its)
{
    sigset_t all, old;
    pid_t pid;
    int error;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    pid = fork();
    if (pid == 0)
        ses_supervise(argv, its);
    error = errno;
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    errno = error;
    return pid;
}

/* Receives what the supervisor tells; returns as recv does, but 0 for what is
 * not whole. */
static ssize_t hear(const struct ses_spawn *p, struct ses_told *told, int flags)
{
    ssize_t n;

    do
        n = recv(p->control, told, sizeof *told, flags);
    while (n < 0 && errno == EINTR);
    return n > 0 && (size_t)n < sizeof *told ? 0 : n;
}

/* Returns whether it runs, or errno where it does not. */
static enum ses_spawn_start hear_start(struct ses_spawn *p)
{
    if (hear(p, &p->told, MSG_WAITALL) <= 0) {
        errno = EIO;
        return SES_SPAWN_FAILED;
    }
    if (p->told.what == SES_TOLD_STARTED) {
        p->group = p->told.number;
        p->heard = now();
        return SES_SPAWN_STARTED;
    }
    errno = p->told.number;
    return p->told.what == SES_TOLD_REFUSED ? SES_SPAWN_REFUSED
                                            : SES_SPAWN_FAILED;
}

enum ses_spawn_start ses_spawn_start(struct ses_spawn *p, char *const argv[],
                                     size_t max_output)
{
    struct ses_streams its = {-1, -1, -1, -1};
    enum ses_spawn_start result = SES_SPAWN_FAILED;
    int error;

    p->owner = getpid();
    p->max_output = max_output;
    ses_sbuf_reset(&p->output, max_output + 1);
    if (open_ends(p, &its) == 0)
        p->supervisor = fork_supervisor(argv, &its);
    error = errno;
    close_end(&its.in);
    close_end(&its.out);
    close_end(&its.err);
    close_end(&its.control);
    errno = error;
    if (p->supervisor > 0)
        result = hear_start(p);
    if (result != SES_SPAWN_STARTED) {
        error = errno;
        ses_spawn_kill(p);
        errno = error;
    }
    return result;
}

/* What a read that brought nothing means: whether another may bring more. */
static int read_again(int *fd, ssize_t n)
{
    if (n < 0 && errno == EINTR)
        return 1;
    if (n == 0 || errno != EAGAIN)
        close_end(fd);
    return 0;
}

/* Returns whether anything came. */
static int read_output(struct ses_spawn *p)
{
    int came = 0;
    int i;

    for (i = 0; i < PIECES && p->out >= 0; i++) {
        size_t room = p->max_output + 1 - p->output.len;
        char *to;
        ssize_t n;

        room = room < PIECE ? room : PIECE;
        to = ses_sbuf_room(&p->output, room);
        if (!to)
            break;
        n = read(p->out, to, room);
        if (n <= 0) {
            if (!read_again(&p->out, n))
                break;
            continue;
        }
        came = 1;
        p->output.len += (size_t)n;
        if (p->output.len > p->max_output) {
            p->output.len = p->max_output;
            p->overflow = 1;
            break;
        }
    }
    return came;
}

static int read_errors(struct ses_spawn *p)
{
    char piece[PIECE];
    int came = 0;
    int i;

    for (i = 0; i < PIECES && p->err >= 0; i++) {
        size_t room = sizeof p->errors - p->errors_len;
        ssize_t n = read(p->err, piece, sizeof piece);

        if (n <= 0) {
            if (!read_again(&p->err, n))
                break;
            continue;
        }
        came = 1;
        room = room < (size_t)n ? room : (size_t)n;
        memcpy(p->errors + p->errors_len, piece, room);
        p->errors_len += room;
    }
    return came;
}

/* Returns whether something was told.  A supervisor that somebody killed tells
 * nothing any more, and nobody else would end the program. */
static int hear_end(struct ses_spawn *p)
{
    struct ses_told told;
    ssize_t n;

    if (p->has_ended)
        return 0;
    n = hear(p, &told, MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN)
        return 0;
    if (n > 0)
        p->told = told;
    else
        kill(-p->group, SIGKILL);
    p->has_ended = 1;
    return 1;
}

/* Notes that the supervisor is gone, where that is so; nginx reaps every
 * child. */
static void reap(struct ses_spawn *p, int flags)
{
    pid_t pid;

    do
        pid = waitpid(p->supervisor, NULL, flags);
    while (pid < 0 && errno == EINTR);
    if (pid != 0)
        p->supervisor = -1;
}

/* The program may have left others that go on: they are not killed. */
static void release(struct ses_spawn *p)
{
    send(p->control, "", 1, MSG_NOSIGNAL);
    close_end(&p->out);
    close_end(&p->err);
    p->is_released = 1;
}

enum ses_spawn_state ses_spawn_step(struct ses_spawn *p)
{
    int came;

    if (p->supervisor < 0)
        return SES_SPAWN_OVER;
    came = read_output(p);
    if (p->output.error)
        return SES_SPAWN_NO_MEMORY;
    if (p->overflow) {
        ses_spawn_kill(p);
        return SES_SPAWN_OVER;
    }
    came |= read_errors(p);
    came |= hear_end(p);
    if (came)
        p->heard = now();
    if (p->has_ended && !p->is_released &&
        ((p->out < 0 && p->err < 0) || now() - p->heard >= GRACE))
        release(p);
    if (p->is_released)
        reap(p, WNOHANG);
    if (p->supervisor >= 0)
        return SES_SPAWN_RUNS;
    close_ends(p);
    return SES_SPAWN_OVER;
}

/* Waits for the supervisor to close its socket, which it does when it ends;
 * returns whether it did in time. */
static int wait_for_end(struct ses_spawn *p)
{
    double deadline = now() + PATIENCE;
    struct pollfd end;

    end.fd = p->control;
    end.events = POLLIN;
    for (;;) {
        struct ses_told told;
        double left = deadline - now();
        ssize_t n;

        if (left <= 0)
            return 0;
        if (poll(&end, 1, (int)(left * 1000) + 1) <= 0)
            continue;
        n = hear(p, &told, MSG_DONTWAIT);
        if (n <= 0)
            return 1;
        p->told = told;
        p->has_ended = 1;
    }
}

static void end_supervisor(struct ses_spawn *p)
{
    shutdown(p->control, SHUT_WR);
    if (!wait_for_end(p)) {
        if (p->group > 0)
            kill(-p->group, SIGKILL);
        kill(p->supervisor, SIGKILL);
    }
    reap(p, 0);
}

void ses_spawn_kill(struct ses_spawn *p)
{
    if (p->supervisor > 0 && ses_spawn_is_own(p))
        end_supervisor(p);
    p->supervisor = -1;
    close_ends(p);
}

void ses_spawn_free(struct ses_spawn *p)
{
    ses_spawn_kill(p);
    ses_sbuf_wipe(&p->output);
}
