#include "dnsmsg.h"

enum {
    HEADER = 12,
    LABEL_MAX = 63,
    WIRE_NAME_MAX = 255,
    POINTER = 0xc0,
    CLASS_IN = 1,
    RECORD_HEAD = 10 /* type, class, TTL, length */
};

static unsigned get16(const unsigned char *p)
{
    return (unsigned)p[0] << 8 | p[1];
}

/* Appends a label's byte as zone files have it; out has room. */
static size_t escape(unsigned char c, char *out)
{
    if (c == '.' || c == '\\') {
        out[0] = '\\';
        out[1] = (char)c;
        return 2;
    }
    if (c > ' ' && c < 127) {
        out[0] = (char)c;
        return 1;
    }
    out[0] = '\\';
    out[1] = (char)('0' + c / 100);
    out[2] = (char)('0' + c / 10 % 10);
    out[3] = (char)('0' + c % 10);
    return 4;
}

/*
 * Reads the name at *at of the first end bytes as text into out, and moves *at
 * behind it.  Returns 0, or -1 if it is none.
 *
 * A pointer leads to an earlier place than the one that it was reached from,
 * so that there is an end to them.
 */
static int read_name(const struct ses_dns_reader *r, size_t *at, size_t end,
                     char *out)
{
    size_t p = *at, start = p, wire = 1, text = 0;
    int jumped = 0;

    for (;;) {
        size_t i, n;

        if (p >= end)
            return -1;
        n = r->bytes[p];
        if ((n & POINTER) == POINTER) {
            size_t target;

            if (end - p < 2)
                return -1;
            target = get16(r->bytes + p) & 0x3fff;
            if (target >= start)
                return -1;
            if (!jumped)
                *at = p + 2;
            jumped = 1;
            end = r->len;
            p = start = target;
            continue;
        }
        if (n > LABEL_MAX || n >= end - p)
            return -1;
        if (n == 0)
            break;
        wire += n + 1;
        if (wire > WIRE_NAME_MAX)
            return -1;
        if (text)
            out[text++] = '.';
        for (i = 1; i <= n; i++)
            text += escape(r->bytes[p + i], out + text);
        p += n + 1;
    }
    if (!jumped)
        *at = p + 1;
    out[text] = '\0';
    return 0;
}

int ses_dns_read(struct ses_dns_reader *r, const void *bytes, size_t len)
{
    char ignored[SES_DNS_NAME];
    unsigned questions;

    r->bytes = bytes;
    r->len = len;
    r->at = HEADER;
    if (len < HEADER)
        return SES_DNS_BROKEN;
    questions = get16(r->bytes + 4);
    r->left = get16(r->bytes + 6);
    if (r->left > SES_DNS_RECORDS)
        return SES_DNS_BROKEN;
    for (; questions > 0; questions--) {
        if (read_name(r, &r->at, len, ignored) != 0 || len - r->at < 4)
            return SES_DNS_BROKEN;
        r->at += 4;
    }
    return r->bytes[3] & 0xf;
}

/* Checks a TXT record: strings that fill it, one at least. */
static int check_strings(const struct ses_dns_record *record)
{
    size_t at = 0;

    if (record->len == 0)
        return -1;
    while (at < record->len) {
        size_t n = record->data[at];

        if (n >= record->len - at)
            return -1;
        at += n + 1;
    }
    return 0;
}

/* The data of a record, which ends at end. */
static int read_data(const struct ses_dns_reader *r, size_t end,
                     struct ses_dns_record *record)
{
    size_t at = r->at;

    record->data = r->bytes + at;
    record->len = end - at;
    record->host[0] = '\0';
    record->preference = 0;
    switch (record->type) {
    case SES_DNS_A:
        return record->len == 4 ? 0 : -1;
    case SES_DNS_TXT:
        return check_strings(record);
    case SES_DNS_MX:
        if (record->len < 3)
            return -1;
        record->preference = get16(record->data);
        at += 2;
        break;
    default:
        break;
    }
    if (read_name(r, &at, end, record->host) != 0 || at != end)
        return -1;
    return 0;
}

static int is_known(unsigned type)
{
    return type == SES_DNS_A || type == SES_DNS_CNAME || type == SES_DNS_MX ||
           type == SES_DNS_TXT;
}

enum ses_dns_read ses_dns_next(struct ses_dns_reader *r,
                               struct ses_dns_record *record)
{
    while (r->left > 0) {
        const unsigned char *head;
        size_t end;
        int wanted;

        r->left--;
        if (read_name(r, &r->at, r->len, record->name) != 0 ||
            r->len - r->at < RECORD_HEAD)
            return SES_DNS_BROKEN;
        head = r->bytes + r->at;
        r->at += RECORD_HEAD;
        record->type = get16(head);
        record->ttl = (unsigned long)get16(head + 4) << 16 | get16(head + 6);
        if (get16(head + 8) > r->len - r->at)
            return SES_DNS_BROKEN;
        end = r->at + get16(head + 8);
        wanted = is_known(record->type) && get16(head + 2) == CLASS_IN;
        if (wanted && read_data(r, end, record) != 0)
            return SES_DNS_BROKEN;
        r->at = end;
        if (wanted)
            return SES_DNS_RECORD;
    }
    return SES_DNS_END;
}

int ses_dns_string(const struct ses_dns_record *record, size_t *at,
                   const unsigned char **string)
{
    int n;

    if (*at >= record->len)
        return -1;
    n = record->data[*at];
    *string = record->data + *at + 1;
    *at += (size_t)n + 1;
    return n;
}
