#include "codec.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char upper_digits[] = "0123456789ABCDEF";

static char hex_digit(int n)
{
    return (char)(n + (n < 10 ? '0' : 'a' - 10));
}

/* Arithmetic over a fixed length, which compilers turn into a few wide stores:
 * whoever hashes the digits next would wait for single bytes to reach memory,
 * a tenth of what a signature takes. */
void ses_hex(char *restrict out, const unsigned char *restrict data)
{
    int i;

    for (i = 0; i < SES_HEX_BYTES; i++) {
        out[2 * i] = hex_digit(data[i] >> 4);
        out[2 * i + 1] = hex_digit(data[i] & 15);
    }
}

void ses_hex_any(char *out, const unsigned char *data, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++) {
        *out++ = hex_digit(data[i] >> 4);
        *out++ = hex_digit(data[i] & 15);
    }
}

static int hex_value(unsigned char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

int ses_hex_decode(unsigned char *out, const char *text, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++) {
        int high = hex_value((unsigned char)text[2 * i]);
        int low = hex_value((unsigned char)text[2 * i + 1]);

        if (high < 0 || low < 0)
            return -1;
        out[i] = (unsigned char)(high << 4 | low);
    }
    return 0;
}

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void ses_base64_add(struct ses_sbuf *b, const char *data, size_t len)
{
    const unsigned char *s = (const unsigned char *)data;
    char *out;

    if (len / 3 > (size_t)-1 / 4 - 1) {
        b->error = SES_SBUF_FULL;
        return;
    }
    out = ses_sbuf_room(b, (len + 2) / 3 * 4);
    if (!out)
        return;
    b->len += (len + 2) / 3 * 4;
    for (; len >= 3; len -= 3, s += 3) {
        *out++ = base64_digits[s[0] >> 2];
        *out++ = base64_digits[(s[0] & 3) << 4 | s[1] >> 4];
        *out++ = base64_digits[(s[1] & 15) << 2 | s[2] >> 6];
        *out++ = base64_digits[s[2] & 63];
    }
    if (len) {
        unsigned second = len == 2 ? s[1] : 0;

        *out++ = base64_digits[s[0] >> 2];
        *out++ = base64_digits[(s[0] & 3) << 4 | second >> 4];
        *out++ = len == 2 ? base64_digits[(second & 15) << 2] : '=';
        *out++ = '=';
    }
}

static int base64_value(unsigned char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+')
        return 62;
    if (c == '/')
        return 63;
    return -1;
}

int ses_base64_decode(struct ses_sbuf *b, const char *text, size_t len)
{
    unsigned bits = 0;
    int held = 0, pads = 0, v;
    size_t i;

    for (i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
            continue;
        if (c == '=') {
            pads++;
            continue;
        }
        v = base64_value(c);
        if (v < 0 || pads)
            return -1;
        bits = (bits << 6 | (unsigned)v) & 0xffffff;
        if (++held == 4) {
            char bytes[3];

            bytes[0] = (char)(bits >> 16);
            bytes[1] = (char)(bits >> 8);
            bytes[2] = (char)bits;
            ses_sbuf_add(b, bytes, 3);
            held = 0;
            bits = 0;
        }
    }
    if (held == 0)
        return pads ? -1 : 0;
    if (held == 1 || held + pads != 4)
        return -1;
    bits <<= 6 * (4 - held);
    ses_sbuf_addc(b, (char)(bits >> 16));
    if (held == 3)
        ses_sbuf_addc(b, (char)(bits >> 8));
    return 0;
}

/* Whether a byte is one; messages of many megabytes are looked up here. */
static const unsigned char unreserved[256] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1, 1, 1, 0, 0, 0, 0, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 1, 0};

int ses_is_unreserved(unsigned char c)
{
    return unreserved[c];
}

void ses_percent_add(struct ses_sbuf *b, const char *data, size_t len,
                     char keep)
{
    size_t i = 0;

    while (i < len) {
        size_t start = i;
        char *out;

        while (i < len && (unreserved[(unsigned char)data[i]] ||
                           (keep && data[i] == keep)))
            i++;
        ses_sbuf_add(b, data + start, i - start);
        if (i == len)
            return;
        out = ses_sbuf_room(b, 3);
        if (!out)
            return;
        out[0] = '%';
        out[1] = upper_digits[(unsigned char)data[i] >> 4];
        out[2] = upper_digits[(unsigned char)data[i] & 15];
        b->len += 3;
        i++;
    }
}

void ses_percent_decode(struct ses_sbuf *b, const char *text, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++) {
        int high, low;

        if (text[i] == '%' && len - i > 2 &&
            (high = hex_value((unsigned char)text[i + 1])) >= 0 &&
            (low = hex_value((unsigned char)text[i + 2])) >= 0) {
            ses_sbuf_addc(b, (char)(high << 4 | low));
            i += 2;
        } else {
            ses_sbuf_addc(b, text[i]);
        }
    }
}

/* How many continuation bytes a lead byte announces and what the first of
 * them may be; overlong forms and surrogates are ruled out here. */
static int lead(unsigned char c, unsigned char *low, unsigned char *high)
{
    *low = 0x80;
    *high = 0xbf;
    if (c >= 0xc2 && c <= 0xdf)
        return 1;
    if (c >= 0xe0 && c <= 0xef) {
        if (c == 0xe0)
            *low = 0xa0;
        if (c == 0xed)
            *high = 0x9f;
        return 2;
    }
    if (c >= 0xf0 && c <= 0xf4) {
        if (c == 0xf0)
            *low = 0x90;
        if (c == 0xf4)
            *high = 0x8f;
        return 3;
    }
    return -1;
}

size_t ses_utf8_check(const char *s, size_t len)
{
    const unsigned char *p = (const unsigned char *)s;
    size_t i = 0;

    while (i < len) {
        unsigned char low, high;
        int n, k;

        if (p[i] < 0x80) {
            i++;
            continue;
        }
        n = lead(p[i], &low, &high);
        if (n < 0 || len - i <= (size_t)n || p[i + 1] < low || p[i + 1] > high)
            return i;
        for (k = 2; k <= n; k++) {
            if (p[i + (size_t)k] < 0x80 || p[i + (size_t)k] > 0xbf)
                return i;
        }
        i += (size_t)n + 1;
    }
    return len;
}

/* The point that the C library writes and reads; localeconv() is not thread
 * safe.  It may be of several bytes.  Returns its length. */
static size_t decimal_point(char out[16])
{
    char half[24];
    int n = snprintf(half, sizeof half, "%.1f", 0.5);
    size_t len = n > 2 && n < 17 ? (size_t)n - 2 : 0;

    memcpy(out, half + 1, len);
    out[len] = '\0';
    return len;
}

size_t ses_double_text(char *out, double d)
{
    char text[48], point[16];
    size_t point_len = decimal_point(point);
    int precision, n = 0;
    char *p;

    if (d == 0)
        d = 0;                                          /* not "-0" */
    if (fabs(d) <= 9007199254740992.0 && d == floor(d)) /* 2^53 */
        return (size_t)snprintf(out, 32, "%.0f", d);
    for (precision = 15; precision <= 17; precision++) {
        n = snprintf(text, sizeof text, "%.*g", precision, d);
        if (strtod(text, NULL) == d)
            break;
    }
    p = point_len ? strstr(text, point) : NULL;
    if (p) {
        *p = '.';
        memmove(p + 1, p + point_len, strlen(p + point_len) + 1);
        n -= (int)point_len - 1;
    }
    memcpy(out, text, (size_t)n + 1);
    return (size_t)n;
}

int ses_double_parse(const char *s, size_t len, double *d)
{
    char text[96], point[16], *end, *to = text;
    size_t i, point_len = decimal_point(point);

    if (len == 0 || len >= sizeof text - sizeof point)
        return -1;
    for (i = 0; i < len; i++) {
        char c = s[i];

        if (c == '.') {
            if (memchr(s, '.', i))
                return -1;
            memcpy(to, point, point_len);
            to += point_len;
        } else if ((c >= '0' && c <= '9') || c == '+' || c == '-' || c == 'e' ||
                   c == 'E') {
            *to++ = c;
        } else {
            return -1;
        }
    }
    *to = '\0';
    /* cppcheck-suppress uninitvar ; it was written through to */
    *d = strtod(text, &end);
    return *end || !isfinite(*d) ? -1 : 0;
}

int ses_integer_parse(const char *s, size_t len, long long *n)
{
    int negative = len && *s == '-';
    unsigned long long value = 0, limit;
    size_t i = negative || (len && *s == '+');

    if (i == len)
        return -1;
    limit = 9223372036854775807ULL + (unsigned)negative;
    for (; i < len; i++) {
        unsigned digit = (unsigned char)s[i] - (unsigned)'0';

        if (digit > 9 || value > (limit - digit) / 10)
            return -1;
        value = value * 10 + digit;
    }
    *n = negative ? (long long)(0 - value) : (long long)value;
    return 0;
}

static int lower(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

int ses_casecmp(const char *a, size_t alen, const char *b, size_t blen)
{
    size_t i, n = alen < blen ? alen : blen;

    for (i = 0; i < n; i++) {
        int d = lower((unsigned char)a[i]) - lower((unsigned char)b[i]);

        if (d)
            return d;
    }
    return alen < blen ? -1 : alen > blen;
}

int ses_compare(const char *a, size_t alen, const char *b, size_t blen)
{
    size_t n = alen < blen ? alen : blen;
    int d = n ? memcmp(a, b, n) : 0; /* no bytes may have no address */

    return d ? d : alen < blen ? -1 : alen > blen;
}
