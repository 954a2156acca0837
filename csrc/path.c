#include "path.h"

#include <string.h>

static int enter(struct ses_path *p, const char *name, size_t len, size_t index)
{
    struct ses_path_step *step;

    if (p->depth == SES_DEPTH_MAX)
        return -1;
    step = &p->steps[p->depth++];
    step->name = name;
    step->len = len;
    step->index = index;
    return 0;
}

int ses_path_name(struct ses_path *p, const char *name, size_t len)
{
    return enter(p, name, len, 0);
}

int ses_path_index(struct ses_path *p, size_t index)
{
    return enter(p, NULL, 0, index);
}

void ses_path_leave(struct ses_path *p)
{
    p->depth--;
}

static size_t add(char *out, size_t n, const char *s, size_t len)
{
    for (; len && n < SES_PATH_TEXT_MAX - 1; len--, s++)
        out[n++] = *s >= ' ' && *s <= '~' ? *s : '?';
    return n;
}

static size_t add_index(char *out, size_t n, size_t index)
{
    char digits[24];
    size_t i = sizeof digits;

    digits[--i] = ']';
    do {
        digits[--i] = (char)('0' + index % 10);
        index /= 10;
    } while (index);
    digits[--i] = '[';
    return add(out, n, digits + i, sizeof digits - i);
}

size_t ses_path_text(const struct ses_path *p, char out[SES_PATH_TEXT_MAX])
{
    size_t n = 0;
    int i;

    for (i = 0; i < p->depth; i++) {
        const struct ses_path_step *step = &p->steps[i];

        if (!step->name) {
            n = add_index(out, n, step->index);
            continue;
        }
        if (n)
            n = add(out, n, ".", 1);
        n = add(out, n, step->name, step->len);
    }
    out[n] = '\0';
    return n;
}
