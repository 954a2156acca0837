/* Module bench.native: the floors and the clocks for the drivers in Lua. */
#include "bench.h"
#include "compat.h"

#include <string.h>
#include <time.h>

#define CURL_HANDLE  "bench.curl"
#define MULTI_HANDLE "bench.multi"

enum { HEADERS_MAX = 32 };

static struct ses_str check_text(lua_State *L, int index)
{
    struct ses_str s;

    s.p = luaL_checklstring(L, index, &s.n);
    return s;
}

static int seconds(lua_State *L, clockid_t id)
{
    struct timespec t;

    clock_gettime(id, &t);
    lua_pushnumber(L, (lua_Number)t.tv_sec + (lua_Number)t.tv_nsec / 1e9);
    return 1;
}

/* native.now() -> seconds, monotonic */
static int l_now(lua_State *L)
{
    return seconds(L, CLOCK_MONOTONIC);
}

/* native.cpu() -> seconds of processor time that this process has used */
static int l_cpu(lua_State *L)
{
    return seconds(L, CLOCK_PROCESS_CPUTIME_ID);
}

/* native.sign_floor(n, body, canonical_request, string_to_sign) */
static int l_sign_floor(lua_State *L)
{
    unsigned long n = (unsigned long)luaL_checknumber(L, 1);
    struct bench_texts texts;

    texts.body = check_text(L, 2);
    texts.canonical = check_text(L, 3);
    texts.string = check_text(L, 4);
    if (bench_sign_floor(&texts, n) != 0)
        return luaL_error(L, "OpenSSL refuses to sign");
    return 0;
}

/* native.sign_core(n, body, host, content_type, time, secret, region, service)
 * -> signature */
static int l_sign_core(lua_State *L)
{
    unsigned long n = (unsigned long)luaL_checknumber(L, 1);
    struct bench_request r = {.key.algorithm = SES_SIGV4};
    struct ses_signature signature;

    r.body = check_text(L, 2);
    r.host = check_text(L, 3);
    r.content_type = check_text(L, 4);
    r.time = luaL_checkstring(L, 5);
    r.key.date = r.time;
    r.key.secret = check_text(L, 6);
    r.key.region = check_text(L, 7);
    r.key.service = check_text(L, 8);
    if (n == 0 || bench_sign_core(&r, n, &signature) != 0)
        return luaL_error(L, "the core refuses to sign");
    lua_pushlstring(L, signature.hex, signature.len);
    return 1;
}

/* native.expat(n, xml, reset) -> elements of one document */
static int l_expat(lua_State *L)
{
    unsigned long n = (unsigned long)luaL_checknumber(L, 1);
    struct ses_str xml = check_text(L, 2);
    long elements = bench_expat(xml.p, xml.n, lua_toboolean(L, 3), n);

    if (elements < 0)
        return luaL_error(L, "expat refuses the document");
    lua_pushnumber(L, (lua_Number)elements);
    return 1;
}

static struct bench_curl **check_curl(lua_State *L)
{
    return luaL_checkudata(L, 1, CURL_HANDLE);
}

static int curl_gc(lua_State *L)
{
    struct bench_curl **c = check_curl(L);

    bench_curl_free(*c);
    *c = NULL;
    return 0;
}

static struct bench_multi **check_multi(lua_State *L)
{
    return luaL_checkudata(L, 1, MULTI_HANDLE);
}

static int multi_gc(lua_State *L)
{
    struct bench_multi **m = check_multi(L);

    bench_multi_free(*m);
    *m = NULL;
    return 0;
}

/* The header lines of the table at 3, ended by a null pointer.  They stay on
 * the stack. */
static void check_lines(lua_State *L, const char *lines[HEADERS_MAX + 1])
{
    size_t i, n;

    luaL_checktype(L, 3, LUA_TTABLE);
    n = ses_rawlen(L, 3);
    luaL_argcheck(L, n <= HEADERS_MAX, 3, "too many headers");
    luaL_checkstack(L, (int)n + 4, "too many headers");
    for (i = 0; i < n; i++) {
        lua_rawgeti(L, 3, (int)i + 1);
        lines[i] = luaL_checkstring(L, -1);
    }
    lines[n] = NULL;
}

/* Pushes a zeroed box of a class whose finalizer is gc. */
static void *new_box(lua_State *L, size_t size, const char *name,
                     lua_CFunction gc)
{
    void *box = lua_newuserdata(L, size);

    memset(box, 0, size);
    luaL_newmetatable(L, name);
    lua_pushcfunction(L, gc);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    return box;
}

/* native.curl(method, url, lines, body) -> handle; lines are header lines */
static int l_curl(lua_State *L)
{
    const char *method = luaL_checkstring(L, 1);
    const char *url = luaL_checkstring(L, 2);
    struct ses_str body = check_text(L, 4);
    const char *lines[HEADERS_MAX + 1];
    struct bench_curl **c;

    check_lines(L, lines);
    c = new_box(L, sizeof *c, CURL_HANDLE, curl_gc);
    *c = bench_curl_new(method, url, lines, body.p, body.n);
    if (!*c)
        return luaL_error(L, "libcurl does not start");
    return 1;
}

/* native.multi(method, url, lines, body, in_flight) -> handle */
static int l_multi(lua_State *L)
{
    const char *method = luaL_checkstring(L, 1);
    const char *url = luaL_checkstring(L, 2);
    struct ses_str body = check_text(L, 4);
    int in_flight = (int)luaL_checknumber(L, 5);
    const char *lines[HEADERS_MAX + 1];
    struct bench_multi **m;

    check_lines(L, lines);
    m = new_box(L, sizeof *m, MULTI_HANDLE, multi_gc);
    *m = bench_multi_new(method, url, lines, body.p, body.n, in_flight);
    if (!*m)
        return luaL_error(L, "libcurl does not start");
    return 1;
}

/* native.multi_run(handle, n) -> connections opened since it was made */
static int l_multi_run(lua_State *L)
{
    struct bench_multi *m = *check_multi(L);
    const char *problem =
        bench_multi_run(m, (unsigned long)luaL_checknumber(L, 2));

    if (problem)
        return luaL_error(L, "bare curl multi: %s", problem);
    lua_pushnumber(L, (lua_Number)bench_multi_connections(m));
    return 1;
}

/* native.curl_run(handle, n) -> connections opened since the handle was made */
static int l_curl_run(lua_State *L)
{
    struct bench_curl *c = *check_curl(L);
    const char *problem =
        bench_curl_run(c, (unsigned long)luaL_checknumber(L, 2));

    if (problem)
        return luaL_error(L, "bare curl: %s", problem);
    lua_pushnumber(L, (lua_Number)bench_curl_connections(c));
    return 1;
}

SES_EXPORT int luaopen_bench_native(lua_State *L);

int luaopen_bench_native(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"now", l_now},
        {"cpu", l_cpu},
        {"sign_floor", l_sign_floor},
        {"sign_core", l_sign_core},
        {"expat", l_expat},
        {"curl", l_curl},
        {"curl_run", l_curl_run},
        {"multi", l_multi},
        {"multi_run", l_multi_run},
        {NULL, NULL},
    };

    lua_newtable(L);
    ses_setfuncs(L, functions, 0);
    return 1;
}
