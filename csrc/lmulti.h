/* The parts of the userdata of module ses.curl that carries requests. */
#ifndef SES_LMULTI_H
#define SES_LMULTI_H

#include "compat.h"

#pragma GCC visibility push(hidden)

struct ses_multi;
struct ses_settings;
struct ses_transfer;

/* Adds the function new to the module's table at the top of the stack. */
void ses_open_multi(lua_State *L);

/* The multi handle at 1; raises where that is closed, which whatever allocates
 * can do: a finalizer may run. */
struct ses_multi *ses_check_multi(lua_State *L);

/* The method settings, and what it needs. */
int ses_new_settings(lua_State *L);
void ses_open_settings(lua_State *L);

/* The settings at index; raises where they are not the multi handle's at 1. */
const struct ses_settings *ses_check_settings(lua_State *L, int index);

/* Whole milliseconds, at least one; libcurl holds them in an int. */
long ses_milliseconds(lua_Number seconds);

/* Pushes the outcome of a transfer that is done: {status, headers, body}, or
 * nil and an error.  Returns how many values that is. */
int ses_push_outcome(lua_State *L, const struct ses_transfer *t);

/* Pushes an error of a request that never left, as a transport returns it. */
void ses_push_unsent(lua_State *L, const char *code, const char *message);

#pragma GCC visibility pop

#endif
