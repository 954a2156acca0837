/*
 * Lua values as the service tables see them: shared by validation and by the
 * writers of both protocols.
 */
#ifndef SES_LVALUE_H
#define SES_LVALUE_H

#include "compat.h"
#include "model.h"
#include "sbuf.h"

#pragma GCC visibility push(hidden)

/* The largest integer that no double mistakes for its neighbour: none beyond
 * is taken or given. */
#define SES_INTEGER_MAX 9007199254740991.0

/* Whether the value at index counts as not given: nil or cjson.null. */
int ses_value_absent(lua_State *L, int index);

/* Pushes t[name] without metamethods, t being the table at index; nil is
 * pushed for what counts as not given.  Returns whether there is a value. */
int ses_value_field(lua_State *L, int index, const char *name);

/* Appends a scalar of that shape in a protocol's plain text form (not quoted,
 * not percent-encoded): what goes into forms, labels, queries and headers.
 * format decides for timestamps where the shape leaves it open.  The value has
 * been validated; one that changed since raises. */
void ses_value_text(lua_State *L, int index, const struct ses_shape *shape,
                    enum ses_format format, struct ses_sbuf *out);

/* Reads a timestamp: seconds, or ISO 8601 text; 0, or -1. */
int ses_value_time(lua_State *L, int index, double *seconds);

/* Pushes a box with the keys of the table at index, all strings, sorted by
 * their bytes; returns the first and sets *n.  The box keeps the strings alive,
 * whatever a finalizer does to the table. */
struct ses_key {
    const char *p;
    size_t len;
};
const struct ses_key *ses_value_keys(lua_State *L, int index, size_t *n);

#pragma GCC visibility pop

#endif
