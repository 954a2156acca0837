#include "lvalidate.h"

#include "clock.h"
#include "codec.h"
#include "lvalue.h"
#include "path.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { FAULTS_MAX = 100 };

struct validator {
    lua_State *L;
    int list; /* stack index of the list of faults; nil until there is one */
    int faults;
    struct ses_path path;
};

static const char *const type_names[] = {
    "a table",   "a list",     "a table",    "a string", "a string",
    "a boolean", "an integer", "an integer", "a number", "a time",
};

/* What a user gave, in Lua's terms; a number with its value. */
static const char *describe(lua_State *L, int index, char *out, size_t size)
{
    char number[32];

    switch (lua_type(L, index)) {
    case LUA_TNUMBER:
        if (!isfinite((double)lua_tonumber(L, index)))
            return "a number that is not finite";
        ses_double_text(number, (double)lua_tonumber(L, index));
        snprintf(out, size, "the number %s", number);
        return out;
    case LUA_TLIGHTUSERDATA:
        return ses_value_absent(L, index) ? "null" : "a userdata";
    default:
        snprintf(out, size, "a %s", lua_typename(L, lua_type(L, index)));
        return out;
    }
}

static void set(lua_State *L, const char *key, const char *value)
{
    lua_pushstring(L, value);
    lua_setfield(L, -2, key);
}

/* Adds a fault at the current path.  got and expected may be null; the
 * message is "path: text". */
static void fault(struct validator *v, const char *rule, const char *got,
                  const char *expected, const char *text)
{
    lua_State *L = v->L;
    char path[SES_PATH_TEXT_MAX];

    if (v->faults >= FAULTS_MAX)
        return;
    luaL_checkstack(L, 6, "too many nested values");
    if (v->faults++ == 0) {
        lua_newtable(L);
        lua_replace(L, v->list);
    }
    ses_path_text(&v->path, path);
    lua_newtable(L);
    set(L, "path", path);
    set(L, "rule", rule);
    if (got)
        set(L, "got", got);
    if (expected)
        set(L, "expected", expected);
    lua_pushfstring(L, "%s: %s", *path ? path : "params", text);
    lua_setfield(L, -2, "message");
    lua_rawseti(L, v->list, v->faults);
}

/* "expected X, got Y" */
static void mismatch(struct validator *v, const char *rule, const char *got,
                     const char *expected)
{
    lua_State *L = v->L;

    luaL_checkstack(L, 2, "too many nested values");
    lua_pushfstring(L, "expected %s, got %s", expected, got);
    fault(v, rule, got, expected, lua_tostring(L, -1));
    lua_pop(L, 1);
}

static void wrong_type(struct validator *v, const struct ses_shape *shape)
{
    char buffer[64];

    mismatch(v, "type", describe(v->L, -1, buffer, sizeof buffer),
             shape->type == SES_TIMESTAMP
                 ? "seconds since the epoch or ISO 8601 text"
                 : type_names[shape->type]);
}

static void value(struct validator *v, const struct ses_member *member);

/* Pushes the names of a structure's members, separated by commas. */
static const char *push_names(lua_State *L, const struct ses_shape *shape)
{
    luaL_Buffer b;
    unsigned i;

    luaL_buffinit(L, &b);
    for (i = 0; i < shape->count; i++) {
        if (i)
            luaL_addstring(&b, ", ");
        luaL_addstring(&b, shape->members[i].name);
    }
    luaL_pushresult(&b);
    return lua_tostring(L, -1);
}

/* A fault for the key at the top of the stack, which the shape lacks. */
static void unknown_key(struct validator *v, const struct ses_shape *shape)
{
    lua_State *L = v->L;
    const char *names = push_names(L, shape), *key;
    char number[40];
    size_t len;
    int entered;

    if (lua_type(L, -2) == LUA_TSTRING) {
        key = lua_tolstring(L, -2, &len);
    } else {
        key = describe(L, -2, number, sizeof number);
        len = strlen(key);
    }
    entered = ses_path_name(&v->path, key, len) == 0;
    lua_pushfstring(L, "unknown member; %s %s",
                    *names ? "expected one of" : "this operation takes none",
                    names);
    fault(v, "unknown", NULL, names, lua_tostring(L, -1));
    if (entered)
        ses_path_leave(&v->path);
    lua_pop(L, 2);
}

/* Faults for the keys of the table at the top that are no members, in the
 * order of their names: that of a table differs from run to run. */
static void unknown_keys(struct validator *v, const struct ses_shape *shape)
{
    lua_State *L = v->L;
    int table = lua_gettop(L);
    size_t n, i;
    const struct ses_key *keys;

    luaL_checkstack(L, 6, "too many nested values");
    lua_newtable(L);
    lua_pushnil(L);
    while (lua_next(L, table)) {
        size_t len;
        const char *key;

        lua_pop(L, 1);
        if (lua_type(L, -1) != LUA_TSTRING) {
            unknown_key(v, shape);
            continue;
        }
        key = lua_tolstring(L, -1, &len);
        if (!ses_member_find(shape, key, len)) {
            lua_pushvalue(L, -1);
            lua_pushboolean(L, 1);
            lua_rawset(L, table + 1);
        }
    }
    keys = ses_value_keys(L, table + 1, &n);
    for (i = 0; i < n; i++) {
        lua_pushlstring(L, keys[i].p, keys[i].len);
        unknown_key(v, shape);
        lua_pop(L, 1);
    }
    lua_settop(L, table);
}

static int has_unknown_keys(lua_State *L, const struct ses_shape *shape)
{
    int table = lua_gettop(L);

    luaL_checkstack(L, 2, "too many nested values");
    lua_pushnil(L);
    while (lua_next(L, table)) {
        size_t len;
        const char *key;

        lua_pop(L, 1);
        if (lua_type(L, -1) == LUA_TSTRING) {
            key = lua_tolstring(L, -1, &len);
            if (ses_member_find(shape, key, len))
                continue;
        }
        lua_pop(L, 1);
        return 1;
    }
    return 0;
}

static void structure(struct validator *v, const struct ses_shape *shape)
{
    lua_State *L = v->L;
    unsigned i, given = 0;

    luaL_checkstack(L, 4, "too many nested values");
    for (i = 0; i < shape->count; i++) {
        const struct ses_member *m = &shape->members[i];

        if (!(m->flags & SES_REQUIRED))
            continue;
        if (!ses_value_field(L, -1, m->name) &&
            ses_path_name(&v->path, m->name, strlen(m->name)) == 0) {
            fault(v, "required", NULL, type_names[m->shape->type],
                  "required, but not given");
            ses_path_leave(&v->path);
        }
        lua_pop(L, 1);
    }
    if (has_unknown_keys(L, shape))
        unknown_keys(v, shape);
    for (i = 0; i < shape->count; i++) {
        const struct ses_member *m = &shape->members[i];

        if (ses_value_field(L, -1, m->name)) {
            given++;
            if (ses_path_name(&v->path, m->name, strlen(m->name)) == 0) {
                value(v, m);
                ses_path_leave(&v->path);
            } else {
                fault(v, "depth", NULL, NULL, "nested too deeply");
            }
        }
        lua_pop(L, 1);
    }
    if (shape->flags & SES_UNION && given != 1) {
        char got[32];
        const char *names = push_names(L, shape);

        snprintf(got, sizeof got, "%u", given);
        lua_pushfstring(L, "expected exactly one of %s, got %s", names, got);
        fault(v, "union", got, names, lua_tostring(L, -1));
        lua_pop(L, 2);
    }
}

/* Length, item count or value below the least that the model allows. */
static void minimum(struct validator *v, const struct ses_shape *shape,
                    double got, const char *unit)
{
    char is[64], least[64], number[32];

    if (!shape->has_min || got >= (double)shape->min)
        return;
    ses_double_text(number, (double)shape->min);
    snprintf(least, sizeof least, "at least %s%s%s", number, unit,
             *unit && shape->min != 1 ? "s" : "");
    ses_double_text(number, got);
    snprintf(is, sizeof is, "%s", number);
    mismatch(v, "min", is, least);
}

/* The table at the top has the keys 1 to *n and no others; or a fault. */
static int is_list(struct validator *v, size_t *n)
{
    lua_State *L = v->L;
    int table = lua_gettop(L);
    double highest = 0;

    *n = 0;
    lua_pushnil(L);
    while (lua_next(L, table)) {
        double key = 0;

        lua_pop(L, 1);
        if (lua_type(L, -1) == LUA_TNUMBER)
            key = (double)lua_tonumber(L, -1);
        if (!(key >= 1) || key != floor(key)) {
            lua_pop(L, 1);
            mismatch(v, "type", "a table with other keys than 1, 2, 3 ...",
                     "a list");
            return 0;
        }
        if (key > highest)
            highest = key;
        ++*n;
    }
    if (highest != (double)*n) {
        fault(v, "hole", NULL, "a list without holes",
              "the list has holes; give every element from 1 to the last");
        return 0;
    }
    return 1;
}

static void list(struct validator *v, const struct ses_shape *shape)
{
    lua_State *L = v->L;
    size_t n, i;

    luaL_checkstack(L, 4, "too many nested values");
    if (!is_list(v, &n))
        return;
    minimum(v, shape, (double)n, " item");
    for (i = 1; i <= n && v->faults < FAULTS_MAX; i++) {
        lua_rawgeti(L, -1, (int)i);
        if (ses_path_index(&v->path, i) == 0) {
            value(v, shape->members);
            ses_path_leave(&v->path);
        } else {
            fault(v, "depth", NULL, NULL, "nested too deeply");
        }
        lua_pop(L, 1);
    }
}

/* Text that no protocol carries. */
static int text_fault(struct validator *v, const char *s, size_t len)
{
    char text[64];
    size_t bad = ses_utf8_check(s, len);

    if (bad < len) {
        snprintf(text, sizeof text, "not UTF-8 at byte %lu",
                 (unsigned long)bad + 1);
        fault(v, "utf8", NULL, "UTF-8", text);
        return 1;
    }
    if (len && memchr(s, '\0', len)) {
        fault(v, "nul", NULL, "text", "contains a NUL byte");
        return 1;
    }
    return 0;
}

/* The keys in the order of their bytes: that of a table differs from run to
 * run, and faults should not. */
static void map(struct validator *v, const struct ses_shape *shape)
{
    lua_State *L = v->L;
    int table = lua_gettop(L);
    const struct ses_key *keys;
    size_t n, i;

    luaL_checkstack(L, 6, "too many nested values");
    lua_pushnil(L);
    while (lua_next(L, table)) {
        lua_pop(L, 1);
        if (lua_type(L, -1) != LUA_TSTRING) {
            char buffer[64];

            mismatch(v, "type", describe(L, -1, buffer, sizeof buffer),
                     "keys that are strings");
            lua_settop(L, table);
            return;
        }
    }
    keys = ses_value_keys(L, table, &n);
    for (i = 0; i < n && v->faults < FAULTS_MAX; i++) {
        lua_pushlstring(L, keys[i].p, keys[i].len);
        lua_rawget(L, table);
        if (ses_path_name(&v->path, keys[i].p, keys[i].len) == 0) {
            if (!text_fault(v, keys[i].p, keys[i].len))
                value(v, &shape->members[1]);
            ses_path_leave(&v->path);
        } else {
            fault(v, "depth", NULL, NULL, "nested too deeply");
        }
        lua_pop(L, 1);
    }
    lua_settop(L, table);
    minimum(v, shape, (double)n, " entry");
}

/* What may stand in a header, or as a label in a path, is narrower. */
static void place_fault(struct validator *v, const struct ses_member *m,
                        const char *s, size_t len)
{
    size_t i;

    if (m->location != SES_IN_URI && m->location != SES_IN_HEADER &&
        m->location != SES_IN_HEADERS)
        return;
    for (i = 0; i < len; i++) {
        if ((unsigned char)s[i] < ' ' || s[i] == 0x7f) {
            fault(v, "control", NULL, "text without control characters",
                  "contains a control character, and it is sent in the path "
                  "or in a header");
            return;
        }
    }
    if (m->location == SES_IN_URI &&
        (len == 0 || (len <= 2 && memcmp(s, "..", len) == 0)))
        fault(v, "label", NULL, "a name other than '.' and '..'",
              "it is sent in the path, where an empty name, '.' and '..' "
              "would name another resource");
}

static size_t utf8_length(const char *s, size_t len)
{
    size_t i, n = 0;

    for (i = 0; i < len; i++)
        n += ((unsigned char)s[i] & 0xc0) != 0x80;
    return n;
}

static void string(struct validator *v, const struct ses_member *m)
{
    size_t len;
    const char *s = lua_tolstring(v->L, -1, &len);
    int before = v->faults;

    if (text_fault(v, s, len))
        return;
    if (m->shape->has_min)
        minimum(v, m->shape, (double)utf8_length(s, len), " character");
    if (v->faults == before)
        place_fault(v, m, s, len);
}

static void number(struct validator *v, const struct ses_shape *shape)
{
    double n = (double)lua_tonumber(v->L, -1);
    double limit = shape->type == SES_INTEGER ? 2147483647.0 : SES_INTEGER_MAX;
    char buffer[64];
    const char *got = describe(v->L, -1, buffer, sizeof buffer);

    if (!isfinite(n)) {
        mismatch(v, "range", got, "a finite number");
        return;
    }
    if (shape->type == SES_DOUBLE) {
        minimum(v, shape, n, "");
        return;
    }
    if (n != floor(n)) {
        mismatch(v, "type", got, "an integer");
        return;
    }
#if LUA_VERSION_NUM >= 503
    if (lua_isinteger(v->L, -1)) { /* its double may be a neighbour */
        lua_Integer i = lua_tointeger(v->L, -1);

        if (i > (lua_Integer)SES_INTEGER_MAX ||
            i < -(lua_Integer)SES_INTEGER_MAX)
            n = 2 * SES_INTEGER_MAX;
    }
#endif
    if (n > limit || n < -limit - (shape->type == SES_INTEGER)) {
        mismatch(v, "range", got,
                 shape->type == SES_INTEGER ? "an integer of 32 bits"
                                            : "an integer of at most 53 bits");
        return;
    }
    minimum(v, shape, n, "");
}

static void timestamp(struct validator *v, const struct ses_shape *shape)
{
    double seconds;

    if (ses_value_time(v->L, -1, &seconds) != 0)
        wrong_type(v, shape);
    else if (!(seconds >= (double)SES_TIME_MIN &&
               seconds <= (double)SES_TIME_MAX))
        mismatch(v, "range", "a time outside them",
                 "a time in the years 0 to 9999");
}

/* Checks the value at the top of the stack; leaves it there. */
static void value(struct validator *v, const struct ses_member *m)
{
    static const signed char lua_types[] = {
        LUA_TTABLE,   LUA_TTABLE,  LUA_TTABLE,  LUA_TSTRING, LUA_TSTRING,
        LUA_TBOOLEAN, LUA_TNUMBER, LUA_TNUMBER, LUA_TNUMBER, LUA_TNONE,
    };
    int type = lua_type(v->L, -1);

    if (m->shape->type != SES_TIMESTAMP && type != lua_types[m->shape->type]) {
        wrong_type(v, m->shape);
        return;
    }
    switch (m->shape->type) {
    case SES_STRUCTURE:
        structure(v, m->shape);
        break;
    case SES_LIST:
        list(v, m->shape);
        break;
    case SES_MAP:
        map(v, m->shape);
        break;
    case SES_STRING:
        string(v, m);
        break;
    case SES_TIMESTAMP:
        timestamp(v, m->shape);
        break;
    case SES_INTEGER:
    case SES_LONG:
    case SES_DOUBLE:
        number(v, m->shape);
        break;
    default:
        break;
    }
}

int ses_validate(lua_State *L, int index, const struct ses_shape *input)
{
    static const struct ses_shape nothing = {.name = "", .type = SES_STRUCTURE};
    struct validator v;

    v.L = L;
    v.faults = 0;
    v.path.depth = 0;
    index = ses_absindex(L, index);
    lua_pushnil(L);
    v.list = lua_gettop(L);
    lua_pushvalue(L, index);
    structure(&v, input ? input : &nothing);
    lua_pop(L, v.faults ? 1 : 2);
    return v.faults;
}
