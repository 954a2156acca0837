/* Members of a result that travel in headers, or are the status. */
#include "lread.h"

#include <string.h>

static int lower(int c)
{
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

static int is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Pushes a name in lower case. */
static void push_lower(lua_State *L, const char *name)
{
    luaL_Buffer b;

    luaL_buffinit(L, &b);
    for (; *name; name++)
        luaL_addchar(&b, (char)lower((unsigned char)*name));
    luaL_pushresult(&b);
}

/* The end of the element that begins at s: a comma, or end.  A date has a
 * comma of its own. */
static const char *element_end(const char *s, const char *end, int is_date)
{
    const char *comma = memchr(s, ',', (size_t)(end - s));

    if (comma && is_date)
        comma = memchr(comma + 1, ',', (size_t)(end - comma - 1));
    return comma ? comma : end;
}

/* Appends a quoted element, whose opening quote is at s, to the list at the
 * top; returns what follows it, or null. */
static const char *quoted(lua_State *L, const char *s, const char *end, int n)
{
    luaL_Buffer b;

    luaL_buffinit(L, &b);
    for (s++; s < end && *s != '"'; s++) {
        if (*s == '\\' && ++s == end)
            break;
        luaL_addchar(&b, *s);
    }
    luaL_pushresult(&b);
    lua_rawseti(L, -2, n);
    return s < end ? s + 1 : NULL;
}

/* Pushes a list of what the commas of a header's value separate. */
static int read_list(struct ses_reader *r, const char *s, size_t len,
                     const struct ses_shape *element)
{
    const char *end = s + len, *stop;
    int n = 0, is_date = element->type == SES_TIMESTAMP &&
                         (element->format == SES_FORMAT_DEFAULT ||
                          element->format == SES_FORMAT_RFC822);

    lua_newtable(r->L);
    while (s < end) {
        while (s < end && is_blank(*s))
            s++;
        n++;
        if (element->type == SES_STRING && s < end && *s == '"') {
            stop = quoted(r->L, s, end, n);
            if (!stop)
                return ses_read_problem(r, "a closing quote", "none");
            while (stop < end && *stop != ',')
                stop++;
        } else {
            const char *last = stop = element_end(s, end, is_date);

            while (last > s && is_blank(last[-1]))
                last--;
            if (ses_path_index(&r->path, (size_t)n) != 0 ||
                ses_read_text(r, s, (size_t)(last - s), element,
                              SES_FORMAT_RFC822) != 0)
                return -1;
            ses_path_leave(&r->path);
            lua_rawseti(r->L, -2, n);
        }
        s = stop < end ? stop + 1 : end;
    }
    return 0;
}

/* Pushes a map of the headers whose names begin with the prefix at the top,
 * which it replaces; nil where there is none. */
static int read_map(struct ses_reader *r, int headers,
                    const struct ses_shape *map)
{
    lua_State *L = r->L;
    size_t len, prefix_len;
    const char *prefix = lua_tolstring(L, -1, &prefix_len), *name, *value;
    int found = lua_gettop(L) + 1, any = 0;

    lua_newtable(L);
    lua_pushnil(L);
    while (lua_next(L, headers)) {
        if (lua_type(L, -2) == LUA_TSTRING && lua_type(L, -1) == LUA_TSTRING) {
            name = lua_tolstring(L, -2, &len);
            if (len >= prefix_len && memcmp(name, prefix, prefix_len) == 0) {
                lua_pushlstring(L, name + prefix_len, len - prefix_len);
                value = lua_tolstring(L, -2, &len);
                if (ses_read_text(r, value, len, map->members[1].shape,
                                  SES_FORMAT_RFC822) != 0)
                    return -1;
                lua_rawset(L, found);
                any = 1;
            }
        }
        lua_pop(L, 1);
    }
    if (!any) {
        lua_pop(L, 1);
        lua_pushnil(L);
    }
    lua_remove(L, -2);
    return 0;
}

/* Pushes the member that is one header, or nil where that is not there. */
static int read_header(struct ses_reader *r, int headers,
                       const struct ses_shape *shape)
{
    size_t len;
    const char *value;
    int rc;

    lua_rawget(r->L, headers);
    if (lua_type(r->L, -1) != LUA_TSTRING) {
        lua_pop(r->L, 1);
        lua_pushnil(r->L);
        return 0;
    }
    value = lua_tolstring(r->L, -1, &len);
    if (shape->type == SES_LIST)
        rc = read_list(r, value, len, shape->members->shape);
    else if (shape->type < SES_LIST)
        rc = ses_read_problem(r, "no header for a structure", "one");
    else
        rc = ses_read_text(r, value, len, shape, SES_FORMAT_RFC822);
    if (rc == 0)
        lua_remove(r->L, -2);
    return rc;
}

int ses_read_headers(struct ses_reader *r, int headers, int status,
                     const struct ses_shape *shape, int to)
{
    lua_State *L = r->L;
    unsigned i;

    luaL_checkstack(L, 12, "too many headers");
    for (i = 0; i < shape->count; i++) {
        const struct ses_member *m = &shape->members[i];
        int rc;

        if (m->location == SES_IN_STATUS) {
            ses_pushinteger(L, status);
            lua_setfield(L, to, m->name);
        }
        if (m->location != SES_IN_HEADER && m->location != SES_IN_HEADERS)
            continue;
        ses_path_name(&r->path, m->name, strlen(m->name));
        push_lower(L, ses_member_wire(m));
        rc = m->shape->type == SES_MAP ? read_map(r, headers, m->shape)
                                       : read_header(r, headers, m->shape);
        if (rc != 0)
            return -1;
        lua_setfield(L, to, m->name);
        ses_path_leave(&r->path);
    }
    return 0;
}
