#include "transfer.h"

#include <limits.h>
#include <string.h>

void ses_transfer_reset(struct ses_transfer *t,
                        const struct ses_settings *settings)
{
    t->state = SES_BLANK;
    t->body = NULL;
    t->body_len = t->body_read = 0;
    t->moved = -1;
    t->silent = 0;
    t->issued = t->repeated = t->connecting = t->failed = t->proxied = 0;
    t->proxy[0] = t->detail[0] = '\0';
    memset(&t->circumstances, 0, sizeof t->circumstances);
    ses_lines_reset(&t->lines);
    ses_head_reset(&t->head);
    ses_sbuf_reset(&t->content, settings->max_response_bytes);
}

void ses_transfer_clear(struct ses_transfer *t)
{
    ses_lines_free(&t->lines);
    ses_head_free(&t->head);
    ses_sbuf_wipe(&t->content);
}

void ses_transfer_refuse(struct ses_transfer *t, const char *code,
                         const char *why)
{
    t->state = SES_DONE;
    t->failed = 1;
    t->failure.sent = SES_SENT_NONE;
    t->failure.stale = 0;
    ses_failure_set(&t->failure, code, "%s", why);
}

/* Why the request cannot be sent, or null. */
static const char *objection(const struct ses_transfer *t,
                             const struct ses_request *r)
{
    if (!ses_is_token(r->method, r->method_len))
        return "the method is empty or has a character that is not allowed "
               "there";
    if (r->body_len && strcmp(r->method, "HEAD") == 0)
        return "a HEAD request has no body";
    if (t->lines.fault[0])
        return t->lines.fault;
    if (!ses_lines_length_agrees(&t->lines, r->body_len))
        return "the header Content-Length is not the length of the body";
    return NULL;
}

int ses_transfer_prepare(struct ses_transfer *t,
                         const struct ses_settings *settings,
                         const struct ses_request *r)
{
    struct ses_circumstances *c = &t->circumstances;
    const char *why = NULL;

    if (ses_origin_read(&t->origin, r->url, r->url_len, &why) ==
        SES_ORIGIN_SCHEME) {
        ses_transfer_refuse(t, "UnsupportedProtocol",
                            "the URL does not begin with https:// or http://");
        return -1;
    }
    if (!why)
        why = objection(t, r);
    t->proxied =
        !why && settings->proxy && !ses_origin_is_local(t->origin.host);
    if (t->proxied)
        why = ses_origin_read_proxy(t->proxy, settings->proxy);
    if (why) {
        ses_transfer_refuse(t, "InvalidRequest", why);
        return -1;
    }
    c->peer = t->origin.shown;
    c->proxy = t->proxy;
    c->detail = t->detail;
    c->connect_ms = settings->connect_ms;
    c->timeout_ms = r->timeout_ms;
    c->idle_ms = settings->idle_ms;
    c->max_response_bytes = settings->max_response_bytes;
    t->body = r->body;
    t->body_len = r->body_len;
    return 0;
}

size_t ses_transfer_read(struct ses_transfer *t, char *to, size_t size)
{
    size_t left = t->body_len - t->body_read;

    if (size > left)
        size = left;
    if (size)
        memcpy(to, t->body + t->body_read, size);
    t->body_read += size;
    return size;
}

int ses_transfer_write(struct ses_transfer *t, const char *from, size_t len)
{
    ses_sbuf_add(&t->content, from, len);
    return t->content.error ? -1 : 0;
}

long long ses_transfer_patience(struct ses_transfer *t, long long moved,
                                long long now)
{
    long long left;

    if (!t->issued)
        return LLONG_MAX;
    if (moved != t->moved) {
        t->moved = moved;
        t->moved_at = now;
    }
    /* Both times are rounded down: one more, and it is never too early. */
    left = t->moved_at + t->circumstances.idle_ms + 1 - now;
    t->silent = left <= 0;
    return left;
}

static enum ses_sent sent(const struct ses_transfer *t)
{
    if (!t->issued)
        return SES_SENT_NONE;
    /* Somebody who answers early can have acted on a part of it. */
    return t->head.seen || t->body_read == t->body_len ? SES_SENT_ALL
                                                       : SES_SENT_PART;
}

static int is_stale(const struct ses_transfer *t, enum ses_end end)
{
    return t->issued && !t->connecting && !t->head.seen &&
           (end == SES_END_NO_ANSWER || end == SES_END_BROKEN);
}

/* What the response says against itself, or else end. */
static enum ses_end judge(const struct ses_transfer *t, enum ses_end end)
{
    if (t->content.error)
        return t->content.error == SES_SBUF_FULL ? SES_END_LONG_BODY
                                                 : SES_END_NO_MEMORY;
    switch (t->head.fault) {
    case SES_HEAD_LARGE:
        return SES_END_LONG_HEAD;
    case SES_HEAD_MALFORMED:
        return SES_END_BAD_HEAD;
    case SES_HEAD_NOMEMORY:
        return SES_END_NO_MEMORY;
    default:
        break;
    }
    /* libcurl 7.88 is content with half a head. */
    if (end == SES_END_WELL && !t->head.complete)
        return SES_END_CUT_SHORT;
    if (end == SES_END_WELL && t->head.status < 200)
        return SES_END_NO_FINAL_RESPONSE;
    return end;
}

void ses_transfer_finish(struct ses_transfer *t, enum ses_end end)
{
    t->state = SES_DONE;
    end = judge(t, end);
    if (end == SES_END_WELL)
        return;
    t->failed = 1;
    t->failure.sent = sent(t);
    t->failure.stale = is_stale(t, end);
    ses_failure_explain(&t->failure, end, &t->circumstances);
}
