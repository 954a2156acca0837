/* Why a request failed, for programs and for people. */
#ifndef SES_FAILURE_H
#define SES_FAILURE_H

#include <stddef.h>

#pragma GCC visibility push(hidden)

/* How much of a request left this machine.  Where it cannot be known it is
 * the larger one. */
enum ses_sent {
    SES_SENT_NONE, /* no connection was ready: not a byte */
    SES_SENT_PART, /* libcurl never asked for the last byte of the body */
    SES_SENT_ALL
};

struct ses_failure {
    const char *code; /* a stable word */
    int timeout;      /* a time limit was reached */
    enum ses_sent sent;
    int stale; /* a kept connection ended without a byte of an answer */
    char message[512];
};

/* How a transfer can end. */
enum ses_end {
    SES_END_WELL,
    SES_END_NO_HOST,
    SES_END_NO_PROXY_HOST,
    SES_END_NO_CONNECTION,
    SES_END_UNTRUSTED, /* the certificate's issuer is not known */
    SES_END_INVALID_CERTIFICATE,
    SES_END_BAD_CA_BUNDLE,
    SES_END_NO_TLS,
    SES_END_PROXY_REFUSED,
    SES_END_CONNECT_TIMEOUT,
    SES_END_TIMEOUT,
    SES_END_SILENCE,   /* for longer than the peer is allowed */
    SES_END_NO_ANSWER, /* the connection ended before the response */
    SES_END_CUT_SHORT, /* in its middle */
    SES_END_BROKEN,    /* otherwise */
    SES_END_NOT_HTTP,
    SES_END_LONG_BODY,
    SES_END_LONG_HEAD,
    SES_END_BAD_HEAD,
    SES_END_NO_FINAL_RESPONSE,
    SES_END_NO_MEMORY
};

/* What the words depend on. */
struct ses_circumstances {
    const char *peer;   /* "host:port" */
    const char *proxy;  /* likewise, or "" */
    const char *detail; /* libcurl's own words, or "" */
    int error;          /* an errno, or 0 */
    long proxy_status;  /* what the proxy answered to CONNECT, or 0 */
    long connect_ms, timeout_ms, idle_ms;
    size_t max_response_bytes;
};

/* Fills f but for its sent and stale. */
void ses_failure_explain(struct ses_failure *f, enum ses_end end,
                         const struct ses_circumstances *c);

/* The same in words that the caller chooses. */
void ses_failure_set(struct ses_failure *f, const char *code,
                     const char *format, ...)
#ifdef __GNUC__
    __attribute__((format(printf, 3, 4)))
#endif
    ;

#pragma GCC visibility pop

#endif
