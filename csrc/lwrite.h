/* Params as the parts of a request.  The params have been validated; each
 * function finds them, or the structure it writes, at the top of the stack. */
#ifndef SES_LWRITE_H
#define SES_LWRITE_H

#include "lvalue.h"
#include "path.h"

#pragma GCC visibility push(hidden)

/* A writer: where it writes and, for the message about a body that is too
 * long, where in the params it is. */
struct ses_writer {
    lua_State *L;
    struct ses_sbuf *out;
    struct ses_sbuf *scratch; /* form keys, text before its encoding */
    struct ses_sbuf *uri, *query;
    struct ses_path path;
};

/* Takes what entering a level of w->path returned: the params have been
 * validated, so that there is room unless they changed. */
static inline void ses_writer_entered(const struct ses_writer *w, int rc)
{
    if (rc != 0)
        luaL_error(w->L, "params changed while they were encoded");
}

/* Appends the operation's path with its labels filled in to w->uri, and what
 * its template has of a query to w->query. */
void ses_write_uri(struct ses_writer *w, const struct ses_operation *op);

/* Appends the members that travel in the query. */
void ses_write_query(struct ses_writer *w, const struct ses_shape *shape);

/* Sets the headers that members travel in, in the table at index headers. */
void ses_write_headers(struct ses_writer *w, const struct ses_shape *shape,
                       int headers);

/* Appends "&Name.member.1=value" for every member of the table at the top. */
void ses_write_form(struct ses_writer *w, const struct ses_shape *shape);

/* Appends the members of the table at the top that travel in the body as a
 * JSON object. */
void ses_write_json(struct ses_writer *w, const struct ses_shape *shape);

/* Appends the value at the top, of any shape, as JSON. */
void ses_write_json_value(struct ses_writer *w, const struct ses_shape *shape);

#pragma GCC visibility pop

#endif
