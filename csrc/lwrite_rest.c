/* The parts of a rest-json request that are not its body: path, query,
 * headers. */
#include "lwrite.h"

#include "codec.h"

#include <string.h>

/* The member whose wire name is the label's, or null. */
static const struct ses_member *find_label(const struct ses_shape *input,
                                           const char *name, size_t len)
{
    unsigned i;

    for (i = 0; input && i < input->count; i++) {
        const char *wire = ses_member_wire(&input->members[i]);

        if (input->members[i].location == SES_IN_URI && strlen(wire) == len &&
            memcmp(wire, name, len) == 0)
            return &input->members[i];
    }
    return NULL;
}

/* Makes w->scratch the text of the scalar at the top. */
static void scalar(struct ses_writer *w, const struct ses_shape *shape,
                   enum ses_format format)
{
    w->scratch->len = 0;
    ses_value_text(w->L, -1, shape, format, w->scratch);
}

/* Appends one label's value; a greedy one keeps its slashes. */
static void add_label(struct ses_writer *w, const struct ses_shape *input,
                      const char *name, size_t len)
{
    int greedy = len && name[len - 1] == '+';
    const struct ses_member *m = find_label(input, name, len - (size_t)greedy);

    if (!m || !ses_value_field(w->L, -1, m->name)) {
        luaL_error(w->L, "params changed while they were encoded");
        return;
    }
    ses_writer_entered(w, ses_path_name(&w->path, m->name, strlen(m->name)));
    scalar(w, m->shape, SES_FORMAT_ISO8601);
    ses_percent_add(w->uri, w->scratch->data, w->scratch->len,
                    greedy ? '/' : 0);
    if (!w->scratch->error && !w->uri->error)
        ses_path_leave(&w->path);
    lua_pop(w->L, 1);
}

void ses_write_uri(struct ses_writer *w, const struct ses_operation *op)
{
    const char *p = op->uri;

    while (*p && *p != '?') {
        size_t n = strcspn(p, "{?");

        ses_sbuf_add(w->uri, p, n);
        p += n;
        if (*p == '{') {
            n = strcspn(++p, "}");
            add_label(w, op->input, p, n);
            p += n + (p[n] == '}');
        }
    }
    if (*p == '?')
        ses_sbuf_adds(w->query, p + 1);
}

/* Appends "name=value" of the scalar at the top. */
static void add_parameter(struct ses_writer *w, const char *name, size_t len,
                          const struct ses_shape *shape)
{
    if (w->query->len)
        ses_sbuf_addc(w->query, '&');
    ses_percent_add(w->query, name, len, 0);
    ses_sbuf_addc(w->query, '=');
    scalar(w, shape, SES_FORMAT_ISO8601);
    ses_percent_add(w->query, w->scratch->data, w->scratch->len, 0);
}

/* The params may have changed since they were validated: a finalizer may run
 * whenever Lua allocates. */
static void expect_table(struct ses_writer *w)
{
    if (!lua_istable(w->L, -1))
        luaL_error(w->L, "params changed while they were encoded");
}

/* Appends a list as one parameter an element. */
static void add_list(struct ses_writer *w, const char *name, size_t len,
                     const struct ses_shape *element)
{
    size_t i, n;

    expect_table(w);
    n = ses_rawlen(w->L, -1);
    for (i = 1; i <= n && !w->query->error; i++) {
        lua_rawgeti(w->L, -1, (int)i);
        add_parameter(w, name, len, element);
        lua_pop(w->L, 1);
    }
}

/* Whether a member of its own, not an entry of a map, is that parameter. */
static int is_parameter(const struct ses_shape *shape, const char *name,
                        size_t len)
{
    unsigned i;

    for (i = 0; i < shape->count; i++) {
        const struct ses_member *m = &shape->members[i];
        const char *wire = ses_member_wire(m);

        if (m->location == SES_IN_QUERY && m->shape->type != SES_MAP &&
            strlen(wire) == len && memcmp(wire, name, len) == 0)
            return 1;
    }
    return 0;
}

/* Appends a map as a parameter, or a list of them, for every key that no
 * other member of the structure is. */
static void add_map(struct ses_writer *w, const struct ses_shape *map,
                    const struct ses_shape *structure)
{
    lua_State *L = w->L;
    const struct ses_shape *value = map->members[1].shape;
    int table = lua_gettop(L);
    size_t i, n;
    const struct ses_key *keys;

    expect_table(w);
    keys = ses_value_keys(L, table, &n);
    for (i = 0; i < n && !w->query->error; i++) {
        if (is_parameter(structure, keys[i].p, keys[i].len))
            continue;
        lua_pushlstring(L, keys[i].p, keys[i].len);
        lua_rawget(L, table);
        if (value->type == SES_LIST)
            add_list(w, keys[i].p, keys[i].len, value->members->shape);
        else
            add_parameter(w, keys[i].p, keys[i].len, value);
        lua_pop(L, 1);
    }
    lua_settop(L, table);
}

void ses_write_query(struct ses_writer *w, const struct ses_shape *shape)
{
    unsigned i;

    for (i = 0; i < shape->count; i++) {
        const struct ses_member *m = &shape->members[i];
        const char *wire = ses_member_wire(m);

        if (m->location != SES_IN_QUERY)
            continue;
        if (ses_value_field(w->L, -1, m->name)) {
            ses_writer_entered(
                w, ses_path_name(&w->path, m->name, strlen(m->name)));
            if (m->shape->type == SES_LIST)
                add_list(w, wire, strlen(wire), m->shape->members->shape);
            else if (m->shape->type == SES_MAP)
                add_map(w, m->shape, shape);
            else
                add_parameter(w, wire, strlen(wire), m->shape);
            if (!w->query->error && !w->scratch->error)
                ses_path_leave(&w->path);
        }
        lua_pop(w->L, 1);
    }
}

/* Sets t[name] to a buffer's bytes. */
static void set_header(lua_State *L, int t, const char *name,
                       const struct ses_sbuf *b)
{
    lua_pushlstring(L, b->data ? b->data : "", b->len);
    lua_setfield(L, t, name);
}

/* Appends an element of a list of strings to w->query: quoted where it has a
 * comma or a quote. */
static void add_quoted(struct ses_writer *w)
{
    const char *s = w->scratch->data;
    size_t i, n = w->scratch->len;

    if (!n || (!memchr(s, ',', n) && !memchr(s, '"', n))) {
        ses_sbuf_add(w->query, s, n);
        return;
    }
    ses_sbuf_addc(w->query, '"');
    for (i = 0; i < n; i++) {
        if (s[i] == '"' || s[i] == '\\')
            ses_sbuf_addc(w->query, '\\');
        ses_sbuf_addc(w->query, s[i]);
    }
    ses_sbuf_addc(w->query, '"');
}

/* Sets a header to the list at the top, its elements separated by commas.
 * The text is built at the end of w->query, which is done. */
static void list_header(struct ses_writer *w, const struct ses_shape *element,
                        const char *name, int headers)
{
    lua_State *L = w->L;
    size_t i, n, mark = w->query->len;

    expect_table(w);
    n = ses_rawlen(L, -1);
    for (i = 1; i <= n && !w->query->error; i++) {
        if (i > 1)
            ses_sbuf_add(w->query, ", ", 2);
        lua_rawgeti(L, -1, (int)i);
        scalar(w, element, SES_FORMAT_RFC822);
        if (element->type == SES_STRING)
            add_quoted(w);
        else
            ses_sbuf_add(w->query, w->scratch->data, w->scratch->len);
        lua_pop(L, 1);
    }
    lua_pushlstring(L, w->query->data ? w->query->data + mark : "",
                    w->query->len - mark);
    lua_setfield(L, headers, name);
    w->query->len = mark;
}

/* Sets a header for every entry of the map at the top: the prefix and the
 * key. */
static void map_headers(struct ses_writer *w, const struct ses_shape *map,
                        const char *prefix, int headers)
{
    lua_State *L = w->L;
    int table = lua_gettop(L);
    size_t i, n;
    const struct ses_key *keys;

    expect_table(w);
    keys = ses_value_keys(L, table, &n);
    for (i = 0; i < n; i++) {
        lua_pushstring(L, prefix);
        lua_pushlstring(L, keys[i].p, keys[i].len);
        lua_concat(L, 2);
        lua_pushlstring(L, keys[i].p, keys[i].len);
        lua_rawget(L, table);
        scalar(w, map->members[1].shape, SES_FORMAT_RFC822);
        lua_pop(L, 1);
        lua_pushlstring(L, w->scratch->data ? w->scratch->data : "",
                        w->scratch->len);
        lua_rawset(L, headers);
    }
    lua_settop(L, table);
}

void ses_write_headers(struct ses_writer *w, const struct ses_shape *shape,
                       int headers)
{
    lua_State *L = w->L;
    unsigned i;

    for (i = 0; i < shape->count; i++) {
        const struct ses_member *m = &shape->members[i];
        const char *wire = ses_member_wire(m);

        if (m->location != SES_IN_HEADER && m->location != SES_IN_HEADERS)
            continue;
        if (ses_value_field(L, -1, m->name)) {
            ses_writer_entered(
                w, ses_path_name(&w->path, m->name, strlen(m->name)));
            if (m->shape->type == SES_MAP) {
                map_headers(w, m->shape, wire, headers);
            } else if (m->shape->type == SES_LIST) {
                list_header(w, m->shape->members->shape, wire, headers);
            } else {
                scalar(w, m->shape, SES_FORMAT_RFC822);
                set_header(L, headers, wire, w->scratch);
            }
            if (!w->query->error && !w->scratch->error)
                ses_path_leave(&w->path);
        }
        lua_pop(L, 1);
    }
}
