/* Scalars that come as text, and what both readers share. */
#include "lread.h"

#include "clock.h"
#include "codec.h"
#include "lbox.h"
#include "lvalue.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

int ses_read_problem(struct ses_reader *r, const char *expected,
                     const char *got)
{
    snprintf(r->problem, sizeof r->problem, "expected %s, got %s", expected,
             got);
    return -1;
}

void ses_push_whole(lua_State *L, double n)
{
    if (n == floor(n) && fabs(n) <= SES_INTEGER_MAX)
        ses_pushinteger(L, (long long)n);
    else
        lua_pushnumber(L, (lua_Number)n);
}

int ses_read_seconds(struct ses_reader *r, double seconds)
{
    if (!(seconds >= (double)SES_TIME_MIN && seconds <= (double)SES_TIME_MAX))
        return ses_read_problem(r, "a time in the years 0 to 9999", "another");
    ses_push_whole(r->L, seconds);
    return 0;
}

static int is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static int is(const char *s, size_t len, const char *word)
{
    return strlen(word) == len && memcmp(s, word, len) == 0;
}

static int read_boolean(struct ses_reader *r, const char *s, size_t len)
{
    if (is(s, len, "true") || is(s, len, "1"))
        lua_pushboolean(r->L, 1);
    else if (is(s, len, "false") || is(s, len, "0"))
        lua_pushboolean(r->L, 0);
    else
        return ses_read_problem(r, "true or false", "other text");
    return 0;
}

static int read_integer(struct ses_reader *r, const char *s, size_t len)
{
    long long n;

    if (ses_integer_parse(s, len, &n) != 0 || n > (long long)SES_INTEGER_MAX ||
        n < -(long long)SES_INTEGER_MAX)
        return ses_read_problem(r, "an integer of at most 53 bits",
                                "other text");
    ses_pushinteger(r->L, n);
    return 0;
}

static int read_double(struct ses_reader *r, const char *s, size_t len)
{
    double d;

    if (is(s, len, "NaN"))
        d = (double)NAN;
    else if (is(s, len, "Infinity"))
        d = (double)INFINITY;
    else if (is(s, len, "-Infinity"))
        d = -(double)INFINITY;
    else if (ses_double_parse(s, len, &d) != 0)
        return ses_read_problem(r, "a number", "other text");
    lua_pushnumber(r->L, (lua_Number)d);
    return 0;
}

static int read_time(struct ses_reader *r, const char *s, size_t len,
                     enum ses_format format)
{
    double seconds;
    int rc;

    if (format == SES_FORMAT_EPOCH)
        rc = ses_double_parse(s, len, &seconds);
    else if (format == SES_FORMAT_RFC822)
        rc = ses_time_parse_http(s, len, &seconds);
    else
        rc = ses_time_parse_iso8601(s, len, &seconds);
    if (rc != 0)
        return ses_read_problem(r, "a time", "other text");
    return ses_read_seconds(r, seconds);
}

static int read_blob(struct ses_reader *r, const char *s, size_t len)
{
    struct ses_sbuf *box = ses_box_new(r->L, len + 3);

    if (ses_base64_decode(box, s, len) != 0)
        return ses_read_problem(r, "base64", "other text");
    ses_box_check(r->L, box);
    lua_pushlstring(r->L, box->data ? box->data : "", box->len);
    lua_remove(r->L, -2);
    ses_box_release(box);
    return 0;
}

int ses_read_text(struct ses_reader *r, const char *s, size_t len,
                  const struct ses_shape *shape, enum ses_format format)
{
    if (shape->type == SES_STRING) {
        lua_pushlstring(r->L, s, len);
        return 0;
    }
    if (shape->type == SES_BLOB)
        return read_blob(r, s, len);
    while (len && is_blank(*s)) {
        s++;
        len--;
    }
    while (len && is_blank(s[len - 1]))
        len--;
    switch (shape->type) {
    case SES_BOOLEAN:
        return read_boolean(r, s, len);
    case SES_INTEGER:
    case SES_LONG:
        return read_integer(r, s, len);
    case SES_DOUBLE:
        return read_double(r, s, len);
    default:
        return read_time(
            r, s, len, shape->format ? (enum ses_format)shape->format : format);
    }
}
