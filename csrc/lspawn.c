/* core.spawn: runs a program beside this process. */
#include "compat.h"
#include "largv.h"
#include "lcore.h"
#include "lshown.h"
#include "spawn.h"

#include <errno.h>
#include <math.h>

#define PROCESS "ses.process"

/* Bytes of output. */
enum { OUTPUT_DEFAULT = 64 * 1024, OUTPUT_MAX = 1 << 30 };

static size_t max_output_of(lua_State *L, int options)
{
    lua_Number n = OUTPUT_DEFAULT;

    if (lua_isnoneornil(L, options))
        return OUTPUT_DEFAULT;
    luaL_checktype(L, options, LUA_TTABLE);
    lua_getfield(L, options, "max_output");
    if (!lua_isnil(L, -1)) {
        n = lua_type(L, -1) == LUA_TNUMBER ? lua_tonumber(L, -1) : -1;
        luaL_argcheck(L, n >= 0 && n <= OUTPUT_MAX && n == floor(n), options,
                      "max_output: bytes expected, 1 GiB at most");
    }
    lua_pop(L, 1);
    return (size_t)n;
}

/* Pushes what the system lacks. */
static void push_lack(lua_State *L, const char *program, int error)
{
    const char *shown = ses_push_shown(L, program);

    switch (error) {
    case EMFILE:
    case ENFILE:
        lua_pushfstring(L, "%s: it was not run: too many open files", shown);
        break;
    case EAGAIN:
        lua_pushfstring(L, "%s: it was not run: too many processes", shown);
        break;
    case ENOMEM:
        lua_pushfstring(L, "%s: it was not run: not enough memory", shown);
        break;
    default:
        lua_pushfstring(L, "%s: it was not run (error %d)", shown, error);
    }
    lua_replace(L, -2);
}

/* core.spawn({program, argument, ...}, {max_output = bytes}) -> process | nil,
 * message where it cannot be run.  The program is looked for as a shell does.
 * More output than max_output, 64 KiB by default, has it killed. */
static int l_spawn(lua_State *L)
{
    size_t max_output = max_output_of(L, 2);
    char **argv = ses_push_argv(L, 1);
    struct ses_spawn *p = lua_newuserdata(L, sizeof *p);
    enum ses_spawn_start start;
    int error;

    ses_spawn_init(p);
    luaL_getmetatable(L, PROCESS);
    lua_setmetatable(L, -2);
    start = ses_spawn_start(p, argv, max_output);
    error = errno;
    if (start == SES_SPAWN_STARTED)
        return 1;
    lua_pushnil(L);
    if (start == SES_SPAWN_REFUSED)
        ses_push_refusal(L, argv[0], error);
    else
        push_lack(L, argv[0], error);
    return 2;
}

static void set_number(lua_State *L, const char *key, int number)
{
    ses_pushinteger(L, number);
    lua_setfield(L, -2, key);
}

static void push_result(lua_State *L, const struct ses_spawn *p)
{
    lua_createtable(L, 0, 4);
    lua_pushlstring(L, p->output.data ? p->output.data : "", p->output.len);
    lua_setfield(L, -2, "stdout");
    lua_pushlstring(L, p->errors, p->errors_len);
    lua_setfield(L, -2, "stderr");
    if (p->told.what == SES_TOLD_EXITED)
        set_number(L, "status", p->told.number);
    if (p->told.what == SES_TOLD_KILLED)
        set_number(L, "signal", p->told.number);
    if (p->overflow) {
        lua_pushboolean(L, 1);
        lua_setfield(L, -2, "overflow");
    }
}

/*
 * process:step() -> nil while it runs, or {status = its exit code, signal = or
 * what killed it, stdout =, stderr = the first 4 KiB, overflow = true where
 * there was more output}.  Reads what is there, and waits for nothing.
 *
 * status and signal are both nil where nobody can tell.
 */
static int l_step(lua_State *L)
{
    struct ses_spawn *p = luaL_checkudata(L, 1, PROCESS);

    if (!ses_spawn_is_own(p))
        return luaL_error(L, "the process belongs to the parent process");
    switch (ses_spawn_step(p)) {
    case SES_SPAWN_RUNS:
        return 0;
    case SES_SPAWN_NO_MEMORY:
        return luaL_error(L, "not enough memory");
    default:
        push_result(L, p);
        return 1;
    }
}

/* process:kill(), with what it started; step() tells what it had written.
 * Idempotent. */
static int l_kill(lua_State *L)
{
    ses_spawn_kill(luaL_checkudata(L, 1, PROCESS));
    return 0;
}

/* Also its __close. */
static int l_gc(lua_State *L)
{
    ses_spawn_free(luaL_checkudata(L, 1, PROCESS));
    return 0;
}

static const luaL_Reg methods[] = {
    {"step", l_step}, {"kill", l_kill}, {NULL, NULL}};

void ses_open_spawn(lua_State *L)
{
    static const luaL_Reg functions[] = {{"spawn", l_spawn}, {NULL, NULL}};

    ses_newclass(L, PROCESS, methods, l_gc);
    ses_setfuncs(L, functions, 0);
}
