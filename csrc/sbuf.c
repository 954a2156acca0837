#include "sbuf.h"

#include <stdlib.h>
#include <string.h>

enum { SMALLEST = 256 };

void ses_sbuf_reset(struct ses_sbuf *b, size_t cap)
{
    b->len = 0;
    b->cap = cap;
    b->error = SES_SBUF_OK;
}

void ses_sbuf_free(struct ses_sbuf *b)
{
    free(b->data);
    b->data = NULL;
    b->len = b->size = 0;
    b->error = SES_SBUF_OK;
}

/* A plain memset before free is a dead store to the optimiser. */
static void *(*const volatile wipe)(void *, int, size_t) = memset;

void ses_sbuf_wipe(struct ses_sbuf *b)
{
    if (b->data)
        wipe(b->data, 0, b->size);
    ses_sbuf_free(b);
}

/* Doubles until need bytes fit, within the cap.  Not with realloc: it would
 * leave a copy of what was written behind. */
static int enlarge(struct ses_sbuf *b, size_t need)
{
    size_t size = b->size ? b->size : SMALLEST;
    char *data;

    while (size < need)
        size = size > b->cap / 2 ? b->cap : size * 2;
    data = malloc(size);
    if (!data) {
        b->error = SES_SBUF_NOMEMORY;
        return -1;
    }
    if (b->data) {
        memcpy(data, b->data, b->len);
        wipe(b->data, 0, b->size);
        free(b->data);
    }
    b->data = data;
    b->size = size;
    return 0;
}

char *ses_sbuf_grow(struct ses_sbuf *b, size_t n)
{
    if (b->error)
        return NULL;
    if (n > b->cap || b->len > b->cap - n) {
        b->error = SES_SBUF_FULL;
        return NULL;
    }
    if (b->len + n > b->size && enlarge(b, b->len + n) != 0)
        return NULL;
    return b->data + b->len;
}
