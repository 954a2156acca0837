/*
 * The C interface of csrc/multi.h from outside of Lua.
 *
 *   probe sigpipe              a write to a closed pipe between block and
 *                              unblock does not end the process
 *   probe concurrent URL N     N transfers at once on one multi handle
 *   probe close URL N          frees the handle while N are under way
 *   probe release URL N        releases N that are under way, then uses it
 *   probe sockets              which of three connections with something to
 *                              read are ended: by who uses them
 *   probe threads URL N        8 threads, a multi handle each, N requests each
 *
 * Prints a line, "done D failed F" or the like; exits with 0.
 */
#include "multi.h"
#include "signals.h"
#include "sockets.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { THREADS = 8, MOST = 256 };

static const struct ses_settings settings = {
    .id = 1,
    .verify = 1,
    .connect_ms = 5000,
    .max_response_bytes = 1 << 20,
};

static struct ses_transfer *begin(struct ses_multi *m, const char *url)
{
    struct ses_transfer *t = ses_multi_transfer(m, &settings);
    struct ses_request request = {0};

    if (!t)
        abort();
    request.method = "POST";
    request.method_len = 4;
    request.url = url;
    request.url_len = strlen(url);
    request.body = "body";
    request.body_len = 4;
    ses_lines_add(&t->lines, "X-Probe", 7, "1", 1);
    ses_multi_start(t, &settings, &request);
    return t;
}

static struct ses_multi *make(void)
{
    struct ses_multi *m = ses_multi_new();

    if (!m)
        abort();
    return m;
}

static int concurrent(const char *url, int n)
{
    struct ses_multi *m = make();
    struct ses_transfer *t[MOST];
    int done = 0, failed = 0;
    int i;

    for (i = 0; i < n; i++) {
        t[i] = begin(m, url);
        done += t[i]->state == SES_DONE;
    }
    while (done < n)
        done += ses_multi_step(m, 1000);
    for (i = 0; i < n; i++) {
        failed +=
            t[i]->state != SES_DONE || t[i]->failed || t[i]->head.status != 200;
        ses_multi_release(t[i]);
    }
    ses_multi_free(m);
    printf("done %d failed %d\n", done, failed);
    return 0;
}

static int close_busy(const char *url, int n)
{
    struct ses_multi *m = make();
    struct ses_transfer *t[MOST];
    int all = 0, part = 0, none = 0;
    int i;

    for (i = 0; i < n; i++)
        t[i] = begin(m, url);
    for (i = 0; i < 20; i++)
        ses_multi_step(m, 10);
    ses_multi_free(m);
    for (i = 0; i < n; i++) {
        if (t[i]->state != SES_DONE || !t[i]->failed)
            abort();
        all += t[i]->failure.sent == SES_SENT_ALL;
        part += t[i]->failure.sent == SES_SENT_PART;
        none += t[i]->failure.sent == SES_SENT_NONE;
        ses_multi_release(t[i]);
    }
    printf("all %d part %d none %d\n", all, part, none);
    return 0;
}

static int release_busy(const char *url, int n)
{
    struct ses_multi *m = make();
    struct ses_transfer *t[MOST];
    int i;

    for (i = 0; i < n; i++)
        t[i] = begin(m, url);
    ses_multi_step(m, 10);
    for (i = 0; i < n; i++)
        ses_multi_release(t[i]);
    printf("left %d\n", ses_multi_step(m, 10));
    ses_multi_free(m);
    return 0;
}

struct job {
    const char *url;
    int n;
    int failed;
};

static void *work(void *data)
{
    struct job *job = data;
    struct ses_multi *m = make();
    int i;

    for (i = 0; i < job->n; i++) {
        struct ses_transfer *t = begin(m, job->url);

        ses_multi_wait(m, t);
        job->failed += t->failed;
        ses_multi_release(t);
    }
    ses_multi_free(m);
    return NULL;
}

static int threads(const char *url, int n)
{
    pthread_t thread[THREADS];
    struct job job[THREADS];
    int failed = 0;
    int i;

    for (i = 0; i < THREADS; i++) {
        job[i].url = url;
        job[i].n = n;
        job[i].failed = 0;
        if (pthread_create(&thread[i], NULL, work, &job[i]) != 0)
            abort();
    }
    for (i = 0; i < THREADS; i++) {
        pthread_join(thread[i], NULL);
        failed += job[i].failed;
    }
    printf("done %d failed %d\n", THREADS * n, failed);
    return 0;
}

static int sigpipe(void)
{
    struct ses_signal guard;
    int fd[2];
    ssize_t n;

    signal(SIGPIPE, SIG_DFL);
    if (pipe(fd) != 0)
        abort();
    close(fd[0]);
    ses_signal_block(&guard, SIGPIPE);
    n = write(fd[1], "x", 1);
    ses_signal_unblock(&guard);
    printf("alive %d\n", (int)n);
    return 0;
}

enum { PEERS = 3 };

/* How many of the peers have seen the end of their connection. */
static int count_ended(const int *peer)
{
    int ended = 0;
    int i;

    for (i = 0; i < PEERS; i++) {
        char byte;

        ended += recv(peer[i], &byte, 1, MSG_DONTWAIT) == 0;
    }
    return ended;
}

static int sockets(void)
{
    struct sockaddr_in address = {0}, own;
    socklen_t len = sizeof address;
    struct ses_sockets s = {0};
    int fd[PEERS], peer[PEERS], port[PEERS], ended[PEERS];
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    int i;

    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)&address, len) != 0 ||
        listen(listener, PEERS) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &len) != 0)
        abort();
    for (i = 0; i < PEERS; i++) {
        fd[i] = ses_sockets_open(&s, AF_INET, SOCK_STREAM, 0, &fd[i]);
        if (connect(fd[i], (struct sockaddr *)&address, len) != 0 ||
            getsockname(fd[i], (struct sockaddr *)&own, &len) != 0)
            abort();
        port[i] = ntohs(own.sin_port);
        peer[i] = accept(listener, NULL, NULL);
        if (send(peer[i], "x", 1, MSG_NOSIGNAL) != 1)
            abort();
    }
    ses_sockets_leave(&s, &fd[0]); /* idle */
    ses_sockets_leave(&s, &fd[1]); /* idle, and in use again */
    printf("use %d %d", ses_sockets_use(&s, port[1], &fd[2]),
           ses_sockets_use(&s, 0, &fd[2]));
    printf(" contradict %d %d %d", ses_sockets_contradict(&s, fd[1], port[1]),
           ses_sockets_contradict(&s, fd[1], port[0]),
           ses_sockets_contradict(&s, -1, port[0]));
    s.unsure = 1;
    ses_sockets_end_stale(&s, 0);
    ended[0] = count_ended(peer);
    s.unsure = 0;
    ses_sockets_end_stale(&s, 0);
    ended[1] = count_ended(peer);
    s.unsure = 1;
    ses_sockets_end_stale(&s, 1);
    ended[2] = count_ended(peer);
    printf(" ended %d %d %d\n", ended[0], ended[1], ended[2]);
    ses_sockets_abandon(&s);
    return 0;
}

int main(int argc, char **argv)
{
    int n = argc > 3 ? atoi(argv[3]) : 0;

    if (argc == 2 && strcmp(argv[1], "sigpipe") == 0)
        return sigpipe();
    if (argc == 2 && strcmp(argv[1], "sockets") == 0)
        return sockets();
    if (argc == 4 && n > 0 && n <= MOST) {
        if (strcmp(argv[1], "concurrent") == 0)
            return concurrent(argv[2], n);
        if (strcmp(argv[1], "close") == 0)
            return close_busy(argv[2], n);
        if (strcmp(argv[1], "release") == 0)
            return release_busy(argv[2], n);
        if (strcmp(argv[1], "threads") == 0)
            return threads(argv[2], n);
    }
    return 2;
}
