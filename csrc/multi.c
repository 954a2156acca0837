#include "multi.h"

#include "monotonic.h"
#include "pool.h"
#include "process.h"
#include "signals.h"

#include <stdlib.h>
#include <string.h>

enum { KEPT_CONNECTIONS = 2 * SES_IDLE_HANDLES, POLL_MS = 1000 };

struct ses_multi {
    CURLM *curl;
    pid_t pid;
    unsigned long last_settings_id;
    int running;
    enum { SWEEP_NOTHING, SWEEP_IDLE, SWEEP_ALL } sweep; /* before the next */
    long long last_id;
    int submitted; /* those with an id */
    struct ses_handle *ended,
        **latest; /* of them, in order; where one follows */
    int waiting;  /* how many those are */
    struct ses_pool pool;
};

int ses_multi_forked(const struct ses_multi *m)
{
    return m->pid != ses_process_id();
}

unsigned long ses_multi_settings_id(struct ses_multi *m)
{
    return ++m->last_settings_id;
}

struct ses_transfer *ses_multi_transfer(struct ses_multi *m,
                                        const struct ses_settings *settings)
{
    struct ses_handle *h = ses_pool_take(&m->pool, settings->id);

    if (!h)
        return NULL;
    h->multi = m;
    ses_transfer_reset(&h->easy.transfer, settings);
    return &h->easy.transfer;
}

/* Driving. */

/* Lines it up to be taken, if it was submitted. */
static void line_up(struct ses_handle *h)
{
    struct ses_multi *m = h->multi;

    if (!h->id)
        return;
    h->next_ended = NULL;
    *m->latest = h;
    m->latest = &h->next_ended;
    m->waiting++;
}

static void finish(struct ses_handle *h, CURLcode rc)
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
    struct ses_handle *h = (struct ses_handle *)t;
    struct ses_multi *m = h->multi;
    CURLcode rc;

    if (ses_transfer_prepare(t, settings, request) != 0)
        return;
    if (m->running == 0)
        m->sweep = SWEEP_ALL;
    else if (m->sweep == SWEEP_NOTHING)
        m->sweep = SWEEP_IDLE;
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
    struct ses_handle *h;

    for (h = m->pool.taken; h; h = h->next)
        if (h->easy.transfer.state == SES_RUNNING)
            finish(h, rc);
}

/* Ends those that have been silent for too long.  Returns wait_ms, or less if
 * another one may have been by then: libcurl does not wake up for that. */
static int end_silent(struct ses_multi *m, int wait_ms)
{
    long long now = ses_monotonic_ms();
    struct ses_handle *h;

    for (h = m->pool.taken; h; h = h->next) {
        const struct ses_transfer *t = &h->easy.transfer;
        long long left;

        if (t->state != SES_RUNNING || !t->circumstances.idle_ms)
            continue;
        left = ses_easy_patience(&h->easy, now);
        if (left <= 0)
            finish(h, CURLE_OPERATION_TIMEDOUT);
        else if (left < wait_ms)
            wait_ms = (int)left;
    }
    return wait_ms;
}

static int step(struct ses_multi *m, int wait_ms)
{
    int before = m->running;
    int left;
    CURLMcode mc;
    CURLMsg *message;

    /* Right before libcurl chooses connections for what was started. */
    if (m->sweep != SWEEP_NOTHING)
        ses_sockets_end_stale(&m->pool.sockets, m->sweep == SWEEP_ALL);
    m->sweep = SWEEP_NOTHING;
    mc = curl_multi_perform(m->curl, &left);
    while ((message = curl_multi_info_read(m->curl, &left)) != NULL) {
        CURLcode rc = message->data.result;
        struct ses_handle *h = NULL;

        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &h);
        if (message->msg == CURLMSG_DONE)
            finish(h, rc);
    }
    wait_ms = end_silent(m, wait_ms);
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
    struct ses_signal guard;
    int ended;

    ses_signal_block(&guard, SIGPIPE);
    ended = step(m, wait_ms);
    ses_signal_unblock(&guard);
    return ended;
}

void ses_multi_wait(struct ses_multi *m, struct ses_transfer *t)
{
    struct ses_signal guard;

    ses_signal_block(&guard, SIGPIPE);
    while (t->state == SES_RUNNING)
        step(m, POLL_MS);
    ses_signal_unblock(&guard);
}

/* Transfers that the multi handle keeps. */

long long ses_multi_next_id(struct ses_multi *m)
{
    /* Callers look at m before and after Lua allocates, which can close it.
     * cppcheck-suppress ctunullpointer */
    return ++m->last_id;
}

void ses_multi_submit(struct ses_transfer *t, long long id,
                      const struct ses_settings *settings,
                      const struct ses_request *request)
{
    struct ses_handle *h = (struct ses_handle *)t;

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

int ses_multi_await(struct ses_multi *m, int wait_ms)
{
    struct ses_signal guard;
    long long end = 0, left = m->waiting ? 0 : wait_ms;

    ses_signal_block(&guard, SIGPIPE);
    if (left > POLL_MS)
        left = POLL_MS;
    if (left)
        end = ses_monotonic_ms() + left;
    while (m->running) {
        step(m, (int)left);
        if (left == 0 || m->waiting)
            break;
        left = end - ses_monotonic_ms();
        if (left < 0)
            left = 0;
    }
    ses_signal_unblock(&guard);
    return m->waiting;
}

/* Takes h out of the line, where it is the one that link leads to. */
static void leave_line(struct ses_multi *m, struct ses_handle **link)
{
    struct ses_handle *h = *link;

    *link = h->next_ended;
    if (m->latest == &h->next_ended)
        m->latest = link;
    m->waiting--;
}

static struct ses_transfer *hand_over(struct ses_multi *m, struct ses_handle *h)
{
    h->id = 0;
    m->submitted--;
    return &h->easy.transfer;
}

struct ses_transfer *ses_multi_take(struct ses_multi *m, long long *id)
{
    struct ses_handle *h = m->ended;

    if (!h)
        return NULL;
    *id = h->id;
    leave_line(m, &m->ended);
    return hand_over(m, h);
}

int ses_multi_cancel(struct ses_multi *m, long long id)
{
    struct ses_handle **link = &m->ended;
    struct ses_handle *h = m->pool.taken;

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
static void detach(struct ses_handle *h)
{
    if (h->easy.transfer.state == SES_RUNNING)
        finish(h, CURLE_ABORTED_BY_CALLBACK);
    ses_pool_remove(&h->multi->pool, h);
    h->multi = NULL;
    curl_easy_cleanup(h->easy.curl);
    h->easy.curl = NULL;
}

/* The same in a child process: libcurl's part is the parent's, and stays. */
static void detach_forked(struct ses_handle *h)
{
    if (h->easy.transfer.state == SES_RUNNING)
        ses_transfer_finish(&h->easy.transfer, SES_END_BROKEN);
    ses_pool_remove(&h->multi->pool, h);
    h->multi = NULL;
    h->easy.curl = NULL;
}

/* A handle whose transfer failed is not used again: libcurl keeps state in it
 * that curl_easy_reset leaves, such as the order to rewind before it sends. */
static int is_reusable(const struct ses_handle *h)
{
    return h->easy.transfer.state != SES_RUNNING && !h->easy.transfer.failed &&
           h->multi->pool.idle_count < SES_IDLE_HANDLES;
}

void ses_multi_release(struct ses_transfer *t)
{
    struct ses_handle *h = (struct ses_handle *)t;
    struct ses_multi *m = h->multi;
    struct ses_signal guard;

    if (m && is_reusable(h)) {
        ses_pool_rest(&m->pool, h);
        return;
    }
    if (m && ses_multi_forked(m)) {
        detach_forked(h);
    } else if (m) {
        ses_signal_block(&guard, SIGPIPE);
        detach(h);
        ses_signal_unblock(&guard);
    }
    ses_handle_free(h);
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
    m->pid = ses_process_id();
    m->latest = &m->ended;
    curl_multi_setopt(m->curl, CURLMOPT_MAXCONNECTS, (long)KEPT_CONNECTIONS);
    return m;
}

void ses_multi_free(struct ses_multi *m)
{
    int forked = ses_multi_forked(m);
    struct ses_signal guard;

    ses_signal_block(&guard, SIGPIPE);
    while (m->pool.taken) {
        struct ses_handle *h = m->pool.taken;
        int is_ours = h->id != 0;

        h->id = 0; /* there is no line to join any more */
        (forked ? detach_forked : detach)(h);
        if (is_ours)
            ses_handle_free(h);
    }
    while (m->pool.idle_count > 0) {
        struct ses_handle *h = m->pool.idle[--m->pool.idle_count];

        if (forked)
            h->easy.curl = NULL;
        ses_handle_free(h);
    }
    if (!forked)
        curl_multi_cleanup(m->curl);
    ses_sockets_abandon(&m->pool.sockets);
    ses_signal_unblock(&guard);
    free(m);
}
