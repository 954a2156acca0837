/*
 * Lua 5.1, LuaJIT, 5.3 and 5.4 under names of our own.
 *
 * LuaJIT says 5.1 and declares a good part of 5.2's auxiliary library, so a
 * test of LUA_VERSION_NUM cannot tell what a header already defines: no name
 * of lua.h or lauxlib.h is ever defined or redefined here, and only functions
 * that plain 5.1 exports are called when building for 5.1.
 */
#ifndef SES_COMPAT_H
#define SES_COMPAT_H

#include <lua.h>
#include <lauxlib.h>

#if defined(__GNUC__)
#define SES_EXPORT __attribute__((visibility("default")))
#else
#define SES_EXPORT
#endif

/* Length of a table without metamethods. */
static inline size_t ses_rawlen(lua_State *L, int index)
{
#if LUA_VERSION_NUM >= 502
    return (size_t)lua_rawlen(L, index);
#else
    return lua_objlen(L, index);
#endif
}

static inline int ses_absindex(lua_State *L, int index)
{
    return index > 0 || index <= LUA_REGISTRYINDEX ? index
                                                   : lua_gettop(L) + index + 1;
}

/* Sets the functions of the list in the table on the top of the stack, each
 * with its own copies of the nup values above that table, which are popped. */
static inline void ses_setfuncs(lua_State *L, const luaL_Reg *list, int nup)
{
    luaL_checkstack(L, nup + 2, "too many upvalues");
    for (; list->name; list++) {
        int i;

        lua_pushstring(L, list->name);
        for (i = 0; i < nup; i++)
            lua_pushvalue(L, -(nup + 1));
        lua_pushcclosure(L, list->func, nup);
        lua_settable(L, -(nup + 3));
    }
    lua_pop(L, nup);
}

/* Makes the metatable of userdata with methods, by its name in the registry.
 * end is called when one is collected, and where Lua closes variables. */
static inline void ses_newclass(lua_State *L, const char *tname,
                                const luaL_Reg *methods, lua_CFunction end)
{
    luaL_newmetatable(L, tname);
    lua_pushcfunction(L, end);
    lua_setfield(L, -2, "__gc");
    lua_pushcfunction(L, end);
    lua_setfield(L, -2, "__close");
    lua_newtable(L);
    ses_setfuncs(L, methods, 0);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
}

/* The userdata at index if its metatable is the registry's tname; or null. */
static inline void *ses_testudata(lua_State *L, int index, const char *tname)
{
    void *p = lua_touserdata(L, index);

    if (!p || !lua_getmetatable(L, index))
        return NULL;
    lua_getfield(L, LUA_REGISTRYINDEX, tname);
    if (!lua_rawequal(L, -1, -2))
        p = NULL;
    lua_pop(L, 2);
    return p;
}

/* Lets value at the top of the stack (popped) live as long as the userdata at
 * index: it must be a table, because 5.1 keeps it as an environment. */
static inline void ses_setuservalue(lua_State *L, int index)
{
#if LUA_VERSION_NUM >= 504
    lua_setiuservalue(L, index, 1);
#elif LUA_VERSION_NUM >= 502
    lua_setuservalue(L, index);
#else
    lua_setfenv(L, index);
#endif
}

static inline void ses_getuservalue(lua_State *L, int index)
{
#if LUA_VERSION_NUM >= 504
    lua_getiuservalue(L, index, 1);
#elif LUA_VERSION_NUM >= 502
    lua_getuservalue(L, index);
#else
    lua_getfenv(L, index);
#endif
}

/* A number that holds an integer: an integer where Lua has them. */
static inline void ses_pushinteger(lua_State *L, long long n)
{
#if LUA_VERSION_NUM >= 503
    lua_pushinteger(L, (lua_Integer)n);
#else
    lua_pushnumber(L, (lua_Number)n);
#endif
}

#endif
