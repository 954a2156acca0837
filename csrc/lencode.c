/* core.encode: an operation's params as a request, by its protocol. */
#include "lbox.h"
#include "lcore.h"
#include "lfault.h"
#include "lvalidate.h"
#include "lwrite.h"

#include <string.h>

/* What encode works with, kept between calls as an upvalue of the closure.
 * Nothing here runs Lua code of the user's, but an allocation may run a
 * finalizer of the user's that encodes: a call that finds the buffers in use
 * makes its own. */
struct scratch {
    struct ses_sbuf out, key, path, query;
    int busy, closed;
};

#define SCRATCH "ses.encoder"

static int scratch_gc(lua_State *L)
{
    struct scratch *s = lua_touserdata(L, 1);

    ses_sbuf_wipe(&s->out);
    ses_sbuf_wipe(&s->key);
    ses_sbuf_wipe(&s->path);
    ses_sbuf_wipe(&s->query);
    s->closed = 1;
    return 0;
}

static struct scratch *new_scratch(lua_State *L)
{
    struct scratch *s = lua_newuserdata(L, sizeof *s);

    memset(s, 0, sizeof *s);
    if (luaL_newmetatable(L, SCRATCH)) {
        lua_pushcfunction(L, scratch_gc);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    return s;
}

/* Pushes scratch memory that nobody else uses.  A call that raised left its
 * own marked as busy; it is replaced here and collected later. */
static struct scratch *take_scratch(lua_State *L)
{
    struct scratch *s = lua_touserdata(L, lua_upvalueindex(1));

    /* A finalizer of the user's may come after the scratch memory's own. */
    if (s && s->closed)
        luaL_error(L, "the Lua state is closing");
    if (s && !s->busy) {
        lua_pushvalue(L, lua_upvalueindex(1));
    } else {
        s = new_scratch(L);
        lua_pushvalue(L, -1);
        lua_replace(L, lua_upvalueindex(1));
    }
    s->busy = 1;
    ses_sbuf_reset(&s->out, SES_BODY_MAX);
    ses_sbuf_reset(&s->key, SES_BODY_MAX);
    ses_sbuf_reset(&s->path, SES_BODY_MAX);
    ses_sbuf_reset(&s->query, SES_BODY_MAX);
    return s;
}

enum { KEEP = 1 << 16 };

/* Gives the memory back; what a large message needed is not kept. */
static void put_scratch(struct scratch *s)
{
    if (s->out.size + s->key.size + s->path.size + s->query.size > KEEP) {
        ses_sbuf_wipe(&s->out);
        ses_sbuf_wipe(&s->key);
        ses_sbuf_wipe(&s->path);
        ses_sbuf_wipe(&s->query);
    }
    s->busy = 0;
}

static int has_body_members(const struct ses_shape *input)
{
    unsigned i;

    for (i = 0; i < input->count; i++) {
        if (input->members[i].location == SES_IN_BODY)
            return 1;
    }
    return 0;
}

/* Appends the member that is the whole body; returns its content type, or
 * null where there is no body. */
static const char *write_payload(struct ses_writer *w,
                                 const struct ses_shape *input)
{
    const struct ses_member *m =
        ses_member_find(input, input->payload, strlen(input->payload));
    const char *type = NULL;

    if (ses_value_field(w->L, -1, m->name)) {
        if (m->shape->type == SES_STRING || m->shape->type == SES_BLOB) {
            size_t len;
            const char *s = lua_tolstring(w->L, -1, &len);

            ses_sbuf_add(w->out, s, len);
            type = m->shape->type == SES_STRING ? "text/plain"
                                                : "application/octet-stream";
        } else {
            ses_write_json_value(w, m->shape);
            type = "application/json";
        }
    } else if (m->shape->type == SES_STRUCTURE &&
               !(m->shape->flags & SES_UNION)) { /* {} is no union's value */
        ses_sbuf_adds(w->out, "{}");
        type = "application/json";
    }
    lua_pop(w->L, 1);
    return type;
}

/* Sets the content type, unless a member is that header; returns whether
 * there is a body. */
static int set_type(lua_State *L, int headers, const char *type)
{
    lua_getfield(L, headers, "Content-Type");
    if (type && lua_isnil(L, -1)) {
        lua_pushstring(L, type);
        lua_setfield(L, headers, "Content-Type");
    }
    lua_pop(L, 1);
    return type != NULL;
}

/* Each writes a request; returns whether it has a body. */
static int encode_rest(struct ses_writer *w, const struct ses_operation *op,
                       int headers)
{
    const struct ses_shape *input = op->input;
    const char *type = NULL;

    ses_write_uri(w, op);
    if (!input)
        return 0;
    ses_write_query(w, input);
    ses_write_headers(w, input, headers);
    if (input->payload) {
        type = write_payload(w, input);
    } else if (has_body_members(input)) {
        ses_write_json(w, input);
        type = "application/json";
    }
    return set_type(w->L, headers, type);
}

static int encode_query(struct ses_writer *w, const struct ses_handle *h,
                        int headers)
{
    ses_sbuf_adds(w->uri, h->operation->uri);
    ses_sbuf_adds(w->out, "Action=");
    ses_sbuf_adds(w->out, h->operation->name);
    ses_sbuf_adds(w->out, "&Version=");
    ses_sbuf_adds(w->out, h->service->version);
    if (h->operation->input)
        ses_write_form(w, h->operation->input);
    return set_type(w->L, headers,
                    "application/x-www-form-urlencoded; charset=utf-8");
}

static void set_bytes(lua_State *L, const char *key, const struct ses_sbuf *b)
{
    lua_pushlstring(L, b->data ? b->data : "", b->len);
    lua_setfield(L, -2, key);
}

/* Pushes the list of faults for a request that is too long, met at w's path. */
static void push_too_long(struct ses_writer *w)
{
    lua_State *L = w->L;
    char path[SES_PATH_TEXT_MAX];

    lua_newtable(L);
    ses_fault_place(L, &w->path, path);
    lua_pushliteral(L, "size");
    lua_setfield(L, -2, "rule");
    lua_pushliteral(L, "a request of at most 48 MiB");
    lua_setfield(L, -2, "expected");
    lua_pushfstring(L, "%s: the request would be longer than 48 MiB",
                    *path ? path : "params");
    lua_setfield(L, -2, "message");
    lua_rawseti(L, -2, 1);
}

/* The first sticky error of the four buffers. */
static enum ses_sbuf_error scratch_error(lua_State *L, const struct scratch *s)
{
    enum ses_sbuf_error error = ses_box_check(L, &s->out);

    if (!error)
        error = ses_box_check(L, &s->key);
    if (!error)
        error = ses_box_check(L, &s->path);
    if (!error)
        error = ses_box_check(L, &s->query);
    return error;
}

/*
 * core.encode(handle, params) -> request | nil, faults
 *
 * request is {method, path, query, headers, body}; path and query are encoded
 * as they will be sent, body is absent where the operation has none.
 */
static int l_encode(lua_State *L)
{
    const struct ses_handle *h = ses_check_handle(L, 1);
    struct ses_writer w;
    struct scratch *s;
    int headers, has_body;

    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    if (ses_validate(L, 2, h->operation->input) > 0) {
        lua_pushnil(L);
        lua_insert(L, -2);
        return 2;
    }
    s = take_scratch(L);
    lua_createtable(L, 0, 1);
    headers = lua_gettop(L);
    w.L = L;
    w.out = &s->out;
    w.scratch = &s->key;
    w.uri = &s->path;
    w.query = &s->query;
    w.path.depth = 0;
    lua_pushvalue(L, 2);
    if (h->service->protocol == SES_QUERY)
        has_body = encode_query(&w, h, headers);
    else
        has_body = encode_rest(&w, h->operation, headers);
    if (scratch_error(L, s)) {
        lua_pushnil(L);
        push_too_long(&w);
        put_scratch(s);
        return 2;
    }
    lua_createtable(L, 0, 5);
    lua_pushstring(L, h->operation->method);
    lua_setfield(L, -2, "method");
    set_bytes(L, "path", &s->path);
    set_bytes(L, "query", &s->query);
    lua_pushvalue(L, headers);
    lua_setfield(L, -2, "headers");
    if (has_body)
        set_bytes(L, "body", &s->out);
    put_scratch(s);
    return 1;
}

void ses_open_encode(lua_State *L)
{
    lua_pushnil(L);
    lua_pushcclosure(L, l_encode, 1);
    lua_setfield(L, -2, "encode");
}
