#include "lbox.h"

#include <string.h>

#define BOX "ses.box"

static int box_gc(lua_State *L)
{
    ses_sbuf_wipe(lua_touserdata(L, 1));
    return 0;
}

struct ses_sbuf *ses_box_new(lua_State *L, size_t cap)
{
    struct ses_sbuf *b = lua_newuserdata(L, sizeof *b);

    memset(b, 0, sizeof *b);
    b->cap = cap;
    if (luaL_newmetatable(L, BOX)) {
        lua_pushcfunction(L, box_gc);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    return b;
}

void ses_box_release(struct ses_sbuf *b)
{
    ses_sbuf_wipe(b);
}

enum ses_sbuf_error ses_box_check(lua_State *L, const struct ses_sbuf *b)
{
    if (b->error == SES_SBUF_NOMEMORY)
        luaL_error(L, "not enough memory");
    return b->error;
}
