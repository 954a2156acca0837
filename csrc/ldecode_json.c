/* Responses of the rest-json protocol. */
#include "codec.h"
#include "ldecode.h"
#include "lvalue.h"

#include <string.h>

enum { JSON_DEPTH = 64 };

#define GUARD "ses.json"

/* Userdata: true once cjson's library may have been unloaded.  A state that
 * closes finalizes what is younger first, and unloads a library in the
 * finalizer of what loaded it; the guard is made after that. */
struct guard {
    int closed;
};

static int guard_gc(lua_State *L)
{
    struct guard *g = lua_touserdata(L, 1);

    g->closed = 1;
    return 0;
}

static void new_guard(lua_State *L)
{
    struct guard *g = lua_newuserdata(L, sizeof *g);

    g->closed = 0;
    if (luaL_newmetatable(L, GUARD)) {
        lua_pushcfunction(L, guard_gc);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
}

/* A cjson instance of our own, so that nobody else's settings reach it. */
static void open_json(lua_State *L)
{
    lua_getglobal(L, "require");
    lua_pushliteral(L, "cjson.safe");
    lua_call(L, 1, 1);
    new_guard(L);
    lua_replace(L, lua_upvalueindex(SES_DECODE_GUARD));
    lua_getfield(L, -1, "new");
    lua_call(L, 0, 1);
    lua_getfield(L, -1, "decode_invalid_numbers");
    lua_pushboolean(L, 0);
    lua_call(L, 1, 0);
    lua_getfield(L, -1, "decode_max_depth");
    lua_pushinteger(L, JSON_DEPTH);
    lua_call(L, 1, 0);
    lua_getfield(L, -1, "decode");
    lua_replace(L, lua_upvalueindex(SES_DECODE_JSON));
    lua_pop(L, 2);
}

/* Pushes cjson's decode function. */
static void push_decode(lua_State *L)
{
    struct guard *g;

    if (lua_isnil(L, lua_upvalueindex(SES_DECODE_JSON)))
        open_json(L);
    g = lua_touserdata(L, lua_upvalueindex(SES_DECODE_GUARD));
    if (g->closed)
        luaL_error(L, "the Lua state is closing");
    lua_pushvalue(L, lua_upvalueindex(SES_DECODE_JSON));
}

/* The offset that ends a message of cjson's ("... at character 7"), or -1. */
static long long offset_of(const char *message)
{
    static const char before[] = " at character ";
    const char *p = strstr(message, before);
    long long n;

    if (!p)
        return -1;
    p += sizeof before - 1;
    return ses_integer_parse(p, strlen(p), &n) == 0 ? n - 1 : -1;
}

/* Pushes the decoded body, a table, and returns 0; or pushes a message. */
static int parse_json(struct ses_decoder *d)
{
    lua_State *L = d->reader.L;
    size_t bad = ses_utf8_check(d->body, d->len);

    if (bad < d->len) {
        d->offset = (long long)bad;
        lua_pushliteral(L, "not JSON: not UTF-8");
        return -1;
    }
    push_decode(L);
    lua_pushvalue(L, SES_DECODE_BODY);
    lua_call(L, 1, 2);
    if (lua_istable(L, -2)) {
        lua_pop(L, 1);
        return 0;
    }
    if (lua_type(L, -1) == LUA_TSTRING) {
        d->offset = offset_of(lua_tostring(L, -1));
        lua_pushfstring(L, "not JSON: %s", lua_tostring(L, -1));
    } else {
        lua_pushliteral(L, "expected a JSON object");
    }
    return -1;
}

/* Whether the body, which is JSON, is an array: as a table, an empty one looks
 * like an empty object. */
static int is_array(const struct ses_decoder *d)
{
    return d->body[strspn(d->body, " \t\r\n")] == '[';
}

/* Pushes the string member of the object at index, or nil. */
static void push_string(lua_State *L, int index, const char *name)
{
    lua_pushstring(L, name);
    lua_rawget(L, index);
    if (lua_type(L, -1) != LUA_TSTRING) {
        lua_pop(L, 1);
        lua_pushnil(L);
    }
}

static void push_either(lua_State *L, int index, const char *a, const char *b)
{
    push_string(L, index, a);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        push_string(L, index, b);
    }
}

/* Replaces "namespace#Code:http://..." at the top by "Code", and by nil where
 * nothing is left or there was nothing. */
static void strip_code(lua_State *L)
{
    const char *s = lua_tostring(L, -1), *sharp;
    size_t n = s ? strcspn(s, ":") : 0;

    sharp = n ? memchr(s, '#', n) : NULL;
    if (sharp) {
        n -= (size_t)(sharp + 1 - s);
        s = sharp + 1;
    }
    while (n && *s == ' ') {
        s++;
        n--;
    }
    if (n)
        lua_pushlstring(L, s, n);
    else
        lua_pushnil(L);
    lua_remove(L, -2);
}

/* Pushes the error code of the headers, or else of the object at index, or
 * nil. */
static void push_code(lua_State *L, int index)
{
    ses_decode_header(L, "x-amzn-errortype");
    strip_code(L);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        push_either(L, index, "code", "__type");
        strip_code(L);
    }
}

static int json_error(struct ses_decoder *d)
{
    lua_State *L = d->reader.L;
    const struct ses_shape *shape;
    int object, first;

    if (d->len == 0 || parse_json(d) != 0) {
        /* The header may name the error all the same. */
        lua_settop(L, SES_DECODE_BODY);
        lua_newtable(L);
    }
    object = lua_gettop(L);
    first = object + 1;
    push_code(L, object);
    if (lua_isnil(L, first)) {
        lua_pushfstring(L,
                        "HTTP %d without an error code in the headers or "
                        "the body",
                        d->status);
        return ses_decode_error(d);
    }
    push_either(L, object, "message", "Message");
    lua_pushnil(L);
    ses_decode_request_id(L);
    shape = ses_decode_find_error(d->handle, lua_tostring(L, first));
    lua_newtable(L);
    /* As with XML: details never hide the error. */
    if (shape &&
        ses_read_headers(&d->reader, SES_DECODE_HEADERS, d->status, shape,
                         first + 4) == 0 &&
        ses_read_members(&d->reader, object, first + 4, shape) == 0)
        ses_decode_trim_details(L);
    else
        lua_settop(L, first + 3);
    lua_settop(L, first + 4);
    return ses_decode_service_error(L, first, shape);
}

/* Sets the member that is the whole body in the table at index to; 0, or -1
 * with a message pushed or a problem noted. */
static int read_payload(struct ses_decoder *d, const struct ses_shape *output,
                        int to)
{
    lua_State *L = d->reader.L;
    const struct ses_member *m =
        ses_member_find(output, output->payload, strlen(output->payload));

    if (d->len == 0)
        return 0;
    if (m->shape->type == SES_STRING || m->shape->type == SES_BLOB) {
        lua_pushvalue(L, SES_DECODE_BODY);
    } else {
        if (parse_json(d) != 0)
            return -1;
        if (ses_read_json(&d->reader, m->shape) != 0) {
            lua_pushstring(L, d->reader.problem);
            return -1;
        }
    }
    lua_setfield(L, to, m->name);
    return 0;
}

static int has_body(const struct ses_shape *output)
{
    unsigned i;

    for (i = 0; output && i < output->count; i++) {
        if (output->members[i].location == SES_IN_BODY)
            return 1;
    }
    return 0;
}

static int json_result(struct ses_decoder *d)
{
    lua_State *L = d->reader.L;
    const struct ses_shape *output = d->handle->operation->output;
    int to;

    lua_newtable(L);
    to = lua_gettop(L);
    if (output && ses_read_headers(&d->reader, SES_DECODE_HEADERS, d->status,
                                   output, to) != 0)
        return ses_decode_problem(d);
    if (output && output->payload) {
        if (read_payload(d, output, to) != 0)
            return ses_decode_error(d);
    } else if (has_body(output) || d->len) {
        if (parse_json(d) != 0)
            return ses_decode_error(d);
        if (is_array(d)) {
            ses_read_problem(&d->reader, "an object", "an array");
            return ses_decode_problem(d);
        }
        if (output && ses_read_members(&d->reader, lua_gettop(L), to, output))
            return ses_decode_problem(d);
    }
    lua_settop(L, to);
    ses_decode_request_id(L);
    return 2;
}

int ses_decode_json(struct ses_decoder *d)
{
    return d->status >= 300 ? json_error(d) : json_result(d);
}
