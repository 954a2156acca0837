/*
 * The module spec.process: what specs need of the system and Lua does not
 * have.  fork() -> 0 in the child, wait(pid) -> exit status, or nil and a
 * signal; exit(status) without cleaning up; setenv(name, value or nil);
 * sigpipe() -> whether SIGPIPE is blocked, whether it is pending;
 * block_sigpipe(on), raise_sigpipe().
 */
#include "compat.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static int l_fork(lua_State *L)
{
    pid_t pid = fork();

    if (pid < 0)
        return luaL_error(L, "fork failed");
    lua_pushnumber(L, pid);
    return 1;
}

static int l_wait(lua_State *L)
{
    int status;

    if (waitpid((pid_t)luaL_checknumber(L, 1), &status, 0) < 0)
        return luaL_error(L, "waitpid failed");
    if (WIFSIGNALED(status)) {
        lua_pushnil(L);
        lua_pushnumber(L, WTERMSIG(status));
        return 2;
    }
    lua_pushnumber(L, WEXITSTATUS(status));
    return 1;
}

static int l_exit(lua_State *L)
{
    _exit((int)luaL_checknumber(L, 1));
}

static int l_setenv(lua_State *L)
{
    const char *name = luaL_checkstring(L, 1);
    const char *value = luaL_optstring(L, 2, NULL);

    if ((value ? setenv(name, value, 1) : unsetenv(name)) != 0)
        return luaL_error(L, "setenv failed");
    return 0;
}

static int l_sigpipe(lua_State *L)
{
    sigset_t blocked, pending;

    pthread_sigmask(SIG_BLOCK, NULL, &blocked);
    sigpending(&pending);
    lua_pushboolean(L, sigismember(&blocked, SIGPIPE));
    lua_pushboolean(L, sigismember(&pending, SIGPIPE));
    return 2;
}

static int l_block_sigpipe(lua_State *L)
{
    sigset_t pipe;

    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(lua_toboolean(L, 1) ? SIG_BLOCK : SIG_UNBLOCK, &pipe, NULL);
    return 0;
}

static int l_raise_sigpipe(lua_State *L)
{
    (void)L;
    raise(SIGPIPE);
    return 0;
}

static const luaL_Reg functions[] = {
    {"fork", l_fork},
    {"wait", l_wait},
    {"exit", l_exit},
    {"setenv", l_setenv},
    {"sigpipe", l_sigpipe},
    {"block_sigpipe", l_block_sigpipe},
    {"raise_sigpipe", l_raise_sigpipe},
    {NULL, NULL},
};

SES_EXPORT int luaopen_spec_process(lua_State *L);

SES_EXPORT int luaopen_spec_process(lua_State *L)
{
    lua_newtable(L);
    ses_setfuncs(L, functions, 0);
    return 1;
}
