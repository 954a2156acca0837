/* The module ses.curl: HTTP through libcurl, clocks, sleep, random numbers. */
#include "compat.h"
#include "multi.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#define MULTI    "ses.multi"
#define SETTINGS "ses.settings"

struct box {
    struct ses_multi *multi;      /* null when closed */
    struct ses_transfer *current; /* whose outcome is being pushed */
};

/* Its strings follow it; the uservalue keeps the multi handle that it is for,
 * so that no other one can take its place. */
struct settings {
    struct ses_settings settings;
    const struct box *owner;
};

/* The box at 1.  Whatever allocates can run a finalizer that closes it: this
 * comes after the last allocation before the handle is used. */
static struct box *check_open(lua_State *L)
{
    struct box *box = luaL_checkudata(L, 1, MULTI);

    if (!box->multi)
        luaL_error(L, "the transport is closed");
    return box;
}

/* new() -> multi */
static int l_new(lua_State *L)
{
    struct box *box = lua_newuserdata(L, sizeof *box);

    memset(box, 0, sizeof *box);
    luaL_getmetatable(L, MULTI);
    lua_setmetatable(L, -2);
    box->multi = ses_multi_new();
    if (!box->multi)
        return luaL_error(L, "libcurl does not start: not enough memory?");
    return 1;
}

/* multi:close().  Idempotent; also its __gc. */
static int l_close(lua_State *L)
{
    struct box *box = luaL_checkudata(L, 1, MULTI);
    struct ses_multi *multi = box->multi;

    box->multi = NULL;
    if (multi)
        ses_multi_free(multi);
    return 0;
}

/* multi:usable() -> whether it is open, and this process's own. */
static int l_usable(lua_State *L)
{
    struct box *box = luaL_checkudata(L, 1, MULTI);

    lua_pushboolean(L, box->multi && !ses_multi_forked(box->multi));
    return 1;
}

/* Whole milliseconds, at least one; libcurl holds them in an int. */
static long milliseconds(lua_Number seconds)
{
    lua_Number ms = ceil(seconds * 1000);

    return ms < 1 ? 1 : ms < INT_MAX ? (long)ms : INT_MAX;
}

/* A field of the connection at 2, on the top of the stack; of the type, or nil
 * if it is absent. */
static int get_field(lua_State *L, const char *name, int type)
{
    lua_pushstring(L, name);
    lua_rawget(L, 2);
    if (lua_isnil(L, -1))
        return 0;
    if (lua_type(L, -1) != type)
        luaL_error(L, "connection.%s: expected a %s, got a %s", name,
                   lua_typename(L, type), luaL_typename(L, -1));
    return 1;
}

static lua_Number get_number(lua_State *L, const char *name,
                             lua_Number fallback)
{
    lua_Number value =
        get_field(L, name, LUA_TNUMBER) ? lua_tonumber(L, -1) : fallback;

    lua_pop(L, 1);
    if (!(value >= 0))
        luaL_error(L, "connection.%s: expected a number from 0 up", name);
    return value;
}

/* A string that stays on the stack, or null, with nil on the stack. */
static const char *get_string(lua_State *L, const char *name, size_t *len)
{
    const char *value = NULL;

    *len = 0;
    if (get_field(L, name, LUA_TSTRING))
        value = lua_tolstring(L, -1, len);
    if (value && strlen(value) != *len)
        luaL_error(L, "connection.%s: it has a NUL byte", name);
    return value;
}

/* multi:settings(connection) -> settings, for perform */
static int l_settings(lua_State *L)
{
    struct ses_settings made = {0};
    struct settings *s;
    struct box *box;
    size_t ca_len, proxy_len;
    const char *ca, *proxy;
    lua_Number largest;
    char *text;

    check_open(L);
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    made.connect_ms = milliseconds(get_number(L, "connect_timeout", 5));
    largest = get_number(L, "max_response_bytes", 16 * 1024 * 1024);
    made.max_response_bytes =
        largest < (lua_Number)(SIZE_MAX / 4) ? (size_t)largest : SIZE_MAX / 4;
    made.verify = !get_field(L, "verify", LUA_TBOOLEAN) || lua_toboolean(L, -1);
    ca = get_string(L, "ca_bundle", &ca_len);
    proxy = get_string(L, "proxy", &proxy_len);
    s = lua_newuserdata(L, sizeof *s + ca_len + 1 + proxy_len + 1);
    text = (char *)(s + 1);
    if (ca)
        made.ca_bundle = memcpy(text, ca, ca_len + 1);
    if (proxy_len)
        made.proxy = memcpy(text + ca_len + 1, proxy, proxy_len + 1);
    luaL_getmetatable(L, SETTINGS);
    lua_createtable(L, 1, 0);
    lua_pushvalue(L, 1);
    lua_rawseti(L, -2, 1);
    ses_setuservalue(L, -3);
    box = check_open(L);
    made.id = ses_multi_settings_id(box->multi);
    s->settings = made;
    s->owner = box;
    lua_setmetatable(L, -2);
    return 1;
}

static void set_string(lua_State *L, const char *name, const char *value)
{
    lua_pushstring(L, name);
    lua_pushstring(L, value);
    lua_rawset(L, -3);
}

/* Pushes an error as the transport returns it. */
static void push_error(lua_State *L, const char *kind, const char *code,
                       const char *message, const char *sent)
{
    lua_createtable(L, 0, 4);
    set_string(L, "kind", kind);
    set_string(L, "code", code);
    set_string(L, "message", message);
    set_string(L, "sent", sent);
}

static void push_failure(lua_State *L, const struct ses_failure *f)
{
    static const char *const names[] = {"none", "part", "all"};

    push_error(L, f->timeout ? "timeout" : "transport", f->code, f->message,
               names[f->sent]);
}

/* Pushes a table of the fields; the values of one name are joined. */
static void push_headers(lua_State *L, const struct ses_head *head)
{
    const char *text = head->text.data;
    int i;

    lua_createtable(L, 0, head->count);
    for (i = 0; i < head->count; i++) {
        const struct ses_field *f = &head->field[i];

        lua_pushlstring(L, text + f->name, f->name_len);
        lua_pushvalue(L, -1);
        lua_rawget(L, -3);
        if (lua_isnil(L, -1)) {
            lua_pop(L, 1);
            lua_pushlstring(L, text + f->value, f->value_len);
        } else {
            lua_pushliteral(L, ", ");
            lua_pushlstring(L, text + f->value, f->value_len);
            lua_concat(L, 3);
        }
        lua_rawset(L, -3);
    }
}

/* Pushes the outcome of the current transfer of the box at 1. */
static int push_outcome(lua_State *L)
{
    struct box *box = lua_touserdata(L, 1);
    const struct ses_transfer *t = box->current;

    if (t->failed) {
        lua_pushnil(L);
        push_failure(L, &t->failure);
        return 2;
    }
    lua_createtable(L, 0, 3);
    lua_pushliteral(L, "status");
    ses_pushinteger(L, t->head.status);
    lua_rawset(L, -3);
    lua_pushliteral(L, "headers");
    push_headers(L, &t->head);
    lua_rawset(L, -3);
    lua_pushliteral(L, "body");
    lua_pushlstring(L, t->content.len ? t->content.data : "", t->content.len);
    lua_rawset(L, -3);
    return 1;
}

/* Gives the transfer the headers of the table at index.  Returns 0, or -1 with
 * the name and value that are not strings on the stack.  Raises nothing. */
static int add_headers(lua_State *L, int index, struct ses_transfer *t)
{
    lua_pushnil(L);
    while (lua_next(L, index)) {
        const char *name, *value;
        size_t name_len, value_len;

        if (lua_type(L, -2) != LUA_TSTRING || lua_type(L, -1) != LUA_TSTRING)
            return -1;
        name = lua_tolstring(L, -2, &name_len);
        value = lua_tolstring(L, -1, &value_len);
        ses_lines_add(&t->lines, name, name_len, value, value_len);
        lua_pop(L, 1);
    }
    return 0;
}

/*
 * Calls what lies on the stack for t, which is over, and gives t back whether
 * that raises or not.  While it runs a finalizer of Lua may use or close the
 * same multi handle: t is not the handle's, and current is put back.
 */
static int deliver(lua_State *L, struct box *box, struct ses_transfer *t)
{
    struct ses_transfer *outer = box->current;
    int top = lua_gettop(L) - 2;
    int status;

    box->current = t;
    status = lua_pcall(L, 1, LUA_MULTRET, 0);
    box->current = outer;
    ses_multi_release(t);
    return status ? lua_error(L) : lua_gettop(L) - top;
}

static int forked(lua_State *L)
{
    lua_pushnil(L);
    push_error(L, "transport", "Forked",
               "this transport belongs to the parent process, whose "
               "connections a child must not use: make a new client after "
               "the fork",
               "none");
    return 2;
}

/* multi:perform(settings, method, url, headers, body, seconds)
 * -> {status, headers, body}, or nil and an error; body and seconds may be nil.
 * Blocks.  The arguments stay on the stack, and so alive, meanwhile. */
static int l_perform(lua_State *L)
{
    struct ses_request request = {0};
    struct ses_transfer *t;
    struct settings *s;
    struct box *box;

    check_open(L);
    s = luaL_checkudata(L, 2, SETTINGS);
    luaL_argcheck(L, s->owner == lua_touserdata(L, 1), 2,
                  "settings of another transport");
    request.method = luaL_checklstring(L, 3, &request.method_len);
    request.url = luaL_checklstring(L, 4, &request.url_len);
    luaL_checktype(L, 5, LUA_TTABLE);
    request.body = luaL_optlstring(L, 6, NULL, &request.body_len);
    if (!lua_isnoneornil(L, 7))
        request.timeout_ms = milliseconds(luaL_checknumber(L, 7));
    luaL_checkstack(L, 8, "too many arguments");
    lua_settop(L, 7);
    lua_pushcfunction(L, push_outcome);
    lua_pushvalue(L, 1);
    box = check_open(L);
    if (ses_multi_forked(box->multi))
        return forked(L);

    t = ses_multi_transfer(box->multi, &s->settings);
    if (!t)
        return luaL_error(L, "not enough memory");
    if (add_headers(L, 5, t) != 0) {
        ses_multi_release(t);
        return luaL_error(L,
                          "headers: expected names and values that are "
                          "strings, got a %s and a %s",
                          luaL_typename(L, -2), luaL_typename(L, -1));
    }
    ses_multi_start(t, &s->settings, &request);
    ses_multi_wait(box->multi, t);
    return deliver(L, box, t);
}

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

static const luaL_Reg methods[] = {
    {"settings", l_settings}, {"perform", l_perform}, {"usable", l_usable},
    {"close", l_close},       {NULL, NULL},
};

static const luaL_Reg functions[] = {
    {"new", l_new},     {"now", l_now},       {"time", l_time},
    {"sleep", l_sleep}, {"random", l_random}, {NULL, NULL},
};

SES_EXPORT int luaopen_ses_curl(lua_State *L);

SES_EXPORT int luaopen_ses_curl(lua_State *L)
{
    luaL_newmetatable(L, SETTINGS);
    luaL_newmetatable(L, MULTI);
    lua_pushcfunction(L, l_close);
    lua_setfield(L, -2, "__gc");
    lua_newtable(L);
    ses_setfuncs(L, methods, 0);
    lua_setfield(L, -2, "__index");
    lua_newtable(L);
    ses_setfuncs(L, functions, 0);
    return 1;
}
