/* core.open_log: files that only grow, for journals. */
#include "compat.h"
#include "lbox.h"
#include "lcore.h"
#include "logfile.h"
#include "lreason.h"
#include "lshown.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define LOGFILE "ses.logfile"

/* The path follows it, ended by a null byte. */
struct box {
    struct ses_logfile file;
};

static const char *path_of(const struct box *box)
{
    return (const char *)(box + 1);
}

static struct box *check_open(lua_State *L)
{
    struct box *box = luaL_checkudata(L, 1, LOGFILE);

    if (box->file.fd < 0)
        luaL_error(L, "the log is closed");
    return box;
}

/* Pushes nil, a message and a code: "locked", "full" or "failed". */
static int push_failure(lua_State *L, const char *path,
                        enum ses_logfile_end end, int error)
{
    const char *code = "failed";

    lua_pushnil(L);
    path = ses_push_shown(L, path);
    switch (end) {
    case SES_LOGFILE_LOCKED:
        code = "locked";
        lua_pushfstring(L,
                        "%s: it is in use: another process, or this one, "
                        "has it open",
                        path);
        break;
    case SES_LOGFILE_IRREGULAR:
        lua_pushfstring(L, "%s: it is no regular file", path);
        break;
    case SES_LOGFILE_FOREIGN:
        lua_pushfstring(L, "%s: it belongs to the parent process", path);
        break;
    case SES_LOGFILE_LOST:
        ses_push_reason(L, error);
        lua_pushfstring(L,
                        "%s: what was written may not have reached the disk "
                        "(%s): open it again to see what is there",
                        path, lua_tostring(L, -1));
        lua_replace(L, -2);
        break;
    default:
        if (error == ENOSPC || error == EFBIG || error == EDQUOT)
            code = "full";
        ses_push_reason(L, error);
        lua_pushfstring(L, "%s: %s", path, lua_tostring(L, -1));
        lua_replace(L, -2);
        break;
    }
    lua_replace(L, -2);
    lua_pushstring(L, code);
    return 3;
}

static int push_end(lua_State *L, const struct box *box,
                    enum ses_logfile_end end)
{
    if (end != SES_LOGFILE_OK)
        return push_failure(L, path_of(box), end, errno);
    lua_pushboolean(L, 1);
    return 1;
}

/* core.open_log(path) -> log | nil, message, code */
static int l_open(lua_State *L)
{
    size_t len;
    const char *path = luaL_checklstring(L, 1, &len);
    enum ses_logfile_end end;
    struct box *box;

    luaL_argcheck(L, len > 0 && strlen(path) == len, 1,
                  "the name of a file expected");
    box = lua_newuserdata(L, sizeof *box + len + 1);
    memset(box, 0, sizeof *box);
    box->file.fd = box->file.folder = -1;
    memcpy(box + 1, path, len + 1);
    luaL_getmetatable(L, LOGFILE);
    lua_setmetatable(L, -2);
    end = ses_logfile_open(&box->file, path);
    return end == SES_LOGFILE_OK ? 1 : push_failure(L, path, end, errno);
}

static int push_too_long(lua_State *L, const struct box *box)
{
    char size[32];

    snprintf(size, sizeof size, "%.0f", (double)box->file.size);
    lua_pushnil(L);
    lua_pushfstring(L, "%s: its %s bytes are more than may be read",
                    ses_push_shown(L, path_of(box)), size);
    lua_replace(L, -2);
    lua_pushliteral(L, "failed");
    return 3;
}

/* log:read(most) -> content | nil, message, code */
static int l_read(lua_State *L)
{
    struct box *box = check_open(L);
    lua_Number most = luaL_checknumber(L, 2);
    enum ses_logfile_end end;
    struct ses_sbuf *b;
    size_t len = (size_t)box->file.size;
    char *to;

    if (!((lua_Number)box->file.size <= most) || len > SIZE_MAX / 4)
        return push_too_long(L, box);
    b = ses_box_new(L, len + 1);
    to = ses_sbuf_room(b, len + 1);
    ses_box_check(L, b);
    box = check_open(L);
    end = ses_logfile_read(&box->file, to, len);
    if (end != SES_LOGFILE_OK)
        return push_failure(L, path_of(box), end, errno);
    lua_pushlstring(L, to, len);
    ses_box_release(b);
    return 1;
}

/* log:append(bytes) -> true | nil, message, code */
static int l_append(lua_State *L)
{
    size_t len;
    const char *from = luaL_checklstring(L, 2, &len);
    struct box *box = check_open(L);

    return push_end(L, box, ses_logfile_append(&box->file, from, len));
}

/* log:truncate(length) -> true | nil, message, code */
static int l_truncate(lua_State *L)
{
    struct box *box = check_open(L);
    lua_Number len = luaL_checknumber(L, 2);

    luaL_argcheck(
        L, len >= 0 && len <= (lua_Number)box->file.size && floor(len) == len,
        2, "a length of the file or less expected");
    return push_end(L, box, ses_logfile_truncate(&box->file, (off_t)len));
}

/* log:sync() -> true | nil, message, code: the disk has everything */
static int l_sync(lua_State *L)
{
    struct box *box = check_open(L);

    return push_end(L, box, ses_logfile_sync(&box->file));
}

/* log:size() -> bytes */
static int l_size(lua_State *L)
{
    ses_pushinteger(L, check_open(L)->file.size);
    return 1;
}

/* log:close().  Idempotent; also its __gc and __close. */
static int l_close(lua_State *L)
{
    struct box *box = luaL_checkudata(L, 1, LOGFILE);

    ses_logfile_close(&box->file);
    return 0;
}

static const luaL_Reg methods[] = {
    {"read", l_read}, {"append", l_append},
    {"sync", l_sync}, {"truncate", l_truncate},
    {"size", l_size}, {"close", l_close},
    {NULL, NULL},
};

void ses_open_logfile(lua_State *L)
{
    static const luaL_Reg functions[] = {{"open_log", l_open}, {NULL, NULL}};

    ses_newclass(L, LOGFILE, methods, l_close);
    ses_setfuncs(L, functions, 0);
}
