/* core.read_file, core.measure_file and core.replace_file: small files. */
#include "compat.h"
#include "files.h"
#include "lbox.h"
#include "lcore.h"
#include "lreason.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { READ_MAX = 64 << 20 };

static const char *check_path(lua_State *L)
{
    size_t len;
    const char *path = luaL_checklstring(L, 1, &len);

    luaL_argcheck(L, len > 0 && strlen(path) == len, 1,
                  "the name of a file expected");
    return path;
}

static size_t check_max(lua_State *L)
{
    double max = (double)luaL_checknumber(L, 2);

    luaL_argcheck(L, max >= 0 && max <= READ_MAX, 2, "0 to 64 MiB expected");
    return (size_t)max;
}

static int push_failure(lua_State *L, int error)
{
    lua_pushnil(L);
    ses_push_reason(L, error);
    return 2;
}

/* core.read_file(path, max) -> text | nil, message, "missing" | "hidden" | nil
 *
 * "hidden": it is in a directory that this process must not look into, so that
 * it is not known whether there is one.  Of a pipe it takes what comes within
 * five seconds.  A file of more than max bytes is an error. */
static int l_read_file(lua_State *L)
{
    const char *path = check_path(L);
    size_t max = check_max(L);
    struct ses_sbuf *box;
    int error;

    box = ses_box_new(L, max);
    error = ses_read_file(path, box);
    if (error == ENOMEM)
        return luaL_error(L, "not enough memory");
    if (error) {
        ses_box_release(box);
        push_failure(L, error);
        if (error == ENOENT || error == ENOTDIR)
            lua_pushliteral(L, "missing");
        else if (error == EACCES && access(path, F_OK) != 0)
            lua_pushliteral(L, "hidden");
        else
            lua_pushnil(L);
        return 3;
    }
    lua_pushlstring(L, box->data ? box->data : "", box->len);
    ses_box_release(box);
    return 1;
}

/* core.measure_file(path, max) -> bytes | nil, message
 *
 * Reads it as read_file does, and keeps none of it. */
static int l_measure_file(lua_State *L)
{
    const char *path = check_path(L);
    size_t len;
    int error = ses_measure_file(path, check_max(L), &len);

    if (error)
        return push_failure(L, error);
    ses_pushinteger(L, (long long)len);
    return 1;
}

/* core.replace_file(path, text) -> true | nil, message
 *
 * The new file is its owner's alone. */
static int l_replace_file(lua_State *L)
{
    size_t len;
    const char *path = check_path(L);
    const char *text = luaL_checklstring(L, 2, &len);
    int error = ses_replace_file(path, text, len);

    if (error)
        return push_failure(L, error);
    lua_pushboolean(L, 1);
    return 1;
}

void ses_open_files(lua_State *L)
{
    static const luaL_Reg functions[] = {{"read_file", l_read_file},
                                         {"measure_file", l_measure_file},
                                         {"replace_file", l_replace_file},
                                         {NULL, NULL}};

    ses_setfuncs(L, functions, 0);
}
