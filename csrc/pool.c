#include "pool.h"

#include <stdlib.h>
#include <string.h>

static struct ses_handle *pop_idle(struct ses_pool *p, unsigned long id)
{
    int i = p->idle_count;
    struct ses_handle *h;

    while (i > 0 && p->idle[i - 1]->easy.settings_id != id)
        i--;
    if (i == 0)
        i = p->idle_count;
    if (i == 0)
        return NULL;
    h = p->idle[i - 1];
    memmove(&p->idle[i - 1], &p->idle[i],
            (size_t)(p->idle_count - i) * sizeof *p->idle);
    p->idle_count--;
    return h;
}

static struct ses_handle *new_handle(struct ses_pool *p)
{
    struct ses_handle *h = calloc(1, sizeof *h);

    if (!h)
        return NULL;
    h->easy.curl = curl_easy_init();
    if (!h->easy.curl) {
        free(h);
        return NULL;
    }
    h->easy.sockets = &p->sockets;
    return h;
}

struct ses_handle *ses_pool_take(struct ses_pool *p, unsigned long settings_id)
{
    struct ses_handle *h = pop_idle(p, settings_id);

    if (!h)
        h = new_handle(p);
    if (!h)
        return NULL;
    h->prev = NULL;
    h->next = p->taken;
    if (h->next)
        h->next->prev = h;
    p->taken = h;
    return h;
}

void ses_pool_remove(struct ses_pool *p, struct ses_handle *h)
{
    if (h->next)
        h->next->prev = h->prev;
    if (h->prev)
        h->prev->next = h->next;
    else
        p->taken = h->next;
}

void ses_pool_rest(struct ses_pool *p, struct ses_handle *h)
{
    ses_pool_remove(p, h);
    ses_transfer_clear(&h->easy.transfer);
    p->idle[p->idle_count++] = h;
}

void ses_handle_free(struct ses_handle *h)
{
    if (h->easy.curl)
        curl_easy_cleanup(h->easy.curl);
    ses_transfer_clear(&h->easy.transfer);
    free(h);
}
