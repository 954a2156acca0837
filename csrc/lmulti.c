/* The multi handle of module ses.curl: requests that block, and that do not. */
#include "lmulti.h"
#include "multi.h"

#include <string.h>

#define MULTI  "ses.multi"
#define MAX_ID 9007199254740992.0 /* 2^53 */

struct box {
    struct ses_multi *multi;      /* null when closed */
    struct ses_transfer *current; /* whose outcome is being pushed */
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

/* The uservalue of a box holds the bodies of what was started, by number. */

/* Puts a value (popped) there.  Runs no finalizer; where it replaces another
 * one it allocates nothing, and so raises nothing. */
static void set_body(lua_State *L, long long id)
{
    ses_getuservalue(L, 1);
    ses_pushinteger(L, id);
    lua_pushvalue(L, -3);
    lua_rawset(L, -3);
    lua_pop(L, 2);
}

static void forget_body(lua_State *L, long long id)
{
    ses_getuservalue(L, 1);
    ses_pushinteger(L, id);
    lua_rawget(L, -2);
    lua_replace(L, -2);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        return;
    }
    lua_pushnil(L);
    lua_replace(L, -2);
    set_body(L, id);
}

static void forget_bodies(lua_State *L)
{
    ses_getuservalue(L, 1);
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        lua_pop(L, 1);
        lua_pushvalue(L, -1);
        lua_pushnil(L);
        lua_rawset(L, -4);
    }
    lua_pop(L, 1);
}

struct ses_multi *ses_check_multi(lua_State *L)
{
    return check_open(L)->multi;
}

/* new() -> multi */
static int l_new(lua_State *L)
{
    struct box *box;

    lua_settop(L, 0);
    lua_newtable(L);
    box = lua_newuserdata(L, sizeof *box);
    memset(box, 0, sizeof *box);
    lua_insert(L, 1);
    ses_setuservalue(L, 1);
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
    if (!multi)
        return 0;
    ses_multi_free(multi);
    forget_bodies(L);
    return 0;
}

/* multi:usable() -> whether it is open, and this process's own. */
static int l_usable(lua_State *L)
{
    struct box *box = luaL_checkudata(L, 1, MULTI);

    lua_pushboolean(L, box->multi && !ses_multi_forked(box->multi));
    return 1;
}

/* Pushes the outcome of the current transfer of the box at 1. */
static int push_outcome(lua_State *L)
{
    struct box *box = lua_touserdata(L, 1);

    return ses_push_outcome(L, box->current);
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
    ses_push_unsent(L, "Forked",
                    "this transport belongs to the parent process, whose "
                    "connections a child must not use: make a new client after "
                    "the fork");
    return 2;
}

enum { ARGUMENTS = 7 };

/* The arguments of perform and start, which stay on the stack. */
static const struct ses_settings *check_request(lua_State *L,
                                                struct ses_request *request)
{
    const struct ses_settings *s;

    check_open(L);
    s = ses_check_settings(L, 2);
    memset(request, 0, sizeof *request);
    request->method = luaL_checklstring(L, 3, &request->method_len);
    request->url = luaL_checklstring(L, 4, &request->url_len);
    luaL_checktype(L, 5, LUA_TTABLE);
    request->body = luaL_optlstring(L, 6, NULL, &request->body_len);
    if (!lua_isnoneornil(L, 7))
        request->timeout_ms = ses_milliseconds(luaL_checknumber(L, 7));
    luaL_checkstack(L, 8, "too many arguments");
    lua_settop(L, ARGUMENTS);
    return s;
}

/* A transfer with the headers at 5.  Where that fails it is null and begin
 * has raised nothing: not_begun does. */
static struct ses_transfer *begin(lua_State *L, const struct box *box,
                                  const struct ses_settings *s)
{
    struct ses_transfer *t = ses_multi_transfer(box->multi, s);

    if (!t) {
        lua_settop(L, ARGUMENTS);
    } else if (add_headers(L, 5, t) != 0) {
        ses_multi_release(t);
        t = NULL;
    }
    return t;
}

static int not_begun(lua_State *L)
{
    if (lua_gettop(L) == ARGUMENTS)
        return luaL_error(L, "not enough memory");
    return luaL_error(L,
                      "headers: expected names and values that are strings, "
                      "got a %s and a %s",
                      luaL_typename(L, -2), luaL_typename(L, -1));
}

/* multi:perform(settings, method, url, headers, body, seconds)
 * -> {status, headers, body}, or nil and an error; body and seconds may be nil.
 * Blocks, and drives what was started meanwhile. */
static int l_perform(lua_State *L)
{
    struct ses_request request;
    const struct ses_settings *s = check_request(L, &request);
    struct ses_transfer *t;
    struct box *box;

    lua_pushcfunction(L, push_outcome);
    lua_pushvalue(L, 1);
    box = check_open(L);
    if (ses_multi_forked(box->multi))
        return forked(L);
    t = begin(L, box, s);
    if (!t)
        return not_begun(L);
    ses_multi_start(t, s, &request);
    ses_multi_wait(box->multi, t);
    return deliver(L, box, t);
}

/* multi:start(settings, method, url, headers, body, seconds) -> id, or nil and
 * an error in a child process.  The same arguments; does not block: step moves
 * it on, and take returns how it ended. */
static int l_start(lua_State *L)
{
    struct ses_request request;
    const struct ses_settings *s = check_request(L, &request);
    struct box *box = check_open(L);
    struct ses_transfer *t;
    long long id;

    if (ses_multi_forked(box->multi))
        return forked(L);
    id = ses_multi_next_id(box->multi);
    lua_pushvalue(L, 6);
    set_body(L, id);
    t = begin(L, box, s);
    if (!t) {
        forget_body(L, id);
        return not_begun(L);
    }
    ses_multi_submit(t, id, s, &request);
    ses_pushinteger(L, id);
    return 1;
}

/* Whether the box's transfers are this process's own. */
static int is_at_home(const struct box *box)
{
    return !ses_multi_forked(box->multi);
}

/* multi:step(seconds) -> how many transfers can be taken.  Moves all of them
 * on; where none can be taken, and some are under way, does so for that time,
 * or for a second if that is less. */
static int l_step(lua_State *L)
{
    lua_Number seconds = luaL_optnumber(L, 2, 0);
    const struct box *box = check_open(L);
    int count = 0;

    if (is_at_home(box))
        count = ses_multi_await(box->multi,
                                seconds > 0 ? ses_milliseconds(seconds) : 0);
    ses_pushinteger(L, count);
    return 1;
}

/* multi:take() -> id and what perform returns, of the one that ended first of
 * those that were started; nothing if there is none. */
static int l_take(lua_State *L)
{
    struct ses_transfer *t = NULL;
    struct box *box;
    long long id;

    check_open(L);
    lua_settop(L, 2);
    lua_pushcfunction(L, push_outcome);
    lua_pushvalue(L, 1);
    box = check_open(L);
    if (is_at_home(box))
        t = ses_multi_take(box->multi, &id);
    if (!t)
        return 0;
    ses_pushinteger(L, id);
    lua_replace(L, 2);
    forget_body(L, id);
    return 1 + deliver(L, box, t);
}

/* multi:cancel(id) -> whether there was one to end and forget */
static int l_cancel(lua_State *L)
{
    lua_Number number = luaL_checknumber(L, 2);
    const struct box *box = check_open(L);
    long long id = number >= 1 && number <= MAX_ID ? (long long)number : 0;
    int found = (lua_Number)id == number && is_at_home(box) &&
                ses_multi_cancel(box->multi, id);

    if (found)
        forget_body(L, id);
    lua_pushboolean(L, found);
    return 1;
}

/* multi:running() -> how many were started, and neither taken nor cancelled */
static int l_running(lua_State *L)
{
    const struct box *box = check_open(L);

    ses_pushinteger(L, is_at_home(box) ? ses_multi_submitted(box->multi) : 0);
    return 1;
}

void ses_open_multi(lua_State *L)
{
    static const luaL_Reg functions[] = {{"new", l_new}, {NULL, NULL}};
    static const luaL_Reg methods[] = {
        {"settings", ses_new_settings},
        {"perform", l_perform},
        {"start", l_start},
        {"step", l_step},
        {"take", l_take},
        {"cancel", l_cancel},
        {"running", l_running},
        {"usable", l_usable},
        {"close", l_close},
        {NULL, NULL},
    };

    ses_setfuncs(L, functions, 0);
    ses_open_settings(L);
    ses_newclass(L, MULTI, methods, l_close);
}
