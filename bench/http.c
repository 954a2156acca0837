/* libcurl as a C program uses it at its simplest. */
#include "bench.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

struct bench_curl {
    CURL *easy;
    struct curl_slist *headers;
    long connections;
    char problem[CURL_ERROR_SIZE];
};

static size_t on_body(char *data, size_t size, size_t n, void *user)
{
    (void)data;
    (void)user;
    return size * n;
}

static int add_header(struct bench_curl *c, const char *line)
{
    struct curl_slist *list = curl_slist_append(c->headers, line);

    if (list)
        c->headers = list;
    return list ? 0 : -1;
}

static int set_request(struct bench_curl *c, const char *method,
                       const char *url, const char *body, size_t len)
{
    CURL *e = c->easy;

    return curl_easy_setopt(e, CURLOPT_URL, url) ||
           curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE, (long)len) ||
           curl_easy_setopt(e, CURLOPT_COPYPOSTFIELDS, body) ||
           curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, method) ||
           curl_easy_setopt(e, CURLOPT_HTTPHEADER, c->headers) ||
           curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body) ||
           curl_easy_setopt(e, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1) ||
           curl_easy_setopt(e, CURLOPT_PROXY, "") ||
           curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L) ||
           curl_easy_setopt(e, CURLOPT_ERRORBUFFER, c->problem);
}

struct bench_curl *bench_curl_new(const char *method, const char *url,
                                  const char *const *headers, const char *body,
                                  size_t len)
{
    struct bench_curl *c = calloc(1, sizeof *c);
    int failed;

    if (!c)
        return NULL;
    c->easy = curl_easy_init();
    failed = !c->easy;
    for (; !failed && *headers; headers++)
        failed = add_header(c, *headers) != 0;
    if (failed || set_request(c, method, url, body, len) != 0) {
        bench_curl_free(c);
        return NULL;
    }
    return c;
}

void bench_curl_free(struct bench_curl *c)
{
    if (!c)
        return;
    curl_easy_cleanup(c->easy);
    curl_slist_free_all(c->headers);
    free(c);
}

const char *bench_curl_run(struct bench_curl *c, unsigned long n)
{
    long status = 0, opened = 0;

    while (n--) {
        if (curl_easy_perform(c->easy) != CURLE_OK)
            return *c->problem ? c->problem : "the request failed";
        curl_easy_getinfo(c->easy, CURLINFO_NUM_CONNECTS, &opened);
        c->connections += opened;
    }
    curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &status);
    return status == 200 ? NULL : "the answer is not a 200";
}

long bench_curl_connections(const struct bench_curl *c)
{
    return c->connections;
}

struct bench_multi {
    CURLM *multi;
    int count;
    unsigned long left; /* to be started */
    struct bench_curl **curl;
};

void bench_multi_free(struct bench_multi *m)
{
    int i;

    if (!m)
        return;
    for (i = 0; m->curl && i < m->count; i++)
        bench_curl_free(m->curl[i]);
    curl_multi_cleanup(m->multi);
    free(m->curl);
    free(m);
}

struct bench_multi *bench_multi_new(const char *method, const char *url,
                                    const char *const *headers,
                                    const char *body, size_t len, int in_flight)
{
    struct bench_multi *m = calloc(1, sizeof *m);
    int i, failed;

    if (!m)
        return NULL;
    m->multi = curl_multi_init();
    m->curl = calloc((size_t)in_flight, sizeof *m->curl);
    failed = !m->multi || !m->curl;
    for (i = 0; !failed && i < in_flight; i++) {
        m->curl[i] = bench_curl_new(method, url, headers, body, len);
        m->count = i + 1;
        failed = !m->curl[i];
    }
    if (!failed)
        failed = curl_multi_setopt(m->multi, CURLMOPT_MAXCONNECTS,
                                   (long)in_flight) != CURLM_OK;
    for (i = 0; !failed && i < in_flight; i++)
        failed = curl_easy_setopt(m->curl[i]->easy, CURLOPT_PRIVATE,
                                  m->curl[i]) != CURLE_OK;
    if (failed) {
        bench_multi_free(m);
        return NULL;
    }
    return m;
}

/* Takes one that ended; starts it again where more are to be made. */
static const char *take(struct bench_multi *m, CURLMsg *message)
{
    CURL *easy = message->easy_handle;
    CURLcode rc = message->data.result;
    struct bench_curl *c = NULL;
    long status = 0, opened = 0;

    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &c);
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &opened);
    curl_multi_remove_handle(m->multi, easy);
    if (rc != CURLE_OK)
        return *c->problem ? c->problem : "a request failed";
    if (status != 200)
        return "the answer is not a 200";
    c->connections += opened;
    if (m->left) {
        m->left--;
        curl_multi_add_handle(m->multi, easy);
    }
    return NULL;
}

const char *bench_multi_run(struct bench_multi *m, unsigned long n)
{
    const char *problem = NULL;
    int running = 1, queued, i;

    m->left = n;
    for (i = 0; i < m->count && m->left; i++, m->left--)
        curl_multi_add_handle(m->multi, m->curl[i]->easy);
    while (running && !problem) {
        CURLMsg *message;
        int ended = 0;

        curl_multi_perform(m->multi, &running);
        while (!problem &&
               (message = curl_multi_info_read(m->multi, &queued)) != NULL) {
            problem = take(m, message);
            ended = 1;
        }
        if (ended)
            running = 1; /* perhaps of those that were started again */
        else if (running)
            curl_multi_poll(m->multi, NULL, 0, 1000, NULL);
    }
    return problem;
}

long bench_multi_connections(const struct bench_multi *m)
{
    long sum = 0;
    int i;

    for (i = 0; i < m->count; i++)
        sum += m->curl[i]->connections;
    return sum;
}
