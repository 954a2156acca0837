/* core.exec: the process becomes another program. */
#include "compat.h"
#include "largv.h"
#include "lcore.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

/* core.exec{program, argument, ...} -> nil, message where it fails.  The
 * program is looked for as a shell does; the process keeps its id, its
 * environment and its open files. */
static int l_exec(lua_State *L)
{
    char **argv = ses_push_argv(L, 1);
    int error;

    fflush(NULL);
    execvp(argv[0], argv);
    error = errno;
    lua_pushnil(L);
    ses_push_refusal(L, argv[0], error);
    return 2;
}

void ses_open_exec(lua_State *L)
{
    static const luaL_Reg functions[] = {{"exec", l_exec}, {NULL, NULL}};

    ses_setfuncs(L, functions, 0);
}
