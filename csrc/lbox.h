/*
 * Buffers that Lua owns.
 *
 * Any Lua call can leave by longjmp, so memory that must survive one lives in
 * a userdata that already has its metatable: box first, fill second.
 */
#ifndef SES_LBOX_H
#define SES_LBOX_H

#include "compat.h"
#include "sbuf.h"

#pragma GCC visibility push(hidden)

/* Pushes a new box; its buffer is empty and holds at most cap bytes.
 * The memory is wiped before it is freed. */
struct ses_sbuf *ses_box_new(lua_State *L, size_t cap);

/* Frees the buffer at once, not at the next collection. */
void ses_box_release(struct ses_sbuf *b);

/* Raises if b has a sticky "no memory"; otherwise returns its error. */
enum ses_sbuf_error ses_box_check(lua_State *L, const struct ses_sbuf *b);

#pragma GCC visibility pop

#endif
