#include "lvalidate.h"

#include "lscalar.h"
#include "lvalue.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void value(struct ses_validator *v, const struct ses_member *member);

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
static void unknown_key(struct ses_validator *v, const struct ses_shape *shape)
{
    lua_State *L = v->L;
    const char *names = push_names(L, shape), *key;
    char number[40];
    size_t len;
    int entered;

    if (lua_type(L, -2) == LUA_TSTRING) {
        key = lua_tolstring(L, -2, &len);
    } else {
        key = ses_describe(L, -2, number, sizeof number);
        len = strlen(key);
    }
    entered = ses_path_name(&v->path, key, len) == 0;
    lua_pushfstring(L, "unknown member; expected %s%s",
                    *names ? "one of " : "none", names);
    ses_fault(v, "unknown", NULL, names, lua_tostring(L, -1));
    if (entered)
        ses_path_leave(&v->path);
    lua_pop(L, 2);
}

/* Faults for the keys of the table at the top that are no members, in the
 * order of their names: that of a table differs from run to run. */
static void unknown_keys(struct ses_validator *v, const struct ses_shape *shape)
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
            if (v->faults < SES_FAULTS_MAX)
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
    for (i = 0; i < n && v->faults < SES_FAULTS_MAX; i++) {
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

static void structure(struct ses_validator *v, const struct ses_shape *shape)
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
            ses_fault(v, "required", NULL, ses_type_names[m->shape->type],
                      "required, but not given");
            ses_path_leave(&v->path);
        }
        lua_pop(L, 1);
    }
    if (has_unknown_keys(L, shape))
        unknown_keys(v, shape);
    for (i = 0; i < shape->count && v->faults < SES_FAULTS_MAX; i++) {
        const struct ses_member *m = &shape->members[i];

        if (ses_value_field(L, -1, m->name)) {
            given++;
            if (ses_path_name(&v->path, m->name, strlen(m->name)) == 0) {
                value(v, m);
                ses_path_leave(&v->path);
            } else {
                ses_fault(v, "depth", NULL, NULL, "nested too deeply");
            }
        }
        lua_pop(L, 1);
    }
    if (shape->flags & SES_UNION && given != 1) {
        char got[32];
        const char *names = push_names(L, shape);

        snprintf(got, sizeof got, "%u", given);
        lua_pushfstring(L, "expected exactly one of %s, got %s", names, got);
        ses_fault(v, "union", got, names, lua_tostring(L, -1));
        lua_pop(L, 2);
    }
}

/* The table at the top has the keys 1 to *n and no others; or a fault. */
static int is_list(struct ses_validator *v, size_t *n)
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
            ses_mismatch(v, "type", "a table with other keys than 1, 2, 3 ...",
                         "a list");
            return 0;
        }
        if (key > highest)
            highest = key;
        ++*n;
    }
    if (highest != (double)*n) {
        ses_fault(v, "hole", NULL, "a list without holes",
                  "the list has holes; give every element from 1 to the last");
        return 0;
    }
    return 1;
}

static void list(struct ses_validator *v, const struct ses_shape *shape)
{
    lua_State *L = v->L;
    size_t n, i;

    luaL_checkstack(L, 4, "too many nested values");
    if (!is_list(v, &n))
        return;
    ses_minimum(v, shape, (double)n, " item");
    for (i = 1; i <= n && v->faults < SES_FAULTS_MAX; i++) {
        lua_rawgeti(L, -1, (int)i);
        if (ses_path_index(&v->path, i) == 0) {
            value(v, shape->members);
            ses_path_leave(&v->path);
        } else {
            ses_fault(v, "depth", NULL, NULL, "nested too deeply");
        }
        lua_pop(L, 1);
    }
}

/* The keys in the order of their bytes: that of a table differs from run to
 * run, and faults should not. */
static void map(struct ses_validator *v, const struct ses_shape *shape)
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

            ses_mismatch(v, "type", ses_describe(L, -1, buffer, sizeof buffer),
                         "keys that are strings");
            lua_settop(L, table);
            return;
        }
    }
    keys = ses_value_keys(L, table, &n);
    for (i = 0; i < n && v->faults < SES_FAULTS_MAX; i++) {
        lua_pushlstring(L, keys[i].p, keys[i].len);
        lua_rawget(L, table);
        if (ses_path_name(&v->path, keys[i].p, keys[i].len) == 0) {
            if (!ses_text_fault(v, keys[i].p, keys[i].len))
                value(v, &shape->members[1]);
            ses_path_leave(&v->path);
        } else {
            ses_fault(v, "depth", NULL, NULL, "nested too deeply");
        }
        lua_pop(L, 1);
    }
    lua_settop(L, table);
    ses_minimum(v, shape, (double)n, " entry");
}

/* Checks the value at the top of the stack; leaves it there. */
static void value(struct ses_validator *v, const struct ses_member *m)
{
    static const signed char lua_types[] = {
        LUA_TTABLE,   LUA_TTABLE,  LUA_TTABLE,  LUA_TSTRING, LUA_TSTRING,
        LUA_TBOOLEAN, LUA_TNUMBER, LUA_TNUMBER, LUA_TNUMBER, LUA_TNONE,
    };
    int type = lua_type(v->L, -1);

    if (m->shape->type != SES_TIMESTAMP && type != lua_types[m->shape->type]) {
        ses_wrong_type(v, m->shape);
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
        ses_validate_string(v, m);
        break;
    case SES_TIMESTAMP:
        ses_validate_time(v, m->shape);
        break;
    case SES_INTEGER:
    case SES_LONG:
    case SES_DOUBLE:
        ses_validate_number(v, m->shape);
        break;
    default:
        break;
    }
}

int ses_validate(lua_State *L, int index, const struct ses_shape *input)
{
    static const struct ses_shape nothing = {.name = "", .type = SES_STRUCTURE};
    struct ses_validator v;

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
