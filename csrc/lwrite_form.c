/* The awsQuery form: every scalar under the dotted path of its wire names. */
#include "lwrite.h"

#include "codec.h"

#include <stdio.h>
#include <string.h>

/* The key of the value that is being written is the scratch buffer's content;
 * each level appends its part and takes it back. */
static void value(struct ses_writer *w, const struct ses_shape *shape);

static void add_part(struct ses_writer *w, const char *part)
{
    if (w->scratch->len)
        ses_sbuf_addc(w->scratch, '.');
    ses_sbuf_adds(w->scratch, part);
}

static void add_number(struct ses_writer *w, size_t n)
{
    char text[24];

    snprintf(text, sizeof text, "%lu", (unsigned long)n);
    add_part(w, text);
}

/* Appends "&key=". */
static void begin(struct ses_writer *w)
{
    ses_sbuf_addc(w->out, '&');
    ses_percent_add(w->out, w->scratch->data, w->scratch->len, 0);
    ses_sbuf_addc(w->out, '=');
}

/* Appends a percent-encoded text that is the end of the scratch buffer, from
 * mark on, and takes it from there. */
static void flush(struct ses_writer *w, size_t mark)
{
    if (w->scratch->error)
        w->out->error = w->scratch->error;
    else
        ses_percent_add(w->out, w->scratch->data + mark, w->scratch->len - mark,
                        0);
    w->scratch->len = mark;
}

/* A message may be long: it is never there in base64 alone as a whole. */
static void blob_value(struct ses_writer *w)
{
    enum { PIECE = 3 * 1024 };
    size_t mark = w->scratch->len, len, n;
    const char *s = lua_tolstring(w->L, -1, &len);

    /* At once what is needed at least, which has not to be moved then. */
    ses_sbuf_room(w->out, len);
    for (; len > 0 && !w->out->error; s += n, len -= n) {
        n = len < PIECE ? len : PIECE;
        ses_base64_add(w->scratch, s, n);
        flush(w, mark);
    }
}

static void text_value(struct ses_writer *w, const struct ses_shape *shape)
{
    size_t mark = w->scratch->len;

    begin(w);
    if (shape->type == SES_BLOB && lua_type(w->L, -1) == LUA_TSTRING) {
        blob_value(w);
        return;
    }
    ses_value_text(w->L, -1, shape, SES_FORMAT_ISO8601, w->scratch);
    flush(w, mark);
}

static void list(struct ses_writer *w, const struct ses_shape *shape, int flat)
{
    lua_State *L = w->L;
    size_t i, n = ses_rawlen(L, -1), mark;

    if (n == 0) {
        begin(w);
        return;
    }
    if (!flat)
        add_part(w, shape->members->wire);
    mark = w->scratch->len;
    for (i = 1; i <= n && !w->out->error; i++) {
        ses_writer_entered(w, ses_path_index(&w->path, i));
        add_number(w, i);
        lua_rawgeti(L, -1, (int)i);
        value(w, shape->members->shape);
        lua_pop(L, 1);
        w->scratch->len = mark;
        if (!w->out->error)
            ses_path_leave(&w->path);
    }
}

static void map(struct ses_writer *w, const struct ses_shape *shape, int flat)
{
    lua_State *L = w->L;
    int table = lua_gettop(L);
    size_t i, n, mark, entry;
    const struct ses_key *keys = ses_value_keys(L, table, &n);

    if (!flat)
        add_part(w, "entry");
    mark = w->scratch->len;
    for (i = 0; i < n && !w->out->error; i++) {
        ses_writer_entered(w, ses_path_name(&w->path, keys[i].p, keys[i].len));
        add_number(w, i + 1);
        entry = w->scratch->len;
        add_part(w, shape->members[0].wire);
        begin(w);
        ses_percent_add(w->out, keys[i].p, keys[i].len, 0);
        w->scratch->len = entry;
        add_part(w, shape->members[1].wire);
        lua_pushlstring(L, keys[i].p, keys[i].len);
        lua_rawget(L, table);
        value(w, shape->members[1].shape);
        lua_pop(L, 1);
        w->scratch->len = mark;
        if (!w->out->error)
            ses_path_leave(&w->path);
    }
    lua_settop(L, table);
}

static void container(struct ses_writer *w, const struct ses_shape *shape,
                      int flat)
{
    if (!lua_istable(w->L, -1))
        luaL_error(w->L, "params changed while they were encoded");
    luaL_checkstack(w->L, 8, "too many nested values");
    if (shape->type == SES_STRUCTURE)
        ses_write_form(w, shape);
    else if (shape->type == SES_LIST)
        list(w, shape, flat);
    else
        map(w, shape, flat);
}

static void value(struct ses_writer *w, const struct ses_shape *shape)
{
    if (shape->type <= SES_MAP)
        container(w, shape, shape->flags & SES_FLAT);
    else
        text_value(w, shape);
}

void ses_write_form(struct ses_writer *w, const struct ses_shape *shape)
{
    lua_State *L = w->L;
    size_t mark = w->scratch->len;
    unsigned i;
    int flat;

    for (i = 0; i < shape->count && !w->out->error; i++) {
        const struct ses_member *m = &shape->members[i];

        if (ses_value_field(L, -1, m->name)) {
            ses_writer_entered(
                w, ses_path_name(&w->path, m->name, strlen(m->name)));
            flat = ses_member_is_flat(m);
            add_part(w, flat ? ses_member_item(m) : ses_member_wire(m));
            if (m->shape->type <= SES_MAP)
                container(w, m->shape, flat);
            else
                text_value(w, m->shape);
            w->scratch->len = mark;
            if (!w->out->error)
                ses_path_leave(&w->path);
        }
        lua_pop(L, 1);
    }
}
