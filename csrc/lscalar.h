/* The rules for params that are scalars. */
#ifndef SES_LSCALAR_H
#define SES_LSCALAR_H

#include "lfault.h"

#pragma GCC visibility push(hidden)

/* Each checks the value at the top of the stack, which is of the Lua type
 * that the shape wants, and leaves it there. */
void ses_validate_string(struct ses_validator *v, const struct ses_member *m);
void ses_validate_number(struct ses_validator *v,
                         const struct ses_shape *shape);
void ses_validate_time(struct ses_validator *v, const struct ses_shape *shape);

/* Adds a fault for text that no protocol carries; whether there is one. */
int ses_text_fault(struct ses_validator *v, const char *s, size_t len);

#pragma GCC visibility pop

#endif
