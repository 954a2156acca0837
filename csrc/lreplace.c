/* core.replace_file: a file that others read, replaced whole. */
#include "compat.h"
#include "lcore.h"
#include "lreason.h"
#include "replace.h"

#include <string.h>

/* core.replace_file(path, text) -> true | nil, message
 *
 * The new file is its owner's alone. */
static int l_replace_file(lua_State *L)
{
    size_t path_len, len;
    const char *path = luaL_checklstring(L, 1, &path_len);
    const char *text = luaL_checklstring(L, 2, &len);
    int error;

    luaL_argcheck(L, path_len > 0 && strlen(path) == path_len, 1,
                  "the name of a file expected");
    error = ses_replace_file(path, text, len);
    if (!error) {
        lua_pushboolean(L, 1);
        return 1;
    }
    lua_pushnil(L);
    ses_push_reason(L, error);
    return 2;
}

void ses_open_replace(lua_State *L)
{
    static const luaL_Reg functions[] = {{"replace_file", l_replace_file},
                                         {NULL, NULL}};

    ses_setfuncs(L, functions, 0);
}
