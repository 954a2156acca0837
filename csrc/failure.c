#include "failure.h"

#include "fields.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

void ses_failure_set(struct ses_failure *f, const char *code,
                     const char *format, ...)
{
    va_list args;
    char *p;

    f->code = code;
    f->timeout = 0;
    va_start(args, format);
    vsnprintf(f->message, sizeof f->message, format, args);
    va_end(args);
    /* Some of it can come from the peer. */
    for (p = f->message; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = '?';
}

/* strerror is not thread safe everywhere, and speaks the user's language. */
static const char *reason(const struct ses_circumstances *c)
{
    switch (c->error) {
    case ECONNREFUSED:
        return "connection refused";
    case ECONNRESET:
        return "connection reset";
    case ENETUNREACH:
        return "network unreachable";
    case EHOSTUNREACH:
        return "host unreachable";
    case EMFILE:
    case ENFILE:
        return "too many open files";
    default:
        /* libcurl's own words can repeat the proxy's URL, password included */
        return c->detail[0] && !c->proxy[0] ? c->detail : "unknown reason";
    }
}

static void explain_connecting(struct ses_failure *f, enum ses_end end,
                               const struct ses_circumstances *c)
{
    switch (end) {
    case SES_END_NO_HOST:
        ses_failure_set(f, "NameResolution",
                        "the name of %s does not resolve: check the region, "
                        "the endpoint and the network",
                        c->peer);
        break;
    case SES_END_NO_PROXY_HOST:
        ses_failure_set(f, "NameResolution",
                        "the name of the proxy %s does not resolve", c->proxy);
        break;
    case SES_END_UNTRUSTED:
        ses_failure_set(f, "TLSVerification",
                        "the certificate of %s is not trusted: %s; set "
                        "ca_bundle to a PEM file with its CA's certificate",
                        c->peer, c->detail);
        break;
    case SES_END_INVALID_CERTIFICATE:
        ses_failure_set(f, "TLSVerification",
                        "the certificate of %s is not valid: %s", c->peer,
                        c->detail);
        break;
    case SES_END_BAD_CA_BUNDLE:
        ses_failure_set(f, "CABundle",
                        "ca_bundle does not name a readable file of PEM "
                        "certificates");
        break;
    case SES_END_NO_TLS:
        ses_failure_set(f, "TLSHandshake", "no TLS connection to %s: %s",
                        c->peer, c->detail);
        break;
    case SES_END_PROXY_REFUSED:
        ses_failure_set(f, "ProxyFailure",
                        "the proxy %s does not connect to %s (HTTP status "
                        "%ld)",
                        c->proxy, c->peer, c->proxy_status);
        break;
    default:
        ses_failure_set(
            f,
            c->error == ECONNREFUSED ? "ConnectionRefused" : "ConnectionFailed",
            "no connection to %s%s: %s", c->proxy[0] ? "the proxy " : "",
            c->proxy[0] ? c->proxy : c->peer, reason(c));
    }
}

static void explain_response(struct ses_failure *f, enum ses_end end,
                             const struct ses_circumstances *c)
{
    switch (end) {
    case SES_END_NO_ANSWER:
        ses_failure_set(f, "ConnectionClosed",
                        "%s closed the connection without an answer", c->peer);
        break;
    case SES_END_CUT_SHORT:
        ses_failure_set(f, "ConnectionClosed",
                        "%s closed the connection in the middle of its "
                        "response%s%s",
                        c->peer, c->detail[0] ? ": " : "", c->detail);
        break;
    case SES_END_NOT_HTTP:
        ses_failure_set(f, "BadResponse", "%s does not answer in HTTP/1.1: %s",
                        c->peer, c->detail);
        break;
    case SES_END_LONG_BODY:
        ses_failure_set(f, "ResponseTooLarge",
                        "the response of %s is longer than "
                        "max_response_bytes, %lu",
                        c->peer, (unsigned long)c->max_response_bytes);
        break;
    case SES_END_LONG_HEAD:
        ses_failure_set(f, "ResponseTooLarge",
                        "the response of %s has more than %d bytes of headers, "
                        "or more than %d headers",
                        c->peer, SES_FIELDS_BYTES, SES_RESPONSE_FIELDS);
        break;
    case SES_END_BAD_HEAD:
        ses_failure_set(f, "BadResponse",
                        "the response of %s has a malformed header", c->peer);
        break;
    case SES_END_NO_FINAL_RESPONSE:
        ses_failure_set(f, "BadResponse", "%s sent no final response", c->peer);
        break;
    default:
        ses_failure_set(f, "ConnectionClosed", "the connection to %s broke: %s",
                        c->peer, reason(c));
    }
}

void ses_failure_explain(struct ses_failure *f, enum ses_end end,
                         const struct ses_circumstances *c)
{
    switch (end) {
    case SES_END_NO_MEMORY:
        ses_failure_set(f, "OutOfMemory", "no memory for a request to %s",
                        c->peer);
        break;
    case SES_END_CONNECT_TIMEOUT:
        ses_failure_set(f, "ConnectTimeout",
                        "no connection to %s%s within %ld ms: check the "
                        "network and the endpoint",
                        c->proxy[0] ? "the proxy " : "",
                        c->proxy[0] ? c->proxy : c->peer, c->connect_ms);
        f->timeout = 1;
        break;
    case SES_END_TIMEOUT:
        ses_failure_set(f, "AttemptTimeout",
                        "no complete response of %s within %ld ms", c->peer,
                        c->timeout_ms);
        f->timeout = 1;
        break;
    case SES_END_SILENCE:
        ses_failure_set(f, "AttemptTimeout",
                        "nothing came from or went to %s for %ld ms", c->peer,
                        c->idle_ms);
        f->timeout = 1;
        break;
    case SES_END_NO_ANSWER:
    case SES_END_CUT_SHORT:
    case SES_END_BROKEN:
    case SES_END_NOT_HTTP:
    case SES_END_LONG_BODY:
    case SES_END_LONG_HEAD:
    case SES_END_BAD_HEAD:
    case SES_END_NO_FINAL_RESPONSE:
        explain_response(f, end, c);
        break;
    default:
        explain_connecting(f, end, c);
    }
}
