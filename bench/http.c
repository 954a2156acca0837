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
