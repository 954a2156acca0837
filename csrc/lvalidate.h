/* Params against a shape: every fault at once, before a byte is written. */
#ifndef SES_LVALIDATE_H
#define SES_LVALIDATE_H

#include "compat.h"
#include "model.h"

#pragma GCC visibility push(hidden)

/*
 * Checks the value at index, a table, against the input shape.  Returns 0 and
 * pushes nothing, or returns how many faults there are (one past a limit ends
 * the walk) and pushes the list of them: {path, steps, rule, got, expected,
 * message}.
 *
 * The rules and their order are botocore's (required, unknown, then members),
 * with those that a serializer cannot do without: encodings, ranges, holes,
 * and labels that would change the path.
 */
int ses_validate(lua_State *L, int index, const struct ses_shape *input);

#pragma GCC visibility pop

#endif
