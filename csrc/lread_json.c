/* JSON results, by the shape: lua-cjson has read them into tables. */
#include "codec.h"
#include "lread.h"
#include "lvalue.h"

#include <math.h>
#include <string.h>

static const char *got(lua_State *L)
{
    if (ses_value_absent(L, -1))
        return "null";
    switch (lua_type(L, -1)) {
    case LUA_TTABLE:
        return "an object or an array";
    case LUA_TSTRING:
        return "a string";
    case LUA_TNUMBER:
        return "a number";
    default:
        return "true or false";
    }
}

static int child(struct ses_reader *r, const struct ses_shape *shape)
{
    int rc = ses_read_json(r, shape);

    if (rc == 0) {
        lua_remove(r->L, -2);
        ses_path_leave(&r->path);
    }
    return rc;
}

static int too_deep(struct ses_reader *r)
{
    return ses_read_problem(r, "at most 64 levels", "more");
}

int ses_read_members(struct ses_reader *r, int from, int to,
                     const struct ses_shape *shape)
{
    lua_State *L = r->L;
    unsigned i;

    for (i = 0; i < shape->count; i++) {
        const struct ses_member *m = &shape->members[i];

        if (m->location != SES_IN_BODY)
            continue;
        lua_pushstring(L, m->name);
        if (!ses_value_field(L, from, ses_member_wire(m))) {
            lua_pop(L, 2);
            continue;
        }
        if (ses_path_name(&r->path, m->name, strlen(m->name)) != 0)
            return too_deep(r);
        if (child(r, m->shape) != 0)
            return -1;
        lua_rawset(L, to);
    }
    return 0;
}

/* A dense list without the nulls that a server may have left in it. */
static int list(struct ses_reader *r, const struct ses_shape *shape)
{
    lua_State *L = r->L;
    int from = lua_gettop(L);
    size_t i, n = ses_rawlen(L, from), to = 0;

    lua_createtable(L, n < 4096 ? (int)n : 4096, 0);
    if (n == 0) { /* cjson tells {} and [] apart no more than Lua does */
        lua_pushnil(L);
        return lua_next(L, from) ? ses_read_problem(r, "an array", "an object")
                                 : 0;
    }
    for (i = 1; i <= n; i++) {
        lua_rawgeti(L, from, (int)i);
        if (ses_value_absent(L, -1)) {
            lua_pop(L, 1);
            continue;
        }
        if (ses_path_index(&r->path, i) != 0)
            return too_deep(r);
        if (child(r, shape->members->shape) != 0)
            return -1;
        lua_rawseti(L, from + 1, (int)++to);
    }
    return 0;
}

static int map(struct ses_reader *r, const struct ses_shape *shape)
{
    lua_State *L = r->L;
    int from = lua_gettop(L);

    lua_newtable(L);
    lua_pushnil(L);
    while (lua_next(L, from)) {
        size_t len;
        const char *key;

        if (lua_type(L, -2) != LUA_TSTRING)
            return ses_read_problem(r, "an object", "an array");
        if (ses_value_absent(L, -1)) {
            lua_pop(L, 1);
            continue;
        }
        key = lua_tolstring(L, -2, &len);
        if (ses_path_name(&r->path, key, len) != 0)
            return too_deep(r);
        if (child(r, shape->members[1].shape) != 0)
            return -1;
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, from + 1);
    }
    return 0;
}

static int structure(struct ses_reader *r, const struct ses_shape *shape)
{
    lua_State *L = r->L;
    int from = lua_gettop(L);

    if (ses_rawlen(L, from) > 0)
        return ses_read_problem(r, "an object", "an array");
    lua_newtable(L);
    return ses_read_members(r, from, from + 1, shape);
}

static int number(struct ses_reader *r, const struct ses_shape *shape)
{
    lua_State *L = r->L;
    double n = (double)lua_tonumber(L, -1);

    if (shape->type == SES_TIMESTAMP)
        return ses_read_seconds(r, n);
    if (shape->type == SES_DOUBLE) { /* 1e999 is an infinity to cjson */
        if (!isfinite(n))
            return ses_read_problem(r, "a number", "one beyond all bounds");
        lua_pushnumber(L, (lua_Number)n);
        return 0;
    }
    if (n != floor(n) || fabs(n) > SES_INTEGER_MAX)
        return ses_read_problem(r, "an integer of at most 53 bits",
                                "another number");
    ses_push_whole(L, n);
    return 0;
}

static int scalar(struct ses_reader *r, const struct ses_shape *shape)
{
    static const char *const expected[] = {
        "an object",     "an array",   "an object",  "a string", "a string",
        "true or false", "an integer", "an integer", "a number", "a time",
    };
    lua_State *L = r->L;
    int type = lua_type(L, -1);
    size_t len;
    const char *s;

    if (shape->type == SES_BOOLEAN && type == LUA_TBOOLEAN) {
        lua_pushvalue(L, -1);
        return 0;
    }
    if (shape->type > SES_BOOLEAN && type == LUA_TNUMBER)
        return number(r, shape);
    if (type == LUA_TSTRING &&
        (shape->type == SES_STRING || shape->type == SES_BLOB ||
         shape->type == SES_DOUBLE || shape->type == SES_TIMESTAMP)) {
        s = lua_tolstring(L, -1, &len);
        return ses_read_text(r, s, len, shape, SES_FORMAT_ISO8601);
    }
    return ses_read_problem(r, expected[shape->type], got(L));
}

int ses_read_json(struct ses_reader *r, const struct ses_shape *shape)
{
    luaL_checkstack(r->L, 8, "response nested too deeply");
    if (shape->type > SES_MAP)
        return scalar(r, shape);
    if (!lua_istable(r->L, -1))
        return ses_read_problem(
            r, shape->type == SES_LIST ? "an array" : "an object", got(r->L));
    if (shape->type == SES_LIST)
        return list(r, shape);
    if (shape->type == SES_MAP)
        return map(r, shape);
    return structure(r, shape);
}
