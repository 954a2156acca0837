#include "lshown.h"

#include <string.h>

enum { SHOWN_BYTES = 512 };

const char *ses_push_shown(lua_State *L, const char *path)
{
    char shown[SHOWN_BYTES + 4];
    size_t i;

    for (i = 0; i < SHOWN_BYTES && path[i]; i++) {
        int is_control = (unsigned char)path[i] < 0x20 || path[i] == 0x7f;

        shown[i] = is_control ? '?' : path[i];
    }
    strcpy(shown + i, path[i] ? "..." : "");
    lua_pushstring(L, shown);
    return lua_tostring(L, -1);
}
