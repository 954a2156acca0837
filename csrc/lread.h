/* Responses as Lua values, by the shape. */
#ifndef SES_LREAD_H
#define SES_LREAD_H

#include "compat.h"
#include "model.h"
#include "path.h"
#include "xml.h"

#pragma GCC visibility push(hidden)

/* A reader: where in the result it is, and what it met there. */
struct ses_reader {
    lua_State *L;
    struct ses_path path;
    char problem[160]; /* "expected an integer, got ..." */
};

/* Each pushes the value and returns 0, or returns -1 with problem and path
 * set; the stack above the call's own values is then undefined. */
int ses_read_xml(struct ses_reader *r, const struct ses_xml *xml,
                 const struct ses_xml_node *node,
                 const struct ses_shape *shape);

/* Reads the decoded JSON value at the top of the stack, which stays. */
int ses_read_json(struct ses_reader *r, const struct ses_shape *shape);

/* Sets the members of the object at index from, which travel in the body, in
 * the table at index to; 0, or -1. */
int ses_read_members(struct ses_reader *r, int from, int to,
                     const struct ses_shape *shape);

/* Reads a scalar that came as text (XML, headers). */
int ses_read_text(struct ses_reader *r, const char *s, size_t len,
                  const struct ses_shape *shape, enum ses_format format);

/* Sets the members that travel in the response's headers (the table at index
 * headers, its names in lower case) or in its status, in the table at index
 * to; 0, or -1. */
int ses_read_headers(struct ses_reader *r, int headers, int status,
                     const struct ses_shape *shape, int to);

/* Pushes a number as an integer where it is one; for times and integers. */
void ses_push_whole(lua_State *L, double n);

/* Pushes a time in seconds since the epoch and returns 0, or -1 where there is
 * no such time. */
int ses_read_seconds(struct ses_reader *r, double seconds);

/* Notes what was expected and met; returns -1. */
int ses_read_problem(struct ses_reader *r, const char *expected,
                     const char *got);

#pragma GCC visibility pop

#endif
