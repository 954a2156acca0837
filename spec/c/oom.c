/*
 * Fails every allocation of every scenario in turn.
 *
 *   oom SCENARIOS.lua [NAME...]
 *
 * The global PORT is that of server.h's server.
 *
 * The file returns a list of {name, setup}.  setup() loads what is needed and
 * returns the function under test, which returns a text that tells its result,
 * or nil and a message.  For n = 1, 2, 3 ... it runs in a fresh state with the
 * n-th allocation failing, with two failing from there and with all, until a
 * run needs fewer than n.  Each time the result must be the right one,
 * or say that memory is short, and closing the state must free every block.
 */
#define _POSIX_C_SOURCE 200809L
#include "alloc.h"
#include "server.h"

#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define OURS                                                                   \
    (1u << ALLOC_LUA | 1u << ALLOC_CORE | 1u << ALLOC_CURL | 1u << ALLOC_DNS | \
     1u << ALLOC_EXPAT | 1u << ALLOC_CRYPTO | 1u << ALLOC_LIBCURL |            \
     1u << ALLOC_CARES)

/* lua-cjson's decoder keeps its buffer when Lua's allocator raises under it.
 * That is counted, and is no fault of ours. */
#define APART (1u << ALLOC_CJSON)

static const char *script;
static int port;
static unsigned long faults;

static const char *const modes[] = {"once", "twice", "onwards"};

/* Where a crash happened: "scenario: once 17". */
static char place[256];

static void crashed(int sig)
{
    static const char text[] = "oom: crashed in ";

    if (write(2, text, sizeof text - 1) < 0 ||
        write(2, place, strlen(place)) < 0 || write(2, "\n", 1) < 0)
        _exit(3);
    signal(sig, SIG_DFL);
    raise(sig);
}

static void fault(const char *what, const char *detail)
{
    faults++;
    fprintf(stderr, "oom: %s: %s%s%s\n", place, what, detail ? ": " : "",
            detail ? detail : "");
}

static void die(const char *what, const char *detail)
{
    fprintf(stderr, "oom: %s: %s\n", what, detail ? detail : "?");
    exit(2);
}

/* A state with the list of scenarios on its stack. */
static lua_State *open_state(void)
{
    lua_State *L = lua_newstate(alloc_lua, NULL);

    if (!L)
        die("no Lua state", NULL);
    luaL_openlibs(L);
    lua_pushinteger(L, port);
    lua_setglobal(L, "PORT");
    if (luaL_loadfile(L, script) || lua_pcall(L, 0, 1, 0))
        die(script, lua_tostring(L, -1));
    return L;
}

/* Leaves the function under test of scenario i on the stack. */
static void set_up(lua_State *L, int i)
{
    lua_rawgeti(L, -1, i);
    lua_getfield(L, -1, "setup");
    if (lua_pcall(L, 0, 1, 0))
        die("setup", lua_tostring(L, -1));
}

struct outcome {
    unsigned long allocations;
    unsigned long live[ALLOC_OWNERS]; /* what closing the state left */
    int ok;                           /* the function gave its result */
    char text[4096];                  /* that, or the message */
};

/* Whether closing the state left a block that it should not have. */
static int leaked(const struct outcome *out)
{
    int k;

    for (k = 0; k < ALLOC_OWNERS; k++)
        if (out->live[k] && !(APART & 1u << k))
            return 1;
    return 0;
}

/* What there is now that was not there before.  A thread of libcurl's that
 * resolves a name nobody waits for any more frees its part when it ends. */
static void count_left(const unsigned long before[ALLOC_OWNERS],
                       struct outcome *out)
{
    static const struct timespec moment = {0, 2000000};
    int tries, k;

    for (tries = 0; tries < 50; tries++) {
        alloc_live(out->live);
        for (k = 0; k < ALLOC_OWNERS; k++)
            out->live[k] -= before[k];
        if (!leaked(out))
            break;
        nanosleep(&moment, NULL);
    }
}

/* Runs scenario i in a state of its own with the n-th allocation failing. */
static void run(int i, unsigned long n, enum alloc_mode mode,
                struct outcome *out)
{
    unsigned long before[ALLOC_OWNERS];
    lua_State *L;
    const char *text;

    alloc_live(before);
    alloc_mark();
    L = open_state();
    set_up(L, i);
    alloc_locate();
    alloc_arm(OURS, n, mode);
    out->ok = lua_pcall(L, 0, 2, 0) == 0;
    out->allocations = alloc_disarm();
    if (out->ok && lua_isnil(L, -2))
        out->ok = 0; /* nil, message */
    else if (out->ok)
        lua_pop(L, 1);
    text = lua_tostring(L, -1);
    snprintf(out->text, sizeof out->text, "%s", text ? text : "(no text)");
    alloc_locate();
    lua_close(L);
    count_left(before, out);
}

static void report_leaks(const struct outcome *out)
{
    int k;

    for (k = 0; k < ALLOC_OWNERS; k++)
        if (out->live[k] && !(APART & 1u << k)) {
            fault("leak", alloc_names[k]);
            alloc_describe(1u << k);
        }
}

static void check_result(const struct outcome *out, const char *expected)
{
    if (out->ok && strcmp(out->text, expected) != 0)
        fault("wrong result", out->text);
    if (!out->ok && !strstr(out->text, "emory"))
        fault("an error that does not say what is short", out->text);
}

/* A library may make something once for the process, on a path that only a
 * failure takes: a leak is what the same failure leaves each time. */
static void run_twice(int i, unsigned long n, enum alloc_mode mode,
                      struct outcome *out)
{
    run(i, n, mode, out);
    if (leaked(out))
        run(i, n, mode, out);
}

static void scenario(int i, const char *name)
{
    static struct outcome expected, out;
    unsigned long n, apart = 0, runs = 0, said = 0;
    int mode;

    snprintf(place, sizeof place, "%s", name);
    run_twice(i, 0, ALLOC_ONCE, &expected);
    if (!expected.ok)
        die(name, expected.text);
    report_leaks(&expected);

    for (mode = ALLOC_ONCE; mode <= ALLOC_ONWARDS; mode++)
        for (n = 1;; n++) {
            snprintf(place, sizeof place, "%s: %s %lu", name, modes[mode], n);
            run_twice(i, n, (enum alloc_mode)mode, &out);
            report_leaks(&out);
            apart += out.live[ALLOC_CJSON];
            check_result(&out, expected.text);
            runs++;
            said += !out.ok;
            if (out.allocations < n)
                break;
        }
    printf("%-28s %6lu allocations, %6lu runs, %6lu errors", name,
           expected.allocations, runs, said);
    if (apart)
        printf("; lua-cjson left %lu blocks", apart);
    putchar('\n');
    fflush(stdout);
}

static int wanted(const char *name, char **names)
{
    if (!*names)
        return 1;
    for (; *names; names++)
        if (strcmp(*names, name) == 0)
            return 1;
    return 0;
}

int main(int argc, char **argv)
{
    lua_State *L;
    int i, count, ran = 0;

    if (argc < 2)
        die("usage", "oom SCENARIOS.lua [NAME...]");
    script = argv[1];
    port = server_start();
    signal(SIGSEGV, crashed);
    signal(SIGABRT, crashed);
    signal(SIGBUS, crashed);

    L = open_state();
    for (count = 0;; count++) {
        lua_rawgeti(L, -1, count + 1);
        if (lua_isnil(L, -1))
            break;
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    for (i = 1; i <= count; i++) {
        lua_rawgeti(L, -1, i);
        lua_getfield(L, -1, "name");
        if (wanted(lua_tostring(L, -1), argv + 2)) {
            scenario(i, lua_tostring(L, -1));
            ran++;
        }
        lua_pop(L, 2);
    }
    lua_close(L);
    printf("%s: %d scenarios, %lu faults\n", LUA_VERSION, ran, faults);
    return faults != 0 || !ran;
}
