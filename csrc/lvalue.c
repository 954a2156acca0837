#include "lvalue.h"

#include "clock.h"
#include "codec.h"
#include "lbox.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int ses_value_absent(lua_State *L, int index)
{
    int type = lua_type(L, index);

    return type == LUA_TNIL || type == LUA_TNONE ||
           (type == LUA_TLIGHTUSERDATA && !lua_touserdata(L, index));
}

int ses_value_field(lua_State *L, int index, const char *name)
{
    index = ses_absindex(L, index);
    lua_pushstring(L, name);
    lua_rawget(L, index);
    if (!ses_value_absent(L, -1))
        return 1;
    if (!lua_isnil(L, -1)) {
        lua_pop(L, 1);
        lua_pushnil(L);
    }
    return 0;
}

static int changed(lua_State *L)
{
    return luaL_error(L, "params changed while they were encoded");
}

int ses_value_time(lua_State *L, int index, double *seconds)
{
    size_t len;
    const char *s;

    if (lua_type(L, index) == LUA_TNUMBER) {
        *seconds = (double)lua_tonumber(L, index);
        return 0;
    }
    if (lua_type(L, index) != LUA_TSTRING)
        return -1;
    s = lua_tolstring(L, index, &len);
    return ses_time_parse_iso8601(s, len, seconds);
}

static void time_text(struct ses_sbuf *out, double seconds,
                      enum ses_format format)
{
    char text[SES_ISO8601_MAX];
    size_t n;

    if (format == SES_FORMAT_EPOCH)
        n = ses_double_text(text, floor(seconds * 1000 + 0.5) / 1000);
    else if (format == SES_FORMAT_RFC822)
        n = ses_time_http(text, (long long)floor(seconds));
    else
        n = ses_time_iso8601(text, seconds);
    ses_sbuf_add(out, text, n);
}

void ses_value_text(lua_State *L, int index, const struct ses_shape *shape,
                    enum ses_format format, struct ses_sbuf *out)
{
    int type = lua_type(L, index);
    char number[32];
    double seconds;
    size_t len;
    const char *s;

    switch (shape->type) {
    case SES_BOOLEAN:
        ses_sbuf_adds(out, lua_toboolean(L, index) ? "true" : "false");
        break;
    case SES_INTEGER:
    case SES_LONG:
    case SES_DOUBLE:
        if (type != LUA_TNUMBER)
            changed(L);
        ses_sbuf_add(out, number,
                     ses_double_text(number, (double)lua_tonumber(L, index)));
        break;
    case SES_TIMESTAMP:
        if (ses_value_time(L, index, &seconds) != 0)
            changed(L);
        time_text(out, seconds, shape->format ? shape->format : format);
        break;
    default:
        if (type != LUA_TSTRING)
            changed(L);
        s = lua_tolstring(L, index, &len);
        if (shape->type == SES_BLOB)
            ses_base64_add(out, s, len);
        else
            ses_sbuf_add(out, s, len);
    }
}

static int compare_keys(const void *a, const void *b)
{
    const struct ses_key *x = a, *y = b;

    return ses_compare(x->p, x->len, y->p, y->len);
}

const struct ses_key *ses_value_keys(lua_State *L, int index, size_t *n)
{
    struct ses_sbuf *box;
    int anchors;

    index = ses_absindex(L, index);
    box = ses_box_new(L, (size_t)-1 / 2);
    lua_newtable(L);
    anchors = lua_gettop(L);
    lua_pushnil(L);
    while (lua_next(L, index)) {
        struct ses_key key;

        lua_pop(L, 1);
        if (lua_type(L, -1) != LUA_TSTRING)
            changed(L);
        key.p = lua_tolstring(L, -1, &key.len);
        ses_sbuf_add(box, (const char *)&key, sizeof key);
        lua_pushvalue(L, -1);
        lua_rawseti(L, anchors, (int)(box->len / sizeof key));
    }
    ses_setuservalue(L, -2);
    ses_box_check(L, box);
    *n = box->len / sizeof(struct ses_key);
    if (*n)
        qsort(box->data, *n, sizeof(struct ses_key), compare_keys);
    return (const struct ses_key *)(const void *)box->data;
}
