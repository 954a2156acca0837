/* core.exec: the process becomes another program. */
#include "compat.h"
#include "lcore.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ARGUMENTS_MAX = 1024 };

/* Reads item i of the list at index 1 into *argument; the list keeps the
 * string alive. */
static void read_argument(lua_State *L, int i, char **argument)
{
    const char *text;
    size_t len;

    lua_rawgeti(L, 1, i);
    if (lua_type(L, -1) != LUA_TSTRING)
        luaL_error(L, "argument %d: a string expected", i);
    text = lua_tolstring(L, -1, &len);
    if (strlen(text) != len)
        luaL_error(L, "argument %d: it has a NUL byte", i);
    /* execvp takes pointers to char that it does not write to. */
    memcpy(argument, &text, sizeof text);
    lua_pop(L, 1);
}

/* core.exec{program, argument, ...} -> nil, message where it fails.  The
 * program is looked for as a shell does; the process keeps its id, its
 * environment and its open files. */
static int l_exec(lua_State *L)
{
    size_t i, n;
    char **argv;
    int error;

    luaL_checktype(L, 1, LUA_TTABLE);
    n = ses_rawlen(L, 1);
    luaL_argcheck(L, n > 0 && n <= ARGUMENTS_MAX, 1,
                  "1 to 1024 arguments expected");
    argv = lua_newuserdata(L, (n + 1) * sizeof *argv);
    for (i = 0; i < n; i++)
        read_argument(L, (int)i + 1, &argv[i]);
    argv[n] = NULL;
    fflush(NULL);
    execvp(argv[0], argv);
    error = errno;
    lua_pushnil(L);
    if (error == ENOENT)
        lua_pushfstring(L, "%s: no such program", argv[0]);
    else if (error == EACCES)
        lua_pushfstring(L, "%s: not a program that may be run", argv[0]);
    else
        lua_pushfstring(L, "%s: it could not be run (error %d)", argv[0],
                        error);
    return 2;
}

void ses_open_exec(lua_State *L)
{
    static const luaL_Reg functions[] = {{"exec", l_exec}, {NULL, NULL}};

    ses_setfuncs(L, functions, 0);
}
