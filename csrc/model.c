#include "model.h"

#include <string.h>

const struct ses_service *ses_service_find(const char *name)
{
    const struct ses_service *const *s;

    for (s = ses_services; *s; s++) {
        if (strcmp((*s)->name, name) == 0)
            return *s;
    }
    return NULL;
}

const struct ses_operation *
ses_operation_find(const struct ses_service *service, const char *name)
{
    size_t low = 0, high = service->noperations;

    while (low < high) {
        size_t middle = (low + high) / 2;
        int d = strcmp(name, service->operations[middle].name);

        if (d == 0)
            return &service->operations[middle];
        if (d < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const struct ses_shape *ses_shape_find(const struct ses_service *service,
                                       const char *name)
{
    size_t low = 0, high = service->nshapes;

    while (low < high) {
        size_t middle = (low + high) / 2;
        int d = strcmp(name, service->shapes[middle]->name);

        if (d == 0)
            return service->shapes[middle];
        if (d < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const struct ses_member *ses_member_find(const struct ses_shape *shape,
                                         const char *name, size_t len)
{
    unsigned i;

    for (i = 0; i < shape->count; i++) {
        const struct ses_member *m = &shape->members[i];

        /* The name comes from outside: it may hold a NUL byte. */
        if (strlen(m->name) == len && memcmp(m->name, name, len) == 0)
            return m;
    }
    return NULL;
}

const char *ses_member_wire(const struct ses_member *member)
{
    return member->wire ? member->wire : member->name;
}

int ses_member_is_flat(const struct ses_member *member)
{
    return (member->flags & SES_FLATTENED) || (member->shape->flags & SES_FLAT);
}

const char *ses_member_item(const struct ses_member *member)
{
    const char *own =
        member->shape->type == SES_LIST ? member->shape->members->wire : NULL;

    if ((member->flags & SES_FLATTENED) || !own || strcmp(own, "member") == 0)
        return ses_member_wire(member);
    return own;
}
