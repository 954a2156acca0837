/* core.decode: a response as a result, a service error or a decode error. */
#include "ldecode.h"

#include <string.h>

enum { EXCERPT_MAX = 256 };

const char *ses_decode_header(lua_State *L, const char *name)
{
    lua_pushstring(L, name);
    lua_rawget(L, SES_DECODE_HEADERS);
    return lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
}

void ses_decode_request_id(lua_State *L)
{
    if (ses_decode_header(L, "x-amzn-requestid"))
        return;
    lua_pop(L, 1);
    if (!ses_decode_header(L, "x-amz-request-id")) {
        lua_pop(L, 1);
        lua_pushnil(L);
    }
}

/* Pushes the beginning of the body with everything but printable ASCII
 * escaped. */
static void push_excerpt(lua_State *L, const char *body, size_t len)
{
    static const char hex[] = "0123456789abcdef";
    char text[EXCERPT_MAX];
    size_t i, n = 0;

    for (i = 0; i < len && n + 4 <= sizeof text; i++) {
        unsigned char c = (unsigned char)body[i];

        if (c >= ' ' && c <= '~' && c != '\\') {
            text[n++] = (char)c;
        } else {
            text[n++] = '\\';
            text[n++] = 'x';
            text[n++] = hex[c >> 4];
            text[n++] = hex[c & 15];
        }
    }
    lua_pushlstring(L, text, n);
}

enum { SECRET_DEPTH = 8 };

/* Whether a value of that shape may hold something that no error may show. */
static int is_secret(const struct ses_shape *s, int depth)
{
    unsigned i;

    if (!s)
        return 0;
    if (depth == SECRET_DEPTH || s->flags & SES_SENSITIVE)
        return 1;
    for (i = 0; i < s->count; i++) {
        if (is_secret(s->members[i].shape, depth + 1))
            return 1;
    }
    return 0;
}

/* A result may hold secrets, an error does not. */
static int may_show(const struct ses_decoder *d)
{
    return d->status >= 300 || !is_secret(d->handle->operation->output, 0);
}

int ses_decode_error(struct ses_decoder *d)
{
    lua_State *L = d->reader.L;
    int message = lua_gettop(L);
    char path[SES_PATH_TEXT_MAX];

    luaL_checkstack(L, 6, "response nested too deeply");
    lua_pushnil(L);
    lua_newtable(L);
    lua_pushliteral(L, "decode");
    lua_setfield(L, -2, "kind");
    if (ses_path_text(&d->reader.path, path)) {
        lua_pushstring(L, path);
        lua_setfield(L, -2, "path");
        lua_pushfstring(L, "%s: ", path);
        lua_pushvalue(L, message);
        lua_concat(L, 2);
    } else {
        lua_pushvalue(L, message);
    }
    lua_setfield(L, -2, "message");
    if (d->offset >= 0) {
        ses_pushinteger(L, d->offset);
        lua_setfield(L, -2, "offset");
    }
    if (may_show(d)) {
        push_excerpt(L, d->body, d->len);
        lua_setfield(L, -2, "excerpt");
    }
    return 2;
}

int ses_decode_problem(struct ses_decoder *d)
{
    lua_pushstring(d->reader.L, d->reader.problem);
    return ses_decode_error(d);
}

const struct ses_shape *ses_decode_find_error(const struct ses_handle *h,
                                              const char *code)
{
    const struct ses_shape *const *e = h->operation->errors;

    for (; e && *e; e++) {
        if (strcmp((*e)->code ? (*e)->code : (*e)->name, code) == 0)
            return *e;
    }
    return NULL;
}

void ses_decode_trim_details(lua_State *L)
{
    lua_pushnil(L);
    lua_setfield(L, -2, "message");
    lua_pushnil(L);
    lua_setfield(L, -2, "Message");
    lua_pushnil(L);
    if (lua_next(L, -2)) {
        lua_pop(L, 2);
    } else {
        lua_pop(L, 1);
        lua_pushnil(L);
    }
}

int ses_decode_service_error(lua_State *L, int first,
                             const struct ses_shape *shape)
{
    static const char *const fields[] = {"code", "message", "fault",
                                         "request_id", "details"};
    int i;

    lua_pushnil(L);
    lua_newtable(L);
    lua_pushliteral(L, "service");
    lua_setfield(L, -2, "kind");
    for (i = 0; i < 5; i++) {
        lua_pushvalue(L, first + i);
        lua_setfield(L, -2, fields[i]);
    }
    lua_pushstring(L, shape ? shape->name : lua_tostring(L, first));
    lua_setfield(L, -2, "shape");
    return 2;
}

/*
 * core.decode(handle, status, headers, body)
 *     -> result, request id | nil, error
 */
static int l_decode(lua_State *L)
{
    struct ses_decoder d;
    double status = (double)luaL_checknumber(L, 2);

    d.handle = ses_check_handle(L, 1);
    luaL_argcheck(L, status >= 100 && status <= 999, 2,
                  "a status of three digits expected");
    d.status = (int)status;
    luaL_checktype(L, SES_DECODE_HEADERS, LUA_TTABLE);
    luaL_checktype(L, SES_DECODE_BODY, LUA_TSTRING);
    d.body = lua_tolstring(L, SES_DECODE_BODY, &d.len);
    d.offset = -1;
    d.reader.L = L;
    d.reader.path.depth = 0;
    lua_settop(L, SES_DECODE_BODY);
    if (d.handle->service->protocol == SES_QUERY)
        return ses_decode_xml(&d);
    return ses_decode_json(&d);
}

void ses_open_decode(lua_State *L)
{
    lua_pushnil(L);
    lua_pushnil(L);
    lua_pushnil(L);
    lua_pushcclosure(L, l_decode, SES_DECODE_GUARD);
    lua_setfield(L, -2, "decode");
}
