/* core.encode: an operation's params as a request, by its protocol. */
#include "codec.h"
#include "lbox.h"
#include "lcore.h"
#include "lvalidate.h"
#include "lwrite.h"

#include <string.h>

/* What encode works with: three boxes, kept between calls as upvalues of the
 * closure.  Nothing here runs Lua code of the user's, but an allocation may
 * run a finalizer of the user's that encodes: a call that finds the boxes in
 * use makes its own. */
struct scratch {
    struct ses_sbuf out, key, path, query;
    int busy;
};

#define SCRATCH "ses.encoder"

static int scratch_gc(lua_State *L)
{
    struct scratch *s = lua_touserdata(L, 1);

    ses_sbuf_wipe(&s->out);
    ses_sbuf_wipe(&s->key);
    ses_sbuf_wipe(&s->path);
    ses_sbuf_wipe(&s->query);
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
    if (s->out.size > KEEP || s->key.size > KEEP) {
        ses_sbuf_wipe(&s->out);
        ses_sbuf_wipe(&s->key);
    }
    s->busy = 0;
}

/* The member whose wire name is the label's, or null. */
static const struct ses_member *find_label(const struct ses_shape *input,
                                           const char *name, size_t len)
{
    unsigned i;

    for (i = 0; input && i < input->count; i++) {
        const char *wire = ses_member_wire(&input->members[i]);

        if (input->members[i].location == SES_IN_URI &&
            strncmp(wire, name, len) == 0 && wire[len] == '\0')
            return &input->members[i];
    }
    return NULL;
}

/* Appends one label's value; a greedy one keeps its slashes. */
static void add_label(struct ses_writer *w, struct scratch *s,
                      const struct ses_shape *input, const char *name,
                      size_t len)
{
    int greedy = len && name[len - 1] == '+';
    const struct ses_member *m = find_label(input, name, len - (size_t)greedy);

    if (!m || !ses_value_field(w->L, -1, m->name)) {
        luaL_error(w->L, "params changed while they were encoded");
        return;
    }
    s->key.len = 0;
    ses_path_name(&w->path, m->name, strlen(m->name));
    ses_value_text(w->L, -1, m->shape, SES_FORMAT_ISO8601, &s->key);
    ses_percent_add(&s->path, s->key.data, s->key.len, greedy ? '/' : 0);
    if (!s->key.error && !s->path.error)
        ses_path_leave(&w->path);
    lua_pop(w->L, 1);
}

/* Appends the operation's path with its labels filled in, and to the query
 * what the template has of one. */
static void write_path(struct ses_writer *w, struct scratch *s,
                       const struct ses_operation *op)
{
    const char *p = op->uri;

    while (*p && *p != '?') {
        size_t n = strcspn(p, "{?");

        ses_sbuf_add(&s->path, p, n);
        p += n;
        if (*p == '{') {
            n = strcspn(++p, "}");
            add_label(w, s, op->input, p, n);
            p += n + (p[n] == '}');
        }
    }
    if (*p == '?')
        ses_sbuf_adds(&s->query, p + 1);
}

/* Appends "name=value" of the scalar at the top. */
static void add_parameter(struct ses_writer *w, struct scratch *s,
                          const char *name, size_t len,
                          const struct ses_shape *shape)
{
    if (s->query.len)
        ses_sbuf_addc(&s->query, '&');
    ses_percent_add(&s->query, name, len, 0);
    ses_sbuf_addc(&s->query, '=');
    s->key.len = 0;
    ses_value_text(w->L, -1, shape, SES_FORMAT_ISO8601, &s->key);
    ses_percent_add(&s->query, s->key.data, s->key.len, 0);
}

/* Appends a list as one parameter an element. */
static void add_list(struct ses_writer *w, struct scratch *s, const char *name,
                     size_t len, const struct ses_shape *element)
{
    size_t i, n = ses_rawlen(w->L, -1);

    for (i = 1; i <= n; i++) {
        lua_rawgeti(w->L, -1, (int)i);
        add_parameter(w, s, name, len, element);
        lua_pop(w->L, 1);
    }
}

/* Appends a map as a parameter, or a list of them, for every key that no
 * other member has taken. */
static void add_map(struct ses_writer *w, struct scratch *s,
                    const struct ses_shape *shape)
{
    lua_State *L = w->L;
    const struct ses_shape *value = shape->members[1].shape;
    int table = lua_gettop(L);
    size_t i, n;
    const struct ses_key *keys = ses_value_keys(L, table, &n);

    for (i = 0; i < n; i++) {
        lua_pushlstring(L, keys[i].p, keys[i].len);
        lua_rawget(L, table);
        if (value->type == SES_LIST)
            add_list(w, s, keys[i].p, keys[i].len, value->members->shape);
        else
            add_parameter(w, s, keys[i].p, keys[i].len, value);
        lua_pop(L, 1);
    }
    lua_settop(L, table);
}

static void write_query(struct ses_writer *w, struct scratch *s,
                        const struct ses_shape *input)
{
    unsigned i;

    for (i = 0; i < input->count; i++) {
        const struct ses_member *m = &input->members[i];

        if (m->location != SES_IN_QUERY)
            continue;
        if (ses_value_field(w->L, -1, m->name)) {
            const char *wire = ses_member_wire(m);

            ses_path_name(&w->path, m->name, strlen(m->name));
            if (m->shape->type == SES_LIST)
                add_list(w, s, wire, strlen(wire), m->shape->members->shape);
            else if (m->shape->type == SES_MAP)
                add_map(w, s, m->shape);
            else
                add_parameter(w, s, wire, strlen(wire), m->shape);
            if (!s->query.error && !s->key.error)
                ses_path_leave(&w->path);
        }
        lua_pop(w->L, 1);
    }
}

/* Sets the headers that members carry in the table at index headers. */
static void write_headers(struct ses_writer *w, struct scratch *s,
                          const struct ses_shape *input, int headers)
{
    lua_State *L = w->L;
    unsigned i;

    for (i = 0; i < input->count; i++) {
        const struct ses_member *m = &input->members[i];

        if (m->location != SES_IN_HEADER)
            continue;
        if (ses_value_field(L, -1, m->name)) {
            s->key.len = 0;
            ses_value_text(L, -1, m->shape, SES_FORMAT_RFC822, &s->key);
            lua_pushlstring(L, s->key.data ? s->key.data : "", s->key.len);
            lua_setfield(L, headers, ses_member_wire(m));
        }
        lua_pop(L, 1);
    }
}

static int has_body(const struct ses_shape *input)
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
    } else if (m->shape->type == SES_STRUCTURE) {
        ses_sbuf_adds(w->out, "{}");
        type = "application/json";
    }
    lua_pop(w->L, 1);
    return type;
}

static void encode_rest(struct ses_writer *w, struct scratch *s,
                        const struct ses_operation *op, int headers)
{
    const struct ses_shape *input = op->input;
    const char *type = NULL;

    write_path(w, s, op);
    if (!input)
        return;
    write_query(w, s, input);
    write_headers(w, s, input, headers);
    if (input->payload) {
        type = write_payload(w, input);
    } else if (has_body(input)) {
        ses_write_json(w, input);
        type = "application/json";
    }
    if (type) {
        lua_pushstring(w->L, type);
        lua_setfield(w->L, headers, "Content-Type");
    }
}

static void encode_query(struct ses_writer *w, struct scratch *s,
                         const struct ses_handle *h, int headers)
{
    ses_sbuf_adds(&s->path, h->operation->uri);
    ses_sbuf_adds(w->out, "Action=");
    ses_sbuf_adds(w->out, h->operation->name);
    ses_sbuf_adds(w->out, "&Version=");
    ses_sbuf_adds(w->out, h->service->version);
    if (h->operation->input)
        ses_write_form(w, h->operation->input);
    lua_pushliteral(w->L, "application/x-www-form-urlencoded; charset=utf-8");
    lua_setfield(w->L, headers, "Content-Type");
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

    ses_path_text(&w->path, path);
    lua_newtable(L);
    lua_newtable(L);
    lua_pushstring(L, path);
    lua_setfield(L, -2, "path");
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
    int headers;

    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    if (ses_validate(L, 2, h->operation->input) > 0) {
        lua_pushnil(L);
        lua_insert(L, -2);
        return 2;
    }
    s = take_scratch(L);
    lua_createtable(L, 0, 8);
    headers = lua_gettop(L);
    w.L = L;
    w.out = &s->out;
    w.scratch = &s->key;
    w.path.depth = 0;
    lua_pushvalue(L, 2);
    if (h->service->protocol == SES_QUERY)
        encode_query(&w, s, h, headers);
    else
        encode_rest(&w, s, h->operation, headers);
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
    lua_getfield(L, headers, "Content-Type");
    if (!lua_isnil(L, -1)) {
        lua_pushlstring(L, s->out.data ? s->out.data : "", s->out.len);
        lua_setfield(L, -3, "body");
    }
    lua_pop(L, 1);
    put_scratch(s);
    return 1;
}

void ses_open_encode(lua_State *L)
{
    lua_pushnil(L);
    lua_pushcclosure(L, l_encode, 1);
    lua_setfield(L, -2, "encode");
}
