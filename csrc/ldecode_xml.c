/* Responses of the query protocol: XML. */
#include "ldecode.h"

#include <string.h>

#define ARENA "ses.arena"

struct arena {
    struct ses_xml xml;
    int closed;
};

static int arena_gc(lua_State *L)
{
    struct arena *a = lua_touserdata(L, 1);

    ses_xml_free(&a->xml);
    a->closed = 1;
    return 0;
}

/* The arena that this state's closures share.  No call into Lua happens
 * between reading a document into it and the last look at its nodes but
 * allocations; a finalizer of the user's that decodes would clobber it, so the
 * arena is taken out while it is in use. */
static struct ses_xml *take_arena(lua_State *L)
{
    struct arena *a = lua_touserdata(L, lua_upvalueindex(SES_DECODE_ARENA));

    if (a && a->closed) /* that finalizer came after the arena's own */
        luaL_error(L, "the Lua state is closing");
    if (a) {
        lua_pushvalue(L, lua_upvalueindex(SES_DECODE_ARENA));
        lua_pushnil(L);
        lua_replace(L, lua_upvalueindex(SES_DECODE_ARENA));
        return &a->xml;
    }
    a = lua_newuserdata(L, sizeof *a);
    memset(a, 0, sizeof *a);
    if (luaL_newmetatable(L, ARENA)) {
        lua_pushcfunction(L, arena_gc);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    return &a->xml;
}

static void put_arena(lua_State *L, int index)
{
    struct arena *a = lua_touserdata(L, index);

    ses_xml_trim(&a->xml);
    lua_pushvalue(L, index);
    lua_replace(L, lua_upvalueindex(SES_DECODE_ARENA));
}

/* Pushes the text of a node's child, or nil where there is none. */
static void push_child(lua_State *L, const struct ses_xml *x,
                       const struct ses_xml_node *n, const char *name)
{
    const struct ses_xml_node *child = n ? ses_xml_child(x, n, name) : NULL;

    if (child && !child->first)
        lua_pushlstring(L, ses_xml_text(x, child), child->text_len);
    else
        lua_pushnil(L);
}

/* Pushes the request id of a document, or the headers', or nil. */
static void push_xml_id(lua_State *L, const struct ses_xml *x,
                        const struct ses_xml_node *root)
{
    push_child(L, x, root, "RequestId");
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        push_child(L, x, ses_xml_child(x, root, "ResponseMetadata"),
                   "RequestId");
    }
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        ses_decode_request_id(L);
    }
}

/* <ErrorResponse><Error><Code> */
static int xml_error(struct ses_decoder *d, const struct ses_xml *x)
{
    lua_State *L = d->reader.L;
    const struct ses_xml_node *root = ses_xml_at(x, 0);
    const struct ses_xml_node *error = ses_xml_child(x, root, "Error");
    const struct ses_shape *shape;
    int first = lua_gettop(L) + 1;

    push_child(L, x, error, "Code");
    if (lua_isnil(L, first) || *lua_tostring(L, first) == '\0') {
        lua_pushfstring(L, "HTTP %d without an error code in the body",
                        d->status);
        return ses_decode_error(d);
    }
    push_child(L, x, error, "Message");
    push_child(L, x, error, "Type");
    push_xml_id(L, x, root);
    shape = ses_decode_find_error(d->handle, lua_tostring(L, first));
    /* What the code and the message say must not be lost because a detail is
     * of another form than the model's. */
    if (shape && ses_read_xml(&d->reader, x, error, shape) == 0) {
        ses_decode_trim_details(L);
    } else {
        lua_settop(L, first + 3);
        lua_pushnil(L);
    }
    return ses_decode_service_error(L, first, shape);
}

/* Something between here and AWS may have answered: what its status says comes
 * first. */
static int not_xml(struct ses_decoder *d, const struct ses_xml *x)
{
    lua_State *L = d->reader.L;

    if (d->status < 300)
        lua_pushfstring(L, "not XML: %s", x->error);
    else if (d->len == 0)
        lua_pushfstring(L, "HTTP %d without an error code: the body is empty",
                        d->status);
    else
        lua_pushfstring(L,
                        "HTTP %d without an error code in the body, which is "
                        "not XML: %s",
                        d->status, x->error);
    return ses_decode_error(d);
}

static int root_is_response(const struct ses_decoder *d,
                            const struct ses_xml *x)
{
    const struct ses_xml_node *root = ses_xml_at(x, 0);
    const char *op = d->handle->operation->name;
    size_t n = strlen(op);

    return root->name_len == n + 8 &&
           memcmp(ses_xml_name(x, root), op, n) == 0 &&
           memcmp(ses_xml_name(x, root) + n, "Response", 8) == 0;
}

static int xml_result(struct ses_decoder *d, const struct ses_xml *x)
{
    lua_State *L = d->reader.L;
    const struct ses_operation *op = d->handle->operation;
    const struct ses_xml_node *root = ses_xml_at(x, 0), *result = root;

    if (!root_is_response(d, x)) {
        lua_pushfstring(L, "expected the element %sResponse", op->name);
        return ses_decode_error(d);
    }
    if (op->wrapper)
        result = ses_xml_child(x, root, op->wrapper);
    if (!result) {
        lua_pushfstring(L, "expected the element %s", op->wrapper);
        return ses_decode_error(d);
    }
    if (!op->output)
        lua_newtable(L);
    else if (ses_read_xml(&d->reader, x, result, op->output) != 0)
        return ses_decode_problem(d);
    push_xml_id(L, x, root);
    return 2;
}

int ses_decode_xml(struct ses_decoder *d)
{
    lua_State *L = d->reader.L;
    struct ses_xml *x;
    int arena, count;

    /* An operation without an output may answer without a body. */
    if (d->len == 0 && d->status < 300 && !d->handle->operation->wrapper) {
        lua_newtable(L);
        ses_decode_request_id(L);
        return 2;
    }
    x = take_arena(L);
    arena = lua_gettop(L);
    if (ses_xml_parse(x, d->body, d->len) != 0) {
        if (x->no_memory)
            return luaL_error(L, "not enough memory");
        d->offset = (long long)x->offset;
        count = not_xml(d, x);
    } else if (d->status >= 300 ||
               ses_xml_is(x, ses_xml_at(x, 0), "ErrorResponse")) {
        count = xml_error(d, x);
    } else {
        count = xml_result(d, x);
    }
    put_arena(L, arena);
    return count;
}
