/* Programs and their arguments, as Lua gives them. */
#ifndef SES_LARGV_H
#define SES_LARGV_H

#include "compat.h"

#pragma GCC visibility push(hidden)

/* Pushes a block with the arguments of the list at index, ended by a null
 * pointer: 1 to 1024 strings without null bytes, the first of them not empty.
 * Raises where it is something else.  The list keeps the strings. */
char **ses_push_argv(lua_State *L, int index);

/* Pushes why exec refuses a program; error is its errno. */
void ses_push_refusal(lua_State *L, const char *program, int error);

#pragma GCC visibility pop

#endif
