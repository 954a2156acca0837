/* DNS messages: the records of the answer section, read without trusting a
 * byte of them. */
#ifndef SES_DNSMSG_H
#define SES_DNSMSG_H

#include <stddef.h>

#pragma GCC visibility push(hidden)

enum ses_dns_type {
    SES_DNS_A = 1,
    SES_DNS_CNAME = 5,
    SES_DNS_MX = 15,
    SES_DNS_TXT = 16
};

enum {
    SES_DNS_NAME = 4 * 255 + 1, /* a name as text, each byte escaped, and 0 */
    SES_DNS_RECORDS = 256       /* more than this in one answer are refused */
};

enum ses_dns_read { SES_DNS_BROKEN = -1, SES_DNS_END, SES_DNS_RECORD };

/* Names have no dot at their end and escapes as in zone files (\. and \ddd);
 * the root is "". */
struct ses_dns_record {
    unsigned type;
    unsigned long ttl;
    unsigned preference;       /* of an MX record */
    const unsigned char *data; /* of an A or a TXT record, in the message */
    size_t len;
    char name[SES_DNS_NAME];
    char host[SES_DNS_NAME]; /* of an MX or a CNAME record */
};

struct ses_dns_reader {
    const unsigned char *bytes;
    size_t len;
    size_t at;
    unsigned left;
};

/* Begins to read a message, which must outlive r.  Returns its RCODE, or
 * SES_DNS_BROKEN. */
int ses_dns_read(struct ses_dns_reader *r, const void *bytes, size_t len);

/* Reads up to the next answer of class IN and a type that is known above. */
enum ses_dns_read ses_dns_next(struct ses_dns_reader *r,
                               struct ses_dns_record *record);

/* The next string of a TXT record's data from *at on: its length, and *at
 * behind it; or -1 where there is none. */
int ses_dns_string(const struct ses_dns_record *record, size_t *at,
                   const unsigned char **string);

#pragma GCC visibility pop

#endif
