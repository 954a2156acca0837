#include "lscalar.h"

#include "clock.h"
#include "codec.h"
#include "lvalue.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

int ses_text_fault(struct ses_validator *v, const char *s, size_t len)
{
    char text[64];
    size_t bad = ses_utf8_check(s, len);

    if (bad < len) {
        snprintf(text, sizeof text, "not UTF-8 at byte %lu",
                 (unsigned long)bad + 1);
        ses_fault(v, "utf8", NULL, "UTF-8", text);
        return 1;
    }
    if (len && memchr(s, '\0', len)) {
        ses_fault(v, "nul", NULL, "text", "contains a NUL byte");
        return 1;
    }
    return 0;
}

/* What may stand in a header, or as a label in a path, is narrower. */
static void place_fault(struct ses_validator *v, const struct ses_member *m,
                        const char *s, size_t len)
{
    size_t i;

    if (m->location != SES_IN_URI && m->location != SES_IN_HEADER &&
        m->location != SES_IN_HEADERS)
        return;
    for (i = 0; i < len; i++) {
        if ((unsigned char)s[i] < ' ' || s[i] == 0x7f) {
            ses_fault(
                v, "control", NULL, "text without control characters",
                "contains a control character, and it is sent in the path "
                "or in a header");
            return;
        }
    }
    if (m->location == SES_IN_URI &&
        (len == 0 || (len <= 2 && memcmp(s, "..", len) == 0)))
        ses_fault(v, "label", NULL, "a name other than '.' and '..'",
                  "it is sent in the path, where an empty name, '.' and '..' "
                  "would name another resource");
}

static size_t utf8_length(const char *s, size_t len)
{
    size_t i, n = 0;

    for (i = 0; i < len; i++)
        n += ((unsigned char)s[i] & 0xc0) != 0x80;
    return n;
}

void ses_validate_string(struct ses_validator *v, const struct ses_member *m)
{
    size_t len;
    const char *s = lua_tolstring(v->L, -1, &len);
    int before = v->faults;

    if (ses_text_fault(v, s, len))
        return;
    if (m->shape->has_min)
        ses_minimum(v, m->shape, (double)utf8_length(s, len), " character");
    if (v->faults == before)
        place_fault(v, m, s, len);
}

void ses_validate_number(struct ses_validator *v, const struct ses_shape *shape)
{
    double n = (double)lua_tonumber(v->L, -1);
    double limit = shape->type == SES_INTEGER ? 2147483647.0 : SES_INTEGER_MAX;
    char buffer[64];
    const char *got = ses_describe(v->L, -1, buffer, sizeof buffer);

    if (!isfinite(n)) {
        ses_mismatch(v, "range", got, "a finite number");
        return;
    }
    if (shape->type == SES_DOUBLE) {
        ses_minimum(v, shape, n, "");
        return;
    }
    if (n != floor(n)) {
        ses_mismatch(v, "type", got, "an integer");
        return;
    }
#if LUA_VERSION_NUM >= 503
    if (lua_isinteger(v->L, -1)) { /* its double may be a neighbour */
        lua_Integer i = lua_tointeger(v->L, -1);

        if (i > (lua_Integer)SES_INTEGER_MAX ||
            i < -(lua_Integer)SES_INTEGER_MAX)
            n = 2 * SES_INTEGER_MAX;
    }
#endif
    if (n > limit || n < -limit - (shape->type == SES_INTEGER)) {
        ses_mismatch(v, "range", got,
                     shape->type == SES_INTEGER
                         ? "an integer of 32 bits"
                         : "an integer of at most 53 bits");
        return;
    }
    ses_minimum(v, shape, n, "");
}

void ses_validate_time(struct ses_validator *v, const struct ses_shape *shape)
{
    double seconds;

    if (ses_value_time(v->L, -1, &seconds) != 0)
        ses_wrong_type(v, shape);
    else if (!(seconds >= (double)SES_TIME_MIN &&
               seconds <= (double)SES_TIME_MAX))
        ses_mismatch(v, "range", "a time outside them",
                     "a time in the years 0 to 9999");
}
