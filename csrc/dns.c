#include "dns.h"

#include "monotonic.h"
#include "signals.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/select.h> /* ares.h takes it for granted */

#include <ares.h>

enum {
    CLASS_IN = 1,
    PORT = 53,
    EDNS_BYTES = 1232, /* what passes every network in one piece */
    LEAST_WAIT = 20,   /* milliseconds for one server, in one try */
    RCODE_NOTIMP = 4,
    RCODE_SERVFAIL = 2,
    RCODE_REFUSED = 5
};

/* A question that is under way. */
struct job {
    struct ses_sbuf *reply;
    int done;
    int status;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void initialise(void)
{
    ares_library_init(ARES_LIB_INIT_ALL);
}

/* The number of a port; -1: it is none. */
static int read_port(const char *text)
{
    long n = 0;

    if (!*text)
        return -1;
    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return -1;
        n = n * 10 + (*text - '0');
        if (n > 65535)
            return -1;
    }
    return n > 0 ? (int)n : -1;
}

int ses_dns_add_server(struct ses_dns *d, const char *text)
{
    struct ses_dns_server *s = &d->servers[d->count];
    char host[INET6_ADDRSTRLEN];
    const char *first = strchr(text, ':'), *port = NULL;
    size_t len = strlen(text);

    if (d->count == SES_DNS_SERVERS)
        return -1;
    if (*text == '[') {
        const char *end = strchr(text, ']');

        if (!end || (end[1] && end[1] != ':'))
            return -1;
        port = end[1] ? end + 2 : NULL;
        len = (size_t)(end - ++text);
    } else if (first && !strchr(first + 1, ':')) {
        port = first + 1;
        len = (size_t)(first - text);
    }
    if (len >= sizeof host)
        return -1;
    memcpy(host, text, len);
    host[len] = '\0';
    s->family = strchr(host, ':') ? AF_INET6 : AF_INET;
    s->port = port ? read_port(port) : PORT;
    if (s->port < 0 || inet_pton(s->family, host, s->address) != 1)
        return -1;
    d->count++;
    return 0;
}

/* A channel to the servers from first on; where there are none, the system's.
 */
static int open_channel(ares_channel *channel, const struct ses_dns *d,
                        int first)
{
    struct ares_addr_port_node nodes[SES_DNS_SERVERS];
    struct ares_options options;
    int i, count = d->count - first, rounds, status;
    char lookups[] = "b";

    memset(&options, 0, sizeof options);
    memset(nodes, 0, sizeof nodes);
    /* Each round waits twice as long as the one before. */
    rounds = (1 << d->tries) - 1;
    options.timeout = d->timeout / (rounds * (count > 0 ? count : 1));
    if (options.timeout < LEAST_WAIT)
        options.timeout = LEAST_WAIT;
    options.tries = d->tries;
    options.flags = ARES_FLAG_NOCHECKRESP | ARES_FLAG_EDNS |
                    ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES;
    options.ednspsz = EDNS_BYTES;
    options.lookups = lookups;
    status = ares_init_options(channel, &options,
                               ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS |
                                   ARES_OPT_TRIES | ARES_OPT_EDNSPSZ |
                                   ARES_OPT_LOOKUPS | ARES_OPT_NOROTATE);
    if (status != ARES_SUCCESS || count <= 0)
        return status;
    for (i = 0; i < count; i++) {
        const struct ses_dns_server *s = &d->servers[first + i];

        nodes[i].next = i + 1 < count ? &nodes[i + 1] : NULL;
        nodes[i].family = s->family;
        nodes[i].udp_port = nodes[i].tcp_port = s->port;
        memcpy(&nodes[i].addr, s->address, s->family == AF_INET ? 4 : 16);
    }
    status = ares_set_servers_ports(*channel, nodes);
    if (status != ARES_SUCCESS)
        ares_destroy(*channel);
    return status;
}

/* Copies the system's servers into d, which has none. */
static int find_servers(struct ses_dns *d)
{
    struct ares_addr_port_node *list = NULL;
    const struct ares_addr_port_node *node;
    ares_channel channel;
    int status = open_channel(&channel, d, 0);

    if (status != ARES_SUCCESS)
        return status;
    status = ares_get_servers_ports(channel, &list);
    for (node = list; node && d->count < SES_DNS_SERVERS; node = node->next) {
        struct ses_dns_server *s = &d->servers[d->count++];

        s->family = node->family;
        s->port = node->udp_port ? node->udp_port : PORT;
        memcpy(s->address, &node->addr, node->family == AF_INET ? 4 : 16);
    }
    ares_free_data(list);
    ares_destroy(channel);
    return status;
}

static void on_reply(void *arg, int status, int timeouts, unsigned char *bytes,
                     int len)
{
    struct job *job = arg;

    (void)timeouts;
    job->done = 1;
    job->status = status;
    if (bytes && len > 0) {
        ses_sbuf_reset(job->reply, SES_DNS_MESSAGE);
        ses_sbuf_add(job->reply, (const char *)bytes, (size_t)len);
    }
}

/* Waits until a socket of the channel is ready, or its time has come, and has
 * it go on. */
static void step(ares_channel channel, long long left)
{
    ares_socket_t sockets[ARES_GETSOCK_MAXNUM];
    struct pollfd fds[ARES_GETSOCK_MAXNUM];
    struct timeval most, buffer;
    const struct timeval *wait;
    unsigned bits =
        (unsigned)ares_getsock(channel, sockets, ARES_GETSOCK_MAXNUM);
    int i, ready;
    nfds_t count = 0;

    for (i = 0; i < ARES_GETSOCK_MAXNUM; i++) {
        /* c-ares's own macros shift a 1 into the sign. */
        int reads = bits >> i & 1, writes = bits >> (i + 16) & 1;
        short events = (short)((reads ? POLLIN : 0) | (writes ? POLLOUT : 0));

        if (!events)
            continue;
        fds[count].fd = sockets[i];
        fds[count].events = events;
        fds[count++].revents = 0;
    }
    most.tv_sec = (time_t)(left / 1000);
    most.tv_usec = (suseconds_t)(left % 1000 * 1000);
    wait = ares_timeout(channel, &most, &buffer);
    /* Rounded up, so that it does not spin for the last millisecond. */
    ready = poll(fds, count,
                 (int)(wait->tv_sec * 1000 + (wait->tv_usec + 999) / 1000));
    if (ready <= 0) {
        ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
        return;
    }
    for (i = 0; i < (int)count; i++) {
        short events = fds[i].revents;
        int is_over = events & (POLLERR | POLLHUP | POLLNVAL);

        if (events)
            ares_process_fd(
                channel,
                is_over || events & POLLIN ? fds[i].fd : ARES_SOCKET_BAD,
                is_over || events & POLLOUT ? fds[i].fd : ARES_SOCKET_BAD);
    }
}

/* Asks the servers from first on. */
static int ask_from(const struct ses_dns *d, int first, const char *name,
                    enum ses_dns_type type, struct job *job, long long ends)
{
    ares_channel channel;
    int status = open_channel(&channel, d, first);

    if (status != ARES_SUCCESS)
        return status;
    job->done = 0;
    ares_query(channel, name, CLASS_IN, (int)type, on_reply, job);
    while (!job->done) {
        long long left = ends - ses_monotonic_ms();

        if (left <= 0)
            ares_cancel(channel);
        else
            step(channel, left);
    }
    ares_destroy(channel);
    return job->status;
}

/* Whether the next server may know better. */
static int is_refusal(const struct ses_sbuf *reply)
{
    int rcode = reply->len > 3 ? reply->data[3] & 0xf : 0;

    return rcode == RCODE_SERVFAIL || rcode == RCODE_REFUSED ||
           rcode == RCODE_NOTIMP;
}

static enum ses_dns_outcome outcome_of(int status, const struct ses_sbuf *reply)
{
    if (status == ARES_ENOMEM || reply->error == SES_SBUF_NOMEMORY)
        return SES_DNS_NO_MEMORY;
    if (reply->len > 0)
        return SES_DNS_ANSWERED;
    switch (status) {
    case ARES_ETIMEOUT:
    case ARES_ECANCELLED:
        return SES_DNS_TIMEOUT;
    case ARES_EBADNAME:
    case ARES_EBADQUERY:
        return SES_DNS_BAD_NAME;
    case ARES_EBADRESP:
        return SES_DNS_GARBLED;
    default:
        return SES_DNS_NETWORK;
    }
}

enum ses_dns_outcome ses_dns_ask(const struct ses_dns *d, const char *name,
                                 enum ses_dns_type type, struct ses_sbuf *reply)
{
    struct ses_dns own = *d;
    struct ses_signal pipe;
    struct job job = {NULL, 0, ARES_ECONNREFUSED};
    long long ends = ses_monotonic_ms() + d->timeout;
    int first = 0;

    pthread_once(&once, initialise);
    job.reply = reply;
    ses_signal_block(&pipe, SIGPIPE);
    if (own.count == 0)
        job.status = find_servers(&own);
    if (own.count > 0) {
        do
            job.status = ask_from(&own, first++, name, type, &job, ends);
        while (first < own.count && is_refusal(reply) &&
               ses_monotonic_ms() < ends);
    }
    ses_signal_unblock(&pipe);
    return outcome_of(job.status, reply);
}
