#include "lreason.h"

#include <errno.h>

/* strerror is not thread safe everywhere, and speaks the user's language. */
static const char *reason(int error)
{
    switch (error) {
    case ENOENT:
        return "no such file or directory";
    case ENOTDIR:
        return "a part of the path is no directory";
    case EACCES:
    case EPERM:
        return "permission denied";
    case EROFS:
        return "the file system is read-only";
    case ELOOP:
        return "too many symbolic links";
    case ENAMETOOLONG:
        return "the name is too long";
    case EMFILE:
    case ENFILE:
        return "too many open files";
    case ENOSPC:
        return "no space left on the device";
    case EDQUOT:
        return "the disk quota is used up";
    case EFBIG:
        return "it is larger than it may be";
    case EISDIR:
        return "it is a directory";
    case ETIMEDOUT:
        return "nothing came from it in time";
    case ENOLCK:
    case EOPNOTSUPP:
        return "its file system has no locks";
    case EBUSY:
        return "somebody replaces it again and again";
    case EIO:
        return "the device fails to read or to write";
    default:
        return NULL;
    }
}

void ses_push_reason(lua_State *L, int error)
{
    if (reason(error))
        lua_pushstring(L, reason(error));
    else
        lua_pushfstring(L, "error %d of the system", error);
}
