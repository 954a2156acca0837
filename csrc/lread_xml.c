/* XML results, by the shape. */
#include "lread.h"

#include <string.h>

static int enter_name(struct ses_reader *r, const char *name, size_t len)
{
    return ses_path_name(&r->path, name, len) == 0
               ? 0
               : ses_read_problem(r, "at most 64 levels", "more");
}

/* Appends one element to the list at the top of the stack. */
static int item(struct ses_reader *r, const struct ses_xml *xml,
                const struct ses_xml_node *node, const struct ses_shape *list)
{
    size_t n = ses_rawlen(r->L, -1) + 1;

    if (ses_path_index(&r->path, n) != 0)
        return ses_read_problem(r, "at most 64 levels", "more");
    if (ses_read_xml(r, xml, node, list->members->shape) != 0)
        return -1;
    ses_path_leave(&r->path);
    lua_rawseti(r->L, -2, (int)n);
    return 0;
}

/* Sets one entry of the map at the top of the stack. */
static int entry(struct ses_reader *r, const struct ses_xml *xml,
                 const struct ses_xml_node *node, const struct ses_shape *map)
{
    const struct ses_xml_node *key =
        ses_xml_child(xml, node, map->members[0].wire);
    const struct ses_xml_node *value =
        ses_xml_child(xml, node, map->members[1].wire);

    if (!key)
        return ses_read_problem(r, "an entry with a key", "one without");
    lua_pushlstring(r->L, ses_xml_text(xml, key), key->text_len);
    if (!value) { /* an empty value may be left out */
        lua_pop(r->L, 1);
        return 0;
    }
    if (enter_name(r, ses_xml_text(xml, key), key->text_len) != 0 ||
        ses_read_xml(r, xml, value, map->members[1].shape) != 0)
        return -1;
    ses_path_leave(&r->path);
    lua_rawset(r->L, -3);
    return 0;
}

static int items(struct ses_reader *r, const struct ses_xml *xml,
                 const struct ses_xml_node *node, const struct ses_shape *shape)
{
    const char *name = shape->type == SES_LIST ? shape->members->wire : "entry";
    unsigned i;

    lua_newtable(r->L);
    for (i = node->first; i; i = ses_xml_at(xml, i)->next) {
        const struct ses_xml_node *child = ses_xml_at(xml, i);

        if (!ses_xml_is(xml, child, name))
            continue;
        if ((shape->type == SES_LIST ? item(r, xml, child, shape)
                                     : entry(r, xml, child, shape)) != 0)
            return -1;
    }
    return 0;
}

/* The member that an element of that name belongs to, or null. */
static const struct ses_member *member_of(const struct ses_shape *shape,
                                          const struct ses_xml *xml,
                                          const struct ses_xml_node *node)
{
    unsigned i;

    for (i = 0; i < shape->count; i++) {
        const struct ses_member *m = &shape->members[i];
        const char *name =
            ses_member_is_flat(m) ? ses_member_item(m) : ses_member_wire(m);

        if (ses_xml_is(xml, node, name))
            return m;
    }
    return NULL;
}

/* Adds an element of a flattened list or map to the member's table in the
 * structure at the top of the stack. */
static int flat(struct ses_reader *r, const struct ses_xml *xml,
                const struct ses_xml_node *node, const struct ses_member *m)
{
    lua_State *L = r->L;
    int rc;

    lua_pushstring(L, m->name);
    lua_rawget(L, -2);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        lua_newtable(L);
        lua_pushstring(L, m->name);
        lua_pushvalue(L, -2);
        lua_rawset(L, -4);
    }
    rc = m->shape->type == SES_LIST ? item(r, xml, node, m->shape)
                                    : entry(r, xml, node, m->shape);
    if (rc == 0)
        lua_pop(L, 1);
    return rc;
}

static int structure(struct ses_reader *r, const struct ses_xml *xml,
                     const struct ses_xml_node *node,
                     const struct ses_shape *shape)
{
    lua_State *L = r->L;
    unsigned i;

    lua_newtable(L);
    for (i = node->first; i; i = ses_xml_at(xml, i)->next) {
        const struct ses_xml_node *child = ses_xml_at(xml, i);
        const struct ses_member *m = member_of(shape, xml, child);

        if (!m) /* newer than the model: the SDKs drop it too */
            continue;
        if (enter_name(r, m->name, strlen(m->name)) != 0)
            return -1;
        if (m->shape->type <= SES_MAP && ses_member_is_flat(m)) {
            if (flat(r, xml, child, m) != 0)
                return -1;
        } else {
            lua_pushstring(L, m->name);
            if (ses_read_xml(r, xml, child, m->shape) != 0)
                return -1;
            lua_rawset(L, -3);
        }
        ses_path_leave(&r->path);
    }
    return 0;
}

int ses_read_xml(struct ses_reader *r, const struct ses_xml *xml,
                 const struct ses_xml_node *node, const struct ses_shape *shape)
{
    luaL_checkstack(r->L, 8, "response nested too deeply");
    if (shape->type == SES_STRUCTURE)
        return structure(r, xml, node, shape);
    if (shape->type <= SES_MAP)
        return items(r, xml, node, shape);
    if (node->first)
        return ses_read_problem(r, "text", "elements");
    return ses_read_text(r, ses_xml_text(xml, node), node->text_len, shape,
                         SES_FORMAT_ISO8601);
}
