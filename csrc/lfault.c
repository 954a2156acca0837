#include "lfault.h"

#include "codec.h"
#include "lvalue.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char *const ses_type_names[] = {
    "a table",   "a list",     "a table",    "a string", "a string",
    "a boolean", "an integer", "an integer", "a number", "a time",
};

const char *ses_describe(lua_State *L, int index, char *out, size_t size)
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

void ses_fault_place(lua_State *L, const struct ses_path *p,
                     char path[SES_PATH_TEXT_MAX])
{
    int i;

    luaL_checkstack(L, 3, "too many nested values");
    ses_path_text(p, path);
    lua_createtable(L, 0, 6);
    set(L, "path", path);
    lua_createtable(L, p->depth, 0);
    for (i = 0; i < p->depth; i++) {
        const struct ses_path_step *step = &p->steps[i];

        if (step->name)
            lua_pushlstring(L, step->name, step->len);
        else
            ses_pushinteger(L, (long long)step->index);
        lua_rawseti(L, -2, i + 1);
    }
    lua_setfield(L, -2, "steps");
}

void ses_fault(struct ses_validator *v, const char *rule, const char *got,
               const char *expected, const char *text)
{
    lua_State *L = v->L;
    char path[SES_PATH_TEXT_MAX];

    if (v->faults >= SES_FAULTS_MAX)
        return;
    luaL_checkstack(L, 6, "too many nested values");
    if (v->faults++ == 0) {
        lua_newtable(L);
        lua_replace(L, v->list);
    }
    ses_fault_place(L, &v->path, path);
    set(L, "rule", rule);
    if (got)
        set(L, "got", got);
    if (expected)
        set(L, "expected", expected);
    lua_pushfstring(L, "%s: %s", *path ? path : "params", text);
    lua_setfield(L, -2, "message");
    lua_rawseti(L, v->list, v->faults);
}

void ses_mismatch(struct ses_validator *v, const char *rule, const char *got,
                  const char *expected)
{
    lua_State *L = v->L;

    luaL_checkstack(L, 2, "too many nested values");
    lua_pushfstring(L, "expected %s, got %s", expected, got);
    ses_fault(v, rule, got, expected, lua_tostring(L, -1));
    lua_pop(L, 1);
}

void ses_wrong_type(struct ses_validator *v, const struct ses_shape *shape)
{
    char buffer[64];

    ses_mismatch(v, "type", ses_describe(v->L, -1, buffer, sizeof buffer),
                 shape->type == SES_TIMESTAMP
                     ? "seconds since the epoch or ISO 8601 text"
                     : ses_type_names[shape->type]);
}

void ses_minimum(struct ses_validator *v, const struct ses_shape *shape,
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
    ses_mismatch(v, "min", is, least);
}
