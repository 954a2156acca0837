/* How to reach a peer, read from a table once. */
#include "lmulti.h"
#include "multi.h"

#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#define SETTINGS "ses.settings"

/* Its strings follow it; the uservalue keeps the multi handle that it is for,
 * so that no other one can take its place. */
struct settings {
    struct ses_settings settings;
    const void *owner; /* that handle's userdata */
};

const struct ses_settings *ses_check_settings(lua_State *L, int index)
{
    const struct settings *s = luaL_checkudata(L, index, SETTINGS);

    luaL_argcheck(L, s->owner == lua_touserdata(L, 1), index,
                  "settings of another transport");
    return &s->settings;
}

long ses_milliseconds(lua_Number seconds)
{
    lua_Number ms = ceil(seconds * 1000);

    return ms < 1 ? 1 : ms < INT_MAX ? (long)ms : INT_MAX;
}

/* A field of the connection at 2, on the top of the stack; of the type, or nil
 * if it is absent. */
static int get_field(lua_State *L, const char *name, int type)
{
    lua_pushstring(L, name);
    lua_rawget(L, 2);
    if (lua_isnil(L, -1))
        return 0;
    if (lua_type(L, -1) != type)
        luaL_error(L, "connection.%s: expected a %s, got a %s", name,
                   lua_typename(L, type), luaL_typename(L, -1));
    return 1;
}

static lua_Number get_number(lua_State *L, const char *name,
                             lua_Number fallback)
{
    lua_Number value =
        get_field(L, name, LUA_TNUMBER) ? lua_tonumber(L, -1) : fallback;

    lua_pop(L, 1);
    if (!(value >= 0))
        luaL_error(L, "connection.%s: expected a number from 0 up", name);
    return value;
}

/* A string that stays on the stack, or null, with nil on the stack. */
static const char *get_string(lua_State *L, const char *name, size_t *len)
{
    const char *value = NULL;

    *len = 0;
    if (get_field(L, name, LUA_TSTRING))
        value = lua_tolstring(L, -1, len);
    if (value && strlen(value) != *len)
        luaL_error(L, "connection.%s: it has a NUL byte", name);
    return value;
}

/* multi:settings(connection) -> settings, for perform and start */
int ses_new_settings(lua_State *L)
{
    struct ses_settings made = {0};
    struct settings *s;
    struct ses_multi *multi;
    size_t ca_len, proxy_len;
    const char *ca, *proxy;
    lua_Number largest, idle;
    char *text;

    ses_check_multi(L);
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    made.connect_ms = ses_milliseconds(get_number(L, "connect_timeout", 5));
    idle = get_number(L, "idle_timeout", 0);
    made.idle_ms = idle > 0 ? ses_milliseconds(idle) : 0;
    largest = get_number(L, "max_response_bytes", 16 * 1024 * 1024);
    made.max_response_bytes =
        largest < (lua_Number)(SIZE_MAX / 4) ? (size_t)largest : SIZE_MAX / 4;
    made.verify = !get_field(L, "verify", LUA_TBOOLEAN) || lua_toboolean(L, -1);
    ca = get_string(L, "ca_bundle", &ca_len);
    proxy = get_string(L, "proxy", &proxy_len);
    s = lua_newuserdata(L, sizeof *s + ca_len + 1 + proxy_len + 1);
    text = (char *)(s + 1);
    if (ca)
        made.ca_bundle = memcpy(text, ca, ca_len + 1);
    if (proxy_len)
        made.proxy = memcpy(text + ca_len + 1, proxy, proxy_len + 1);
    luaL_getmetatable(L, SETTINGS);
    lua_createtable(L, 1, 0);
    lua_pushvalue(L, 1);
    lua_rawseti(L, -2, 1);
    ses_setuservalue(L, -3);
    multi = ses_check_multi(L);
    made.id = ses_multi_settings_id(multi);
    s->settings = made;
    s->owner = lua_touserdata(L, 1);
    lua_setmetatable(L, -2);
    return 1;
}

void ses_open_settings(lua_State *L)
{
    luaL_newmetatable(L, SETTINGS);
    lua_pop(L, 1);
}
