/* The parts of module ses.core, and what they share. */
#ifndef SES_LCORE_H
#define SES_LCORE_H

#include "compat.h"
#include "model.h"

#pragma GCC visibility push(hidden)

/* A request body is at most this long: SES takes messages of 40 MB after
 * base64, and JSON or a form around them. */
enum { SES_BODY_MAX = 48 << 20 };

/* An operation and the service it belongs to; lives in a userdata. */
struct ses_handle {
    const struct ses_service *service;
    const struct ses_operation *operation;
};

/* The handle at index; raises where it is something else. */
const struct ses_handle *ses_check_handle(lua_State *L, int index);

/* Each adds its functions to the module's table at the top of the stack. */
void ses_open_reflect(lua_State *L);
void ses_open_encode(lua_State *L);
void ses_open_decode(lua_State *L);
void ses_open_sign(lua_State *L);
void ses_open_sigv4(lua_State *L);
void ses_open_exec(lua_State *L);
void ses_open_logfile(lua_State *L);
void ses_open_files(lua_State *L);
void ses_open_spawn(lua_State *L);

#pragma GCC visibility pop

#endif
