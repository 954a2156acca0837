/* Hex, base64, percent-encoding, UTF-8 and numbers as text. */
#ifndef SES_CODEC_H
#define SES_CODEC_H

#include "sbuf.h"

#pragma GCC visibility push(hidden)

/* Writes the lower-case digits of as many bytes as SHA-256 gives; no
 * terminator. */
enum { SES_HEX_BYTES = 32 };
void ses_hex(char *restrict out, const unsigned char *restrict data);

/* The same of any number of bytes. */
void ses_hex_any(char *out, const unsigned char *data, size_t len);

/* Reads 2 * len hex digits of either case; 0, or -1 where others are among
 * them. */
int ses_hex_decode(unsigned char *out, const char *text, size_t len);

/* Appends base64 with padding (RFC 4648, section 4). */
void ses_base64_add(struct ses_sbuf *b, const char *data, size_t len);

/* Appends what the base64 text stands for; white space is skipped.  Returns 0,
 * or -1 where the text is not base64. */
int ses_base64_decode(struct ses_sbuf *b, const char *text, size_t len);

/* Appends with every byte outside RFC 3986's unreserved set as %XX; keep, where
 * it is not 0, is one more byte that stands for itself. */
void ses_percent_add(struct ses_sbuf *b, const char *data, size_t len,
                     char keep);

/* Appends with %XX decoded; a % that two hex digits do not follow stays. */
void ses_percent_decode(struct ses_sbuf *b, const char *text, size_t len);

/* The offset of the first byte that is not UTF-8 (RFC 3629), or len. */
size_t ses_utf8_check(const char *s, size_t len);

/* The shortest text that reads back as the same double, with a point whatever
 * the locale says; d is finite.  out has 32 bytes; returns the length. */
size_t ses_double_text(char *out, double d);

/* Reads a whole text as a decimal number ("-1.5e3"), whatever the locale;
 * returns 0, or -1 where it is something else. */
int ses_double_parse(const char *s, size_t len, double *d);

/* Reads a whole text as an integer; returns 0, or -1 where it is something
 * else or does not fit. */
int ses_integer_parse(const char *s, size_t len, long long *n);

/* Compares bytes, a prefix before what it is a prefix of, like strcmp. */
int ses_compare(const char *a, size_t alen, const char *b, size_t blen);

/* Compares ASCII without regard to case, like strcmp. */
int ses_casecmp(const char *a, size_t alen, const char *b, size_t blen);

/* a letter, digit or one of -._~ */
int ses_is_unreserved(unsigned char c);

#pragma GCC visibility pop

#endif
