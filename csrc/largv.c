#include "largv.h"

#include "lshown.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { ARGUMENTS_MAX = 1024 };

static void read_argument(lua_State *L, int index, int i, char **argument)
{
    const char *text;
    size_t len;

    lua_rawgeti(L, index, i);
    if (lua_type(L, -1) != LUA_TSTRING)
        luaL_error(L, "argument %d: a string expected", i);
    text = lua_tolstring(L, -1, &len);
    if (strlen(text) != len)
        luaL_error(L, "argument %d: it has a NUL byte", i);
    /* exec takes pointers to char that it does not write to. */
    memcpy(argument, &text, sizeof text);
    lua_pop(L, 1);
}

char **ses_push_argv(lua_State *L, int index)
{
    size_t i, n;
    char **argv;

    luaL_checktype(L, index, LUA_TTABLE);
    n = ses_rawlen(L, index);
    luaL_argcheck(L, n > 0 && n <= ARGUMENTS_MAX, index,
                  "1 to 1024 arguments expected");
    argv = lua_newuserdata(L, (n + 1) * sizeof *argv);
    for (i = 0; i < n; i++)
        read_argument(L, index, (int)i + 1, &argv[i]);
    argv[n] = NULL;
    luaL_argcheck(L, *argv[0], index, "the name of a program expected");
    return argv;
}

/* A script whose interpreter is missing is refused as if it were itself. */
static int is_there(const char *program)
{
    return strchr(program, '/') && access(program, F_OK) == 0;
}

void ses_push_refusal(lua_State *L, const char *program, int error)
{
    const char *shown = ses_push_shown(L, program);

    if (error == ENOENT && is_there(program))
        lua_pushfstring(L, "%s: its first line names no program", shown);
    else if (error == ENOENT)
        lua_pushfstring(L, "%s: no such program", shown);
    else if (error == EACCES)
        lua_pushfstring(L, "%s: not a program that may be run", shown);
    else if (error == E2BIG)
        lua_pushfstring(L, "%s: too many arguments, or too long ones", shown);
    else
        lua_pushfstring(L, "%s: it could not be run (error %d)", shown, error);
    lua_replace(L, -2);
}
