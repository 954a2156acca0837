/* Where in a nested value something is: "Message.Body.Text", "Items[2]". */
#ifndef SES_PATH_H
#define SES_PATH_H

#include <stddef.h>

#pragma GCC visibility push(hidden)

enum { SES_DEPTH_MAX = 64, SES_PATH_TEXT_MAX = 512 };

struct ses_path_step {
    const char *name; /* a member or a map key; null: an index */
    size_t len;
    size_t index;
};

struct ses_path {
    struct ses_path_step steps[SES_DEPTH_MAX];
    int depth;
};

/* Each enters one level; 0, or -1 where that is one too many.  Names are not
 * copied. */
int ses_path_name(struct ses_path *p, const char *name, size_t len);
int ses_path_index(struct ses_path *p, size_t index);
void ses_path_leave(struct ses_path *p);

/* Writes the path and a terminator; a long one is cut, and bytes that are not
 * printable ASCII become '?', because keys come from outside.  Returns the
 * length. */
size_t ses_path_text(const struct ses_path *p, char out[SES_PATH_TEXT_MAX]);

#pragma GCC visibility pop

#endif
