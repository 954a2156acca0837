/* Names in the messages of errors. */
#ifndef SES_LSHOWN_H
#define SES_LSHOWN_H

#include "compat.h"

#pragma GCC visibility push(hidden)

/* Pushes, and returns, a path for people: without what a terminal would act
 * upon, and cut where it is very long. */
const char *ses_push_shown(lua_State *L, const char *path);

#pragma GCC visibility pop

#endif
