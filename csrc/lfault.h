/* Faults in params: how validation notes them. */
#ifndef SES_LFAULT_H
#define SES_LFAULT_H

#include "compat.h"
#include "model.h"
#include "path.h"

#pragma GCC visibility push(hidden)

/* How many faults are listed; the walk ends there. */
enum { SES_FAULTS_MAX = 100 };

/* A validation: the params are on Lua's stack. */
struct ses_validator {
    lua_State *L;
    int list; /* stack index of the list of faults; nil until there is one */
    int faults;
    struct ses_path path;
};

/* What Lua calls the values of each enum ses_type: "a list". */
extern const char *const ses_type_names[];

/* What a user gave, in Lua's terms; a number with its value.  Returns out or
 * static text. */
const char *ses_describe(lua_State *L, int index, char *out, size_t size);

/* Pushes a fault that says where it is: its path, which is written to path as
 * well, and its steps, the keys that lead there. */
void ses_fault_place(lua_State *L, const struct ses_path *p,
                     char path[SES_PATH_TEXT_MAX]);

/* Adds a fault at the current path.  got and expected may be null; the
 * message is "path: text". */
void ses_fault(struct ses_validator *v, const char *rule, const char *got,
               const char *expected, const char *text);

/* The fault "expected X, got Y". */
void ses_mismatch(struct ses_validator *v, const char *rule, const char *got,
                  const char *expected);

/* The fault that the value at the top is of another type than the shape's. */
void ses_wrong_type(struct ses_validator *v, const struct ses_shape *shape);

/* A fault where a length, an item count or a value is below the least that
 * the model allows; unit is " item", or empty for a value. */
void ses_minimum(struct ses_validator *v, const struct ses_shape *shape,
                 double got, const char *unit);

#pragma GCC visibility pop

#endif
