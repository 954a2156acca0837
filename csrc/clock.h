/*
 * Calendar time without libc's locale or time zone.
 *
 * Instants are seconds since 1970-01-01T00:00:00Z in the proleptic Gregorian
 * calendar, without leap seconds; years 0 to 9999.
 */
#ifndef SES_CLOCK_H
#define SES_CLOCK_H

#include <stddef.h>

#pragma GCC visibility push(hidden)

#define SES_TIME_MIN (-62167219200LL) /* 0000-01-01T00:00:00Z */
#define SES_TIME_MAX 253402300799LL   /* 9999-12-31T23:59:59Z */

enum {
    SES_BASIC_LEN = 16,  /* 20150830T123600Z */
    SES_ISO8601_MAX = 32 /* 2015-08-30T12:36:00.123Z */
};

/* Writes 20150830T123600Z and a terminator. */
void ses_time_basic(char out[SES_BASIC_LEN + 1], long long seconds);

/* Writes 2015-08-30T12:36:00Z, with milliseconds where there are any, and a
 * terminator; returns the length. */
size_t ses_time_iso8601(char out[SES_ISO8601_MAX], double seconds);

/* Writes Sun, 30 Aug 2015 12:36:00 GMT (RFC 9110's IMF-fixdate) and a
 * terminator; returns the length. */
size_t ses_time_http(char out[SES_ISO8601_MAX], long long seconds);

/* Each reads a whole text; 0, or -1 where it is something else.  ISO 8601
 * takes a fraction and an offset ("Z" or "+01:00"). */
int ses_time_parse_basic(const char *s, size_t len, long long *seconds);
int ses_time_parse_iso8601(const char *s, size_t len, double *seconds);
int ses_time_parse_http(const char *s, size_t len, double *seconds);

#pragma GCC visibility pop

#endif
