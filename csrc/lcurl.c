/* The module ses.curl: HTTP through libcurl, clocks, sleep, random numbers. */
#include "compat.h"
#include "lmulti.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <sys/random.h>
#include <time.h>

static int push_clock(lua_State *L, clockid_t clock)
{
    struct timespec t;

    if (clock_gettime(clock, &t) != 0)
        return luaL_error(L, "the clock cannot be read");
    lua_pushnumber(L, (lua_Number)t.tv_sec + (lua_Number)t.tv_nsec / 1e9);
    return 1;
}

/* now() -> seconds of a clock that only goes forward */
static int l_now(lua_State *L)
{
    return push_clock(L, CLOCK_MONOTONIC);
}

/* time() -> seconds since the epoch */
static int l_time(lua_State *L)
{
    return push_clock(L, CLOCK_REALTIME);
}

/* sleep(seconds).  A signal does not cut it short. */
static int l_sleep(lua_State *L)
{
    lua_Number seconds = luaL_checknumber(L, 1);
    struct timespec left;

    if (!(seconds > 0))
        return 0;
    if (seconds > INT_MAX)
        seconds = INT_MAX;
    left.tv_sec = (time_t)seconds;
    left.tv_nsec = (long)((seconds - (lua_Number)left.tv_sec) * 1e9);
    while (nanosleep(&left, &left) != 0 && errno == EINTR)
        continue;
    return 0;
}

/* random() -> uniform in [0, 1), from the operating system */
static int l_random(lua_State *L)
{
    uint64_t bits;

    if (getentropy(&bits, sizeof bits) != 0)
        return luaL_error(L, "the system gives no random bytes");
    lua_pushnumber(L, (lua_Number)(bits >> 11) / 9007199254740992.0);
    return 1;
}

static const luaL_Reg functions[] = {
    {"now", l_now},       {"time", l_time}, {"sleep", l_sleep},
    {"random", l_random}, {NULL, NULL},
};

SES_EXPORT int luaopen_ses_curl(lua_State *L);

SES_EXPORT int luaopen_ses_curl(lua_State *L)
{
    lua_newtable(L);
    ses_setfuncs(L, functions, 0);
    ses_open_multi(L);
    return 1;
}
