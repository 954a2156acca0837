/*
 * What the library is measured against: each function does one thing n times,
 * with the least that can do it, and knows nothing of Lua.
 */
#ifndef SES_BENCH_H
#define SES_BENCH_H

#include "sigv4.h"

/* --- signing --- */

/* What a signature hashes: two digests and one MAC. */
struct bench_texts {
    struct ses_str body, canonical, string; /* string to sign */
};

/* OpenSSL alone, with contexts that are made once and reused.  Returns 0, or
 * -1 where it refuses. */
int bench_sign_floor(const struct bench_texts *texts, unsigned long n);

/* A request of API v1 as the core signs it. */
struct bench_request {
    struct ses_str body, host, content_type;
    const char *time; /* "20150830T123600Z" */
    struct ses_sigv4_key key;
};

/* The core's own steps: hash of the body, canonical request, string to sign,
 * signature, with a signer whose key is cached.  Leaves the signature in out.
 * Returns 0, or -1. */
int bench_sign_core(const struct bench_request *request, unsigned long n,
                    struct ses_signature *out);

/* --- XML --- */

/* Expat alone, with handlers that do nothing: a parser per document, or one
 * that is reset.  Returns how many elements one document has, or -1. */
long bench_expat(const char *xml, size_t len, int reset, unsigned long n);

/* --- HTTP --- */

/* One easy handle that keeps its connection; every request is the same. */
struct bench_curl;

/* headers end with a null pointer; everything is copied.  Null where memory is
 * missing. */
struct bench_curl *bench_curl_new(const char *method, const char *url,
                                  const char *const *headers, const char *body,
                                  size_t len);
void bench_curl_free(struct bench_curl *c);

/* Returns null, or what is wrong: every answer must be a 200. */
const char *bench_curl_run(struct bench_curl *c, unsigned long n);

/* How many connections it has opened. */
long bench_curl_connections(const struct bench_curl *c);

/* Several of these on one multi handle. */
struct bench_multi;

/* As bench_curl_new, with in_flight easy handles. */
struct bench_multi *bench_multi_new(const char *method, const char *url,
                                    const char *const *headers,
                                    const char *body, size_t len,
                                    int in_flight);
void bench_multi_free(struct bench_multi *m);

/* Makes n requests, as many at a time as there are handles.  Returns null, or
 * what is wrong. */
const char *bench_multi_run(struct bench_multi *m, unsigned long n);

/* How many connections they have opened. */
long bench_multi_connections(const struct bench_multi *m);

#endif
