#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE /* struct winsize */
#endif
/* core.start_program, core.hold_signals, core.last_words: the process is a
 * program of ours.
 * core.exec: it becomes another.  core.exit: it ends.  core.terminal: what it
 * talks to. */
#include "compat.h"
#include "largv.h"
#include "lcore.h"
#include "lreason.h"
#include "program.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* core.without_gnutls(f, ...) -> what f returns: calls it.  Debian's libcurl
 * loads GnuTLS for protocols that are not ours, and GnuTLS makes itself ready
 * when it is loaded, which takes as much memory as all of Lua.  In a program of
 * ours nobody else needs it; what the program starts must not hear of it. */
static int l_without_gnutls(lua_State *L)
{
    static const char name[] = "GNUTLS_NO_IMPLICIT_INIT";
    int is_set = getenv(name) != NULL, failed;

    if (!is_set)
        setenv(name, "1", 0);
    failed = lua_pcall(L, lua_gettop(L) - 1, LUA_MULTRET, 0);
    if (!is_set)
        unsetenv(name);
    return failed ? lua_error(L) : lua_gettop(L);
}

/* core.start_program() -> true | nil, message; see program.h */
static int l_start_program(lua_State *L)
{
    int error = ses_program_start();

    if (error) {
        lua_pushnil(L);
        ses_push_reason(L, error);
        return 2;
    }
    lua_pushboolean(L, 1);
    return 1;
}

/* core.hold_signals(hold); see program.h */
static int l_hold_signals(lua_State *L)
{
    ses_program_hold(lua_toboolean(L, 1));
    return 0;
}

/* core.last_words(text); see program.h */
static int l_last_words(lua_State *L)
{
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);

    ses_program_last_words(text, length);
    return 0;
}

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

/* core.exit(code): the process ends, and all that was written is out.
 *
 * Unlike exit() it has no library undo what the system does away with anyhow:
 * OpenSSL, GnuTLS and others take longer for that, and map more of their code,
 * than a small command does for all of its own. */
static int l_exit(lua_State *L)
{
    int code = (int)luaL_checknumber(L, 1);

    fflush(NULL);
    _exit(code);
}

/* core.terminal(fd) -> its columns, 0 where it does not say | nil: it is no
 * terminal */
static int l_terminal(lua_State *L)
{
    int fd = (int)luaL_checknumber(L, 1);
    struct winsize size;

    if (!isatty(fd))
        return 0;
    ses_pushinteger(L, ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0);
    return 1;
}

void ses_open_exec(lua_State *L)
{
    static const luaL_Reg functions[] = {{"start_program", l_start_program},
                                         {"without_gnutls", l_without_gnutls},
                                         {"hold_signals", l_hold_signals},
                                         {"last_words", l_last_words},
                                         {"exec", l_exec},
                                         {"exit", l_exit},
                                         {"terminal", l_terminal},
                                         {NULL, NULL}};

    ses_setfuncs(L, functions, 0);
}
