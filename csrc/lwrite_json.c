/* JSON by the shape: an empty table is [] or {} as the shape says. */
#include "lwrite.h"

#include <string.h>

/* Appends a quoted string; the text is UTF-8. */
static void quoted(struct ses_sbuf *out, const char *s, size_t len)
{
    static const char hex[] = "0123456789abcdef";
    size_t i = 0;

    ses_sbuf_addc(out, '"');
    while (i < len) {
        size_t start = i;
        char escape[6] = "\\u00";

        while (i < len && (unsigned char)s[i] >= ' ' && s[i] != '"' &&
               s[i] != '\\')
            i++;
        ses_sbuf_add(out, s + start, i - start);
        if (i == len)
            break;
        switch (s[i]) {
        case '"':
        case '\\':
            escape[1] = s[i];
            ses_sbuf_add(out, escape, 2);
            break;
        case '\n':
            ses_sbuf_add(out, "\\n", 2);
            break;
        case '\r':
            ses_sbuf_add(out, "\\r", 2);
            break;
        case '\t':
            ses_sbuf_add(out, "\\t", 2);
            break;
        default:
            escape[4] = hex[(unsigned char)s[i] >> 4];
            escape[5] = hex[s[i] & 15];
            ses_sbuf_add(out, escape, 6);
        }
        i++;
    }
    ses_sbuf_addc(out, '"');
}

static void list(struct ses_writer *w, const struct ses_shape *shape)
{
    lua_State *L = w->L;
    size_t i, n = ses_rawlen(L, -1);

    ses_sbuf_addc(w->out, '[');
    for (i = 1; i <= n && !w->out->error; i++) {
        ses_writer_entered(w, ses_path_index(&w->path, i));
        if (i > 1)
            ses_sbuf_addc(w->out, ',');
        lua_rawgeti(L, -1, (int)i);
        ses_write_json_value(w, shape->members->shape);
        lua_pop(L, 1);
        if (!w->out->error)
            ses_path_leave(&w->path);
    }
    ses_sbuf_addc(w->out, ']');
}

static void map(struct ses_writer *w, const struct ses_shape *shape)
{
    lua_State *L = w->L;
    int table = lua_gettop(L);
    size_t i, n;
    const struct ses_key *keys = ses_value_keys(L, table, &n);

    ses_sbuf_addc(w->out, '{');
    for (i = 0; i < n && !w->out->error; i++) {
        ses_writer_entered(w, ses_path_name(&w->path, keys[i].p, keys[i].len));
        if (i)
            ses_sbuf_addc(w->out, ',');
        quoted(w->out, keys[i].p, keys[i].len);
        ses_sbuf_addc(w->out, ':');
        lua_pushlstring(L, keys[i].p, keys[i].len);
        lua_rawget(L, table);
        ses_write_json_value(w, shape->members[1].shape);
        lua_pop(L, 1);
        if (!w->out->error)
            ses_path_leave(&w->path);
    }
    ses_sbuf_addc(w->out, '}');
    lua_settop(L, table);
}

void ses_write_json(struct ses_writer *w, const struct ses_shape *shape)
{
    lua_State *L = w->L;
    unsigned i;
    int first = 1;

    ses_sbuf_addc(w->out, '{');
    for (i = 0; i < shape->count && !w->out->error; i++) {
        const struct ses_member *m = &shape->members[i];
        const char *wire = ses_member_wire(m);

        if (m->location != SES_IN_BODY)
            continue;
        if (ses_value_field(L, -1, m->name)) {
            ses_writer_entered(
                w, ses_path_name(&w->path, m->name, strlen(m->name)));
            if (!first)
                ses_sbuf_addc(w->out, ',');
            first = 0;
            quoted(w->out, wire, strlen(wire));
            ses_sbuf_addc(w->out, ':');
            ses_write_json_value(w, m->shape);
            if (!w->out->error)
                ses_path_leave(&w->path);
        }
        lua_pop(L, 1);
    }
    ses_sbuf_addc(w->out, '}');
}

static void scalar(struct ses_writer *w, const struct ses_shape *shape)
{
    lua_State *L = w->L;
    size_t len;
    const char *s;

    if (shape->type == SES_STRING && lua_type(L, -1) == LUA_TSTRING) {
        s = lua_tolstring(L, -1, &len);
        quoted(w->out, s, len);
    } else if (shape->type == SES_BLOB ||
               (shape->type == SES_TIMESTAMP && shape->format &&
                shape->format != SES_FORMAT_EPOCH)) {
        ses_sbuf_addc(w->out, '"');
        ses_value_text(L, -1, shape, SES_FORMAT_EPOCH, w->out);
        ses_sbuf_addc(w->out, '"');
    } else {
        ses_value_text(L, -1, shape, SES_FORMAT_EPOCH, w->out);
    }
}

void ses_write_json_value(struct ses_writer *w, const struct ses_shape *shape)
{
    if (shape->type > SES_MAP) {
        scalar(w, shape);
        return;
    }
    if (!lua_istable(w->L, -1))
        luaL_error(w->L, "params changed while they were encoded");
    luaL_checkstack(w->L, 8, "too many nested values");
    if (shape->type == SES_STRUCTURE)
        ses_write_json(w, shape);
    else if (shape->type == SES_LIST)
        list(w, shape);
    else
        map(w, shape);
}
