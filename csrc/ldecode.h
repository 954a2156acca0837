/* Decoding a response: what its two protocols share. */
#ifndef SES_LDECODE_H
#define SES_LDECODE_H

#include "lcore.h"
#include "lread.h"

#pragma GCC visibility push(hidden)

/* A response that is being decoded. */
struct ses_decoder {
    struct ses_reader reader;
    const struct ses_handle *handle;
    int status;
    const char *body;
    size_t len;
    long long offset; /* of what is wrong in the body; -1: not known */
};

/* core.decode's stack: handle, status, headers, body; and its upvalues: the
 * XML arena, cjson's decode function, and whether that is still there. */
enum { SES_DECODE_HEADERS = 3, SES_DECODE_BODY = 4 };
enum { SES_DECODE_ARENA = 1, SES_DECODE_JSON, SES_DECODE_GUARD };

/* Each returns how many values core.decode returns. */
int ses_decode_xml(struct ses_decoder *d);
int ses_decode_json(struct ses_decoder *d);

/* Pushes nil and {kind = "decode", message, path, offset, excerpt}; returns 2.
 * The message is what is at the top of the stack. */
int ses_decode_error(struct ses_decoder *d);

/* The same with the reader's problem as the message. */
int ses_decode_problem(struct ses_decoder *d);

/* Pushes nil and a service error made of the values on the stack: at index
 * first and the four after it are code, message, fault, request id and
 * details, each of which may be nil.  Returns 2. */
int ses_decode_service_error(lua_State *L, int first,
                             const struct ses_shape *shape);

/* The error shape of that wire code among those of the operation, or null. */
const struct ses_shape *ses_decode_find_error(const struct ses_handle *h,
                                              const char *code);

/* Takes the message out of the details at the top; leaves nil instead of
 * details that are then empty. */
void ses_decode_trim_details(lua_State *L);

/* Pushes the response header of that (lower-case) name; returns it or null. */
const char *ses_decode_header(lua_State *L, const char *name);

/* Pushes the request id from the headers, or nil. */
void ses_decode_request_id(lua_State *L);

#pragma GCC visibility pop

#endif
