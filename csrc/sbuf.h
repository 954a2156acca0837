/* Growable bytes with a hard cap and a sticky error. */
#ifndef SES_SBUF_H
#define SES_SBUF_H

#include <stddef.h>
#include <string.h>

#pragma GCC visibility push(hidden)

enum ses_sbuf_error {
    SES_SBUF_OK,
    SES_SBUF_FULL,    /* the cap would be exceeded */
    SES_SBUF_NOMEMORY /* the allocator refused */
};

/* A zeroed struct with a cap is a valid, empty buffer. */
struct ses_sbuf {
    char *data;
    size_t len;
    size_t size;
    size_t cap;
    enum ses_sbuf_error error;
};

/* Makes b empty and able to hold cap bytes; keeps what memory it has. */
void ses_sbuf_reset(struct ses_sbuf *b, size_t cap);

/* Frees the memory; b is again a valid, empty buffer.  Idempotent. */
void ses_sbuf_free(struct ses_sbuf *b);

/* Cleanses every byte that the buffer ever held, then frees it. */
void ses_sbuf_wipe(struct ses_sbuf *b);

/* Makes room for n more bytes where the memory at hand does not hold them: what
 * ses_sbuf_room does when it is not trivial. */
char *ses_sbuf_grow(struct ses_sbuf *b, size_t n);

/* Room for n more bytes, not yet counted in len; null (and a sticky error)
 * where there is none.  The caller adds what it wrote to len. */
static inline char *ses_sbuf_room(struct ses_sbuf *b, size_t n)
{
    if (!b->error && n <= b->size - b->len && n <= b->cap - b->len)
        return b->data + b->len;
    return ses_sbuf_grow(b, n);
}

/* Appends.  After an error nothing is appended any more; callers may check
 * b->error once, at the end.  Inline, because most of what is appended is a
 * few bytes long. */
static inline void ses_sbuf_add(struct ses_sbuf *b, const char *data,
                                size_t len)
{
    char *p = ses_sbuf_room(b, len);

    if (p && len) {
        memcpy(p, data, len);
        b->len += len;
    }
}

static inline void ses_sbuf_addc(struct ses_sbuf *b, char c)
{
    ses_sbuf_add(b, &c, 1);
}

static inline void ses_sbuf_adds(struct ses_sbuf *b, const char *s)
{
    ses_sbuf_add(b, s, strlen(s));
}

#pragma GCC visibility pop

#endif
