/* What a soak of nginx calls: a server that answers as SES does, and now and
 * then misbehaves.
 *
 *   soak_server JOURNAL PERMILLE
 *
 * PERMILLE of a thousand requests meet a fault, see peer.h.  It prints its port
 * and its process.  A message has its call's number in it, "soakid", an
 * unsigned number, "x", another and "y".  What is accepted is a line in the
 * file JOURNAL: "A", blank, number.  On SIGTERM, its end, lines "F", blank,
 * name, blank, count say how often each fault was met.  On SIGUSR1 it closes
 * all connections, and there are no faults any more. */
#define _GNU_SOURCE /* accept4 */
#include "peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 65536, ROOM = 512 * 1024, TICK_MS = 10 };

static struct peer *peers[MOST]; /* by descriptor */
static int highest, epoll, listener, port;
static unsigned permille;
static FILE *journal;

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static void drop(struct peer *p, int with_reset)
{
    struct linger hard = {1, 0};

    if (with_reset)
        setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    peers[p->fd] = NULL;
    close(p->fd);
    free(p->in);
    free(p);
}

static void watch(int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0)
        die("epoll_ctl");
}

static void take(struct peer *p)
{
    ssize_t n = recv(p->fd, p->in + p->have, ROOM - p->have, 0);
    enum end end;

    if (n < 0 && errno == EAGAIN)
        return;
    if (n <= 0) {
        drop(p, 0);
        return;
    }
    p->have += (size_t)n;
    p->is_idle = 0;
    end = advance(p, permille, journal);
    if (end != KEEP)
        drop(p, end == RESET);
}

static void welcome(void)
{
    int fd;

    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        struct peer *p = fd < MOST ? calloc(1, sizeof *p) : NULL;

        if (!p || !(p->in = malloc(ROOM)))
            die("malloc");
        p->fd = fd;
        peers[fd] = p;
        highest = fd > highest ? fd : highest;
        watch(fd);
    }
}

/* Listens at a port, the same one as before. */
static void open_listener(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof at;
    int yes = 1;

    listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (listener < 0 ||
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
        bind(listener, (struct sockaddr *)&at, sizeof at) != 0 ||
        listen(listener, 1024) != 0 ||
        getsockname(listener, (struct sockaddr *)&at, &length) != 0)
        die("listen");
    port = ntohs(at.sin_port);
    watch(listener);
}

static void close_all(void)
{
    for (int fd = 0; fd <= highest; fd++)
        if (peers[fd])
            drop(peers[fd], 0);
}

/* Closes some of the connections on which nothing is under way. */
static void close_idle(void)
{
    static const char late[] = "HTTP/1.1 408 Request Timeout\r\n"
                               "Connection: close\r\nContent-Length: 0\r\n\r\n";

    for (int fd = 0; fd <= highest; fd++) {
        struct peer *p = peers[fd];

        if (p && p->have == 0 && p->fault != SILENT &&
            random_below(1000) < permille) {
            if (p->is_idle && random_below(2)) {
                meet(UNASKED);
                say(p, late, sizeof late - 1);
            } else {
                meet(IDLE);
            }
            drop(p, 0);
        } else if (p) {
            p->is_idle = 1;
        }
    }
}

/* What happens now and then by itself. */
static void tick(void)
{
    static unsigned turn, closed_for;

    if (closed_for > 0 && --closed_for == 0) {
        open_listener();
    } else if (closed_for == 0 && permille > 0 && ++turn % 400 == 0) {
        meet(REFUSED);
        close(listener);
        closed_for = 1 + random_below(20);
    }
    close_idle();
}

static int listen_to_signals(void)
{
    sigset_t set;
    int fd;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGUSR1);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0 ||
        (fd = signalfd(-1, &set, SFD_NONBLOCK)) < 0)
        die("signalfd");
    return fd;
}

static void obey(int signals)
{
    struct signalfd_siginfo info;

    while (read(signals, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo == SIGTERM) {
            tell_faults(journal);
            exit(fclose(journal) != 0);
        }
        permille = 0;
        close_all();
    }
}

int main(int argc, char **argv)
{
    struct epoll_event events[256];
    int signals;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (argc != 3 || !(journal = fopen(argv[1], "w")))
        die("soak_server JOURNAL PERMILLE");
    permille = (unsigned)strtoul(argv[2], NULL, 10);
    epoll = epoll_create1(0);
    signals = listen_to_signals();
    watch(signals);
    open_listener();
    printf("%d %d\n", port, (int)getpid());
    fflush(stdout);
    for (unsigned turn = 0;; turn++) {
        int n = epoll_wait(epoll, events, 256, TICK_MS);

        for (int i = 0; i < n; i++) {
            int fd = events[i].data.fd;

            if (fd == signals)
                obey(signals);
            else if (peers[fd])
                take(peers[fd]);
            else if (fd == listener)
                welcome();
        }
        if (n == 0 || turn % 64 == 0)
            tick();
    }
}
