/* What an errno means, for messages. */
#ifndef SES_LREASON_H
#define SES_LREASON_H

#include "compat.h"

#pragma GCC visibility push(hidden)

/* Pushes the reason: "permission denied". */
void ses_push_reason(lua_State *L, int error);

#pragma GCC visibility pop

#endif
