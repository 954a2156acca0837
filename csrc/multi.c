#include "multi.h"

#include "easy.h"
#include "process.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* As many as were once under way at a time stay, up to these. */
enum { IDLE_HANDLES = 128, KEPT_CONNECTIONS = 256, POLL_MS = 1000 };

/* A transfer, its easy handle and its place in the multi handle. */
struct handle {
    struct ses_easy easy;       /* first: one pointer serves for all three */
    struct ses_multi *multi;    /* null when that is gone */
    struct handle *next, *prev; /* among those that are not idle */
    long long id;               /* 0: somebody else holds the transfer */
    struct handle *next_ended;
};

struct ses_multi {
    CURLM *curl;
    pid_t pid;
    unsigned long last_settings_id;
    int running;
    long long last_id;
    int submitted;                  /* those with an id */
    struct handle *ended, **latest; /* of them, in order; where one follows */
    int waiting;                    /* how many those are */
    struct handle *taken;
    struct handle *idle[IDLE_HANDLES]; /* the latest last */
    int idle_count;
    struct ses_sockets sockets;
};

int ses_multi_forked(const struct ses_multi *m)
{
    return m->pid != getpid();
}

unsigned long ses_multi_settings_id(struct ses_multi *m)
{
    return ++m->last_settings_id;
}

/* The pool. */

static void push_taken(struct ses_multi *m, struct handle *h)
{
    h->prev = NULL;
    h->next = m->taken;
    if (h->next)
        h->next->prev = h;
    m->taken = h;
}

static void remove_taken(struct ses_multi *m, struct handle *h)
{
    if (h->next)
        h->next->prev = h->prev;
    if (h->prev)
        h->prev->next = h->next;
    else
        m->taken = h->next;
}

/* Takes the latest idle handle that is set up for id, or else the latest. */
static struct handle *pop_idle(struct ses_multi *m, unsigned long id)
{
    int i = m->idle_count;
    struct handle *h;

    while (i > 0 && m->idle[i - 1]->easy.settings_id != id)
        i--;
    if (i == 0)
        i = m->idle_count;
    if (i == 0)
        return NULL;
    h = m->idle[i - 1];
    memmove(&m->idle[i - 1], &m->idle[i],
            (size_t)(m->idle_count - i) * sizeof *m->idle);
    m->idle_count--;
    return h;
}

static struct handle *new_handle(struct ses_multi *m)
{
    struct handle *h = calloc(1, sizeof *h);

    if (!h)
        return NULL;
    h->easy.curl = curl_easy_init();
    if (!h->easy.curl) {
        free(h);
        return NULL;
    }
    h->easy.sockets = &m->sockets;
    h->multi = m;
    return h;
}

static void free_handle(struct handle *h)
{
    if (h->easy.curl)
        curl_easy_cleanup(h->easy.curl);
    ses_transfer_clear(&h->easy.transfer);
    free(h);
}

struct ses_transfer *ses_multi_transfer(struct ses_multi *m,
                                        const struct ses_settings *settings)
{
    struct handle *h = pop_idle(m, settings->id);

    if (!h)
        h = new_handle(m);
    if (!h)
        return NULL;
    push_taken(m, h);
    ses_transfer_reset(&h->easy.transfer, settings);
    return &h->easy.transfer;
}

/* Driving. */

/* Lines it up to be taken, if it was submitted. */
static void line_up(struct handle *h)
{
    struct ses_multi *m = h->multi;

    if (!h->id)
        return;
    h->next_ended = NULL;
    *m->latest = h;
    m->latest = &h->next_ended;
    m->waiting++;
}

static void finish(struct handle *h, CURLcode rc)
{
    ses_easy_finish(&h->easy, rc);
    curl_multi_remove_handle(h->multi->curl, h->easy.curl);
    h->multi->running--;
    line_up(h);
}

void ses_multi_start(struct ses_transfer *t,
                     const struct ses_settings *settings,
                     const struct ses_request *request)
{
    struct handle *h = (struct handle *)t;
    struct ses_multi *m = h->multi;
    CURLcode rc;

    if (ses_transfer_prepare(t, settings, request) != 0)
        return;
    if (m->running == 0)
        ses_sockets_end_stale(&m->sockets);
    rc = ses_easy_configure(&h->easy, settings, request);
    if (rc == CURLE_OK &&
        curl_multi_add_handle(m->curl, h->easy.curl) != CURLM_OK)
        rc = CURLE_OUT_OF_MEMORY;
    if (rc == CURLE_OK) {
        m->running++;
        t->state = SES_RUNNING;
    } else if (rc == CURLE_OUT_OF_MEMORY) {
        ses_transfer_finish(t, SES_END_NO_MEMORY);
    } else {
        ses_transfer_refuse(t, "InvalidRequest", curl_easy_strerror(rc));
    }
}

/* libcurl gave up on all of them at once. */
static void finish_all(struct ses_multi *m, CURLcode rc)
{
    struct handle *h;

    for (h = m->taken; h; h = h->next)
        if (h->easy.transfer.state == SES_RUNNING)
            finish(h, rc);
}

static int step(struct ses_multi *m, int wait_ms)
{
    int before = m->running;
    int left;
    CURLMcode mc = curl_multi_perform(m->curl, &left);
    CURLMsg *message;

    while ((message = curl_multi_info_read(m->curl, &left)) != NULL) {
        CURLcode rc = message->data.result;
        struct handle *h = NULL;

        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &h);
        if (message->msg == CURLMSG_DONE)
            finish(h, rc);
    }
    /* Not after something ended: there may be nothing to wait for. */
    if (mc == CURLM_OK && m->running == before && m->running && wait_ms)
        mc = curl_multi_poll(m->curl, NULL, 0, wait_ms, NULL);
    if (mc != CURLM_OK)
        finish_all(m, mc == CURLM_OUT_OF_MEMORY ? CURLE_OUT_OF_MEMORY
                                                : CURLE_RECV_ERROR);
    return before - m->running;
}

int ses_multi_step(struct ses_multi *m, int wait_ms)
{
    struct ses_sigpipe guard;
    int ended;

    ses_sigpipe_block(&guard);
    ended = step(m, wait_ms);
    ses_sigpipe_unblock(&guard);
    return ended;
}

void ses_multi_wait(struct ses_multi *m, struct ses_transfer *t)
{
    struct ses_sigpipe guard;

    ses_sigpipe_block(&guard);
    while (t->state == SES_RUNNING)
        step(m, POLL_MS);
    ses_sigpipe_unblock(&guard);
}

/* Transfers that the multi handle keeps. */

long long ses_multi_next_id(struct ses_multi *m)
{
    return ++m->last_id;
}

void ses_multi_submit(struct ses_transfer *t, long long id,
                      const struct ses_settings *settings,
                      const struct ses_request *request)
{
    struct handle *h = (struct handle *)t;

    ses_multi_start(t, settings, request);
    h->id = id;
    h->multi->submitted++;
    if (t->state == SES_DONE)
        line_up(h);
}

int ses_multi_submitted(const struct ses_multi *m)
{
    return m->submitted;
}

static long long milliseconds_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int ses_multi_await(struct ses_multi *m, int wait_ms)
{
    struct ses_sigpipe guard;
    long long end = 0, left = m->waiting ? 0 : wait_ms;

    ses_sigpipe_block(&guard);
    if (left > POLL_MS)
        left = POLL_MS;
    if (left)
        end = milliseconds_now() + left;
    while (m->running) {
        step(m, (int)left);
        if (left == 0 || m->waiting)
            break;
        left = end - milliseconds_now();
        if (left < 0)
            left = 0;
    }
    ses_sigpipe_unblock(&guard);
    return m->waiting;
}

/* Takes h out of the line, where it is the one that link leads to. */
static void leave_line(struct ses_multi *m, struct handle **link)
{
    struct handle *h = *link;

    *link = h->next_ended;
    if (m->latest == &h->next_ended)
        m->latest = link;
    m->waiting--;
}

static struct ses_transfer *hand_over(struct ses_multi *m, struct handle *h)
{
    h->id = 0;
    m->submitted--;
    return &h->easy.transfer;
}

struct ses_transfer *ses_multi_take(struct ses_multi *m, long long *id)
{
    struct handle *h = m->ended;

    if (!h)
        return NULL;
    *id = h->id;
    leave_line(m, &m->ended);
    return hand_over(m, h);
}

int ses_multi_cancel(struct ses_multi *m, long long id)
{
    struct handle **link = &m->ended;
    struct handle *h = m->taken;

    while (h && h->id != id)
        h = h->next;
    if (!h || id <= 0)
        return 0;
    while (*link && *link != h)
        link = &(*link)->next_ended;
    if (*link)
        leave_line(m, link);
    ses_multi_release(hand_over(m, h));
    return 1;
}

/* Ending. */

/* Leaves the multi handle, which forgets h. */
static void detach(struct handle *h)
{
    if (h->easy.transfer.state == SES_RUNNING)
        finish(h, CURLE_ABORTED_BY_CALLBACK);
    remove_taken(h->multi, h);
    h->multi = NULL;
    curl_easy_cleanup(h->easy.curl);
    h->easy.curl = NULL;
}

/* The same in a child process: libcurl's part is the parent's, and stays. */
static void detach_forked(struct handle *h)
{
    if (h->easy.transfer.state == SES_RUNNING)
        ses_transfer_finish(&h->easy.transfer, SES_END_BROKEN);
    remove_taken(h->multi, h);
    h->multi = NULL;
    h->easy.curl = NULL;
}

/* A handle whose transfer failed is not used again: libcurl keeps state in it
 * that curl_easy_reset leaves, such as the order to rewind before it sends. */
static int is_reusable(const struct handle *h)
{
    return h->easy.transfer.state != SES_RUNNING && !h->easy.transfer.failed &&
           h->multi->idle_count < IDLE_HANDLES;
}

void ses_multi_release(struct ses_transfer *t)
{
    struct handle *h = (struct handle *)t;
    struct ses_multi *m = h->multi;
    struct ses_sigpipe guard;

    if (m && is_reusable(h)) {
        remove_taken(m, h);
        ses_transfer_clear(t);
        m->idle[m->idle_count++] = h;
        return;
    }
    if (m && ses_multi_forked(m)) {
        detach_forked(h);
    } else if (m) {
        ses_sigpipe_block(&guard);
        detach(h);
        ses_sigpipe_unblock(&guard);
    }
    free_handle(h);
}

struct ses_multi *ses_multi_new(void)
{
    struct ses_multi *m;

    if (ses_easy_start_globally() != 0)
        return NULL;
    m = calloc(1, sizeof *m);
    if (!m)
        return NULL;
    m->curl = curl_multi_init();
    if (!m->curl) {
        free(m);
        return NULL;
    }
    m->pid = getpid();
    m->latest = &m->ended;
    curl_multi_setopt(m->curl, CURLMOPT_MAXCONNECTS, (long)KEPT_CONNECTIONS);
    return m;
}

void ses_multi_free(struct ses_multi *m)
{
    int forked = ses_multi_forked(m);
    struct ses_sigpipe guard;

    ses_sigpipe_block(&guard);
    while (m->taken) {
        struct handle *h = m->taken;
        int is_ours = h->id != 0;

        h->id = 0; /* there is no line to join any more */
        (forked ? detach_forked : detach)(h);
        if (is_ours)
            free_handle(h);
    }
    while (m->idle_count > 0) {
        struct handle *h = m->idle[--m->idle_count];

        if (forked)
            h->easy.curl = NULL;
        free_handle(h);
    }
    if (!forked)
        curl_multi_cleanup(m->curl);
    ses_sockets_abandon(&m->sockets);
    ses_sigpipe_unblock(&guard);
    free(m);
}
