/* The origin of a URL (RFC 6454): scheme, host and port. */
#ifndef SES_ORIGIN_H
#define SES_ORIGIN_H

#include <stddef.h>

#pragma GCC visibility push(hidden)

enum { SES_HOST_BYTES = 255, SES_SHOWN_BYTES = SES_HOST_BYTES + 10 };

struct ses_origin {
    int secure;                    /* https */
    char host[SES_HOST_BYTES + 1]; /* an IPv6 address without brackets */
    char port[6];
    /* "host:port" with the brackets that an IPv6 address needs: safe to show,
     * there is no user, path or query in it */
    char shown[SES_SHOWN_BYTES];
};

enum ses_origin_fault {
    SES_ORIGIN_OK,
    SES_ORIGIN_SCHEME, /* neither http nor https */
    SES_ORIGIN_BAD     /* what is wrong is in *why */
};

/* Reads the origin of an absolute http or https URL and checks every byte of
 * it.  Stricter than libcurl, so that both see the same host. */
enum ses_origin_fault ses_origin_read(struct ses_origin *o, const char *url,
                                      size_t len, const char **why);

/* Whether host is this machine or a link-local service that hands out
 * credentials: such a request must never reach a proxy. */
int ses_origin_is_local(const char *host);

/* Copies what may be shown of a proxy's URL, its host and port.  Returns null,
 * or why libcurl would not take it. */
const char *ses_origin_read_proxy(char shown[SES_SHOWN_BYTES], const char *url);

#pragma GCC visibility pop

#endif
