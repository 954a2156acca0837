/*
 * Questions to name servers, through c-ares.
 *
 * A question has a channel of its own, so that nothing outlives it: no socket,
 * no thread, nothing that a fork could share.
 */
#ifndef SES_DNS_H
#define SES_DNS_H

#include "dnsmsg.h"
#include "sbuf.h"

#pragma GCC visibility push(hidden)

enum { SES_DNS_SERVERS = 8, SES_DNS_TRIES = 10, SES_DNS_MESSAGE = 65535 };

enum ses_dns_outcome {
    SES_DNS_ANSWERED, /* there is a message, whatever its RCODE */
    SES_DNS_TIMEOUT,
    SES_DNS_NETWORK, /* no server could be reached */
    SES_DNS_GARBLED, /* what came is no message */
    SES_DNS_BAD_NAME,
    SES_DNS_NO_MEMORY
};

struct ses_dns_server {
    int family;
    unsigned char address[16];
    int port;
};

/* Zeroed but for its times, it asks the servers of the system. */
struct ses_dns {
    struct ses_dns_server servers[SES_DNS_SERVERS];
    int count;
    int timeout; /* milliseconds for all of a question */
    int tries;   /* at each server */
};

/* Adds "192.0.2.1", "192.0.2.1:5353", "2001:db8::1" or "[2001:db8::1]:5353".
 * Returns 0, or -1 if it is none of them, or one too many. */
int ses_dns_add_server(struct ses_dns *d, const char *text);

/* Asks, and waits for the answer: d->timeout at most.  The message is appended
 * to reply, whose cap is SES_DNS_MESSAGE or more. */
enum ses_dns_outcome ses_dns_ask(const struct ses_dns *d, const char *name,
                                 enum ses_dns_type type,
                                 struct ses_sbuf *reply);

#pragma GCC visibility pop

#endif
