#define _GNU_SOURCE /* memmem */
#include "peer.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

static const char *const names[FAULTS] = {
    "none",      "reset-before", "reset-after", "end-before", "end-after",
    "head-cut",  "body-cut",     "end-kept",    "half-kept",  "end-said",
    "throttled", "broken",       "silent",      "unread",     "early",
    "idle",      "unasked",      "refused",
};

static unsigned long met[FAULTS];

unsigned random_below(unsigned n)
{
    static uint64_t state = 88172645463325252u;

    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state >> 32) % n;
}

void meet(enum fault fault)
{
    met[fault]++;
}

void tell_faults(FILE *out)
{
    for (int i = 0; i < FAULTS; i++)
        fprintf(out, "F %s %lu\n", names[i], met[i]);
}

void say(const struct peer *p, const char *text, size_t length)
{
    if (!p->is_mute && send(p->fd, text, length, MSG_NOSIGNAL) < 0 &&
        errno != EPIPE && errno != ECONNRESET && errno != EAGAIN) {
        perror("send");
        exit(1);
    }
}

static size_t head_length(const struct peer *p)
{
    const char *end =
        p->have ? (const char *)memmem(p->in, p->have, "\r\n\r\n", 4) : NULL;

    return end ? (size_t)(end - p->in) + 4 : 0;
}

static size_t body_length(const struct peer *p, size_t head)
{
    static const char name[] = "\r\ncontent-length:";
    const char *at;

    for (at = p->in; at + sizeof name < p->in + head; at++)
        if (strncasecmp(at, name, sizeof name - 1) == 0)
            return strtoul(at + sizeof name - 1, NULL, 10);
    return 0;
}

/* The number of the call, as text; "" where there is none. */
static void find_id(const struct peer *p, size_t length, char id[32])
{
    const char *at = memmem(p->in, length, "soakid", 6);
    size_t n = at ? strspn(at + 6, "0123456789x") : 0;

    if (n > 31)
        n = 0;
    memcpy(id, n ? at + 6 : "", n);
    id[n] = '\0';
}

static void choose(struct peer *p, size_t length, unsigned permille)
{
    enum fault fault = NONE;

    if (random_below(1000) < permille) {
        fault = RESET_BEFORE + (enum fault)random_below(SILENT);
        if (length > 65536 && random_below(2))
            fault = random_below(2) ? UNREAD : EARLY;
        /* Somebody waits a long time for one. */
        if (fault == SILENT && random_below(8))
            fault = NONE;
    }
    p->fault = fault;
    p->is_judged = 1;
}

static int is_v1(const struct peer *p)
{
    return strncmp(p->in, "POST / ", 7) == 0;
}

static void say_result(const struct peer *p, const char *id, size_t left_out)
{
    const char *form = "{\"MessageId\":\"%s\"}";
    char body[512], text[1024];
    int length;

    if (strncmp(p->in, "GET", 3) == 0)
        form = "{\"SendQuota\":{\"MaxSendRate\":14}}%s";
    else if (is_v1(p))
        form = "<SendEmailResponse><SendEmailResult><MessageId>%s</MessageId>"
               "</SendEmailResult></SendEmailResponse>";
    snprintf(body, sizeof body, form, id);
    length = snprintf(text, sizeof text,
                      "HTTP/1.1 200 OK\r\n%sContent-Length: %zu\r\n\r\n%s",
                      p->fault == END_SAID ? "Connection: close\r\n" : "",
                      strlen(body), body);
    say(p, text, (size_t)length - left_out);
}

static void say_error(const struct peer *p, int status, const char *code,
                      const char *code_v1)
{
    char body[512], text[1024];
    int length;

    if (is_v1(p))
        snprintf(body, sizeof body,
                 "<ErrorResponse><Error><Code>%s</Code></Error>"
                 "</ErrorResponse>",
                 code_v1);
    else
        snprintf(body, sizeof body, "{\"message\":\"on demand\"}");
    length =
        snprintf(text, sizeof text,
                 "HTTP/1.1 %d Status\r\nx-amzn-errortype: %s\r\n%s"
                 "Content-Length: %zu\r\n\r\n%s",
                 status, code, p->fault == EARLY ? "Connection: close\r\n" : "",
                 strlen(body), body);
    say(p, text, (size_t)length);
}

/* What comes of a request that was accepted. */
static enum end answer(struct peer *p, const char *id)
{
    switch (p->fault) {
    case RESET_AFTER:
        return RESET;
    case END_AFTER:
        return CLOSE;
    case HEAD_CUT:
        say(p, "HTTP/1.1 200 OK\r\nContent-", 25);
        return random_below(2) ? CLOSE : RESET;
    case BODY_CUT:
        say_result(p, id, 1 + random_below(20));
        return random_below(2) ? CLOSE : RESET;
    case END_KEPT:
    case END_SAID:
        say_result(p, id, 0);
        return CLOSE;
    case HALF_KEPT:
        say_result(p, id, 0);
        shutdown(p->fd, SHUT_WR);
        p->is_mute = 1;
        return KEEP;
    case BROKEN:
        say_error(p, 500, "InternalFailure", "InternalFailure");
        return KEEP;
    case SILENT:
        p->is_mute = 1;
        return KEEP;
    default:
        say_result(p, id, 0);
        return KEEP;
    }
}

/* Does what a whole request has to meet. */
static enum end serve(struct peer *p, size_t length, FILE *journal)
{
    char id[32];

    find_id(p, length, id);
    meet(p->fault);
    if (p->fault == RESET_BEFORE)
        return RESET;
    if (p->fault == END_BEFORE)
        return CLOSE;
    if (p->fault == THROTTLED) {
        say_error(p, 429, "TooManyRequestsException", "Throttling");
        return KEEP;
    }
    if (*id)
        fprintf(journal, "A %s\n", id);
    return answer(p, id);
}

enum end advance(struct peer *p, unsigned permille, FILE *journal)
{
    enum end end = KEEP;
    size_t head;

    while (end == KEEP && (head = head_length(p)) != 0) {
        size_t length = head + body_length(p, head);

        if (!p->is_judged)
            choose(p, length, permille);
        if (p->fault == UNREAD || p->fault == EARLY) {
            meet(p->fault);
            if (p->fault == EARLY)
                say_error(p, 400, "BadRequestException", "InvalidParameter");
            return p->fault == UNREAD ? RESET : CLOSE;
        }
        if (p->have < length)
            return KEEP;
        end = serve(p, length, journal);
        memmove(p->in, p->in + length, p->have - length);
        p->have -= length;
        p->is_judged = 0;
    }
    return end;
}
