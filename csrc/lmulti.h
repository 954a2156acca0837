/* The userdata of module ses.curl that carries requests. */
#ifndef SES_LMULTI_H
#define SES_LMULTI_H

#include "compat.h"

#pragma GCC visibility push(hidden)

struct ses_transfer;

/* Adds the function new to the module's table at the top of the stack. */
void ses_open_multi(lua_State *L);

/* Pushes the outcome of a transfer that is done: {status, headers, body}, or
 * nil and an error.  Returns how many values that is. */
int ses_push_outcome(lua_State *L, const struct ses_transfer *t);

/* Pushes an error of a request that never left, as a transport returns it. */
void ses_push_unsent(lua_State *L, const char *code, const char *message);

#pragma GCC visibility pop

#endif
