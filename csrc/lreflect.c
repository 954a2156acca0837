/* core.services, core.service, core.operation, core.shape, core.handle: what
 * the tables hold. */
#include "lcore.h"

#include <string.h>

#define HANDLE "ses.operation"

static const char *const types[] = {
    "structure", "list",    "map",  "string", "blob",
    "boolean",   "integer", "long", "double", "timestamp",
};

static const char *const locations[] = {
    "body", "uri", "query", "header", "headers", "status",
};

static const char *const formats[] = {NULL, "epoch", "iso8601", "rfc822"};

/* Each sets t[key], t being the table at the top of the stack; a null string
 * and a zero flag are left out. */
static void set_string(lua_State *L, const char *key, const char *value)
{
    if (value) {
        lua_pushstring(L, value);
        lua_setfield(L, -2, key);
    }
}

static void set_flag(lua_State *L, const char *key, int value)
{
    lua_pushboolean(L, value != 0);
    lua_setfield(L, -2, key);
}

static void set_number(lua_State *L, const char *key, long long n)
{
    ses_pushinteger(L, n);
    lua_setfield(L, -2, key);
}

/* The name at index; what holds a NUL byte is nobody's. */
static const char *check_name(lua_State *L, int index)
{
    size_t len;
    const char *name = luaL_checklstring(L, index, &len);

    return strlen(name) == len ? name : "";
}

static const struct ses_service *find_service(lua_State *L)
{
    return ses_service_find(check_name(L, 1));
}

/* core.services() -> names */
static int l_services(lua_State *L)
{
    int i;

    lua_newtable(L);
    for (i = 0; ses_services[i]; i++) {
        lua_pushstring(L, ses_services[i]->name);
        lua_rawseti(L, -2, i + 1);
    }
    return 1;
}

/* core.service(name) -> table | nil */
static int l_service(lua_State *L)
{
    const struct ses_service *s = find_service(L);
    int i;

    if (!s)
        return 0;
    lua_newtable(L);
    set_string(L, "name", s->name);
    set_string(L, "id", s->id);
    set_string(L, "version", s->version);
    set_string(L, "source", s->source);
    set_string(L, "endpoint", s->endpoint);
    set_string(L, "signing", s->signing);
    set_string(L, "xmlns", s->xmlns);
    set_string(L, "protocol", s->protocol == SES_QUERY ? "query" : "rest-json");
    lua_createtable(L, s->noperations, 0);
    for (i = 0; i < s->noperations; i++) {
        lua_pushstring(L, s->operations[i].name);
        lua_rawseti(L, -2, i + 1);
    }
    lua_setfield(L, -2, "operations");
    lua_createtable(L, s->nshapes, 0);
    for (i = 0; i < s->nshapes; i++) {
        lua_pushstring(L, s->shapes[i]->name);
        lua_rawseti(L, -2, i + 1);
    }
    lua_setfield(L, -2, "shapes");
    return 1;
}

/* core.operation(service, name) -> table | nil */
static int l_operation(lua_State *L)
{
    const struct ses_service *s = find_service(L);
    const struct ses_operation *op =
        s ? ses_operation_find(s, check_name(L, 2)) : NULL;
    int i;

    if (!op)
        return 0;
    lua_newtable(L);
    set_string(L, "name", op->name);
    set_string(L, "method", op->method);
    set_string(L, "uri", op->uri);
    set_string(L, "input", op->input ? op->input->name : NULL);
    set_string(L, "output", op->output ? op->output->name : NULL);
    set_string(L, "wrapper", op->wrapper);
    set_flag(L, "unsigned", op->unsigned_);
    lua_newtable(L);
    for (i = 0; op->errors && op->errors[i]; i++) {
        lua_pushstring(L, op->errors[i]->name);
        lua_rawseti(L, -2, i + 1);
    }
    lua_setfield(L, -2, "errors");
    if (op->pager) {
        lua_newtable(L);
        set_string(L, "input_token", op->pager->input_token);
        set_string(L, "output_token", op->pager->output_token);
        set_string(L, "limit", op->pager->limit);
        set_string(L, "items", op->pager->items);
        lua_setfield(L, -2, "pager");
    }
    return 1;
}

static void push_member(lua_State *L, const struct ses_member *m)
{
    lua_newtable(L);
    set_string(L, "name", m->name);
    set_string(L, "wire", ses_member_wire(m));
    set_string(L, "shape", m->shape->name);
    set_string(L, "type", types[m->shape->type]);
    set_string(L, "location", locations[m->location]);
    set_flag(L, "required", m->flags & SES_REQUIRED);
    set_flag(L, "flattened", m->flags & SES_FLATTENED);
}

static void push_members(lua_State *L, const struct ses_shape *s)
{
    int i;

    switch (s->type) {
    case SES_STRUCTURE:
        lua_createtable(L, s->count, 0);
        for (i = 0; i < s->count; i++) {
            push_member(L, &s->members[i]);
            lua_rawseti(L, -2, i + 1);
        }
        lua_setfield(L, -2, "members");
        break;
    case SES_LIST:
        push_member(L, &s->members[0]);
        lua_setfield(L, -2, "member");
        break;
    case SES_MAP:
        push_member(L, &s->members[0]);
        lua_setfield(L, -2, "key");
        push_member(L, &s->members[1]);
        lua_setfield(L, -2, "value");
        break;
    default:
        break;
    }
}

/* core.shape(service, name) -> table | nil */
static int l_shape(lua_State *L)
{
    const struct ses_service *service = find_service(L);
    const struct ses_shape *s =
        service ? ses_shape_find(service, check_name(L, 2)) : NULL;
    int i;

    if (!s)
        return 0;
    lua_newtable(L);
    set_string(L, "name", s->name);
    set_string(L, "type", types[s->type]);
    push_members(L, s);
    set_flag(L, "sensitive", s->flags & SES_SENSITIVE);
    set_flag(L, "union", s->flags & SES_UNION);
    set_flag(L, "flattened", s->flags & SES_FLAT);
    set_string(L, "format", formats[s->format]);
    set_string(L, "payload", s->payload);
    set_string(L, "pattern", s->pattern);
    if (s->has_min)
        set_number(L, "min", s->min);
    if (s->has_max)
        set_number(L, "max", s->max);
    if (s->values) {
        lua_newtable(L);
        for (i = 0; s->values[i]; i++) {
            lua_pushstring(L, s->values[i]);
            lua_rawseti(L, -2, i + 1);
        }
        lua_setfield(L, -2, "enum");
    }
    if (s->flags & SES_ERROR) {
        lua_newtable(L);
        set_string(L, "code", s->code ? s->code : s->name);
        if (s->status)
            set_number(L, "status", s->status);
        lua_setfield(L, -2, "error");
    }
    return 1;
}

const struct ses_handle *ses_check_handle(lua_State *L, int index)
{
    struct ses_handle *h = ses_testudata(L, index, HANDLE);

    if (!h)
        luaL_argerror(L, index, "an operation handle expected");
    return h;
}

static int l_handle_tostring(lua_State *L)
{
    const struct ses_handle *h = ses_check_handle(L, 1);

    lua_pushfstring(L, "ses.operation: %s %s", h->service->name,
                    h->operation->name);
    return 1;
}

/* core.handle(service, operation) -> handle | nil */
static int l_handle(lua_State *L)
{
    const struct ses_service *s = find_service(L);
    const struct ses_operation *op =
        s ? ses_operation_find(s, check_name(L, 2)) : NULL;
    struct ses_handle *h;

    if (!op)
        return 0;
    h = lua_newuserdata(L, sizeof *h);
    h->service = s;
    h->operation = op;
    if (luaL_newmetatable(L, HANDLE)) {
        lua_pushcfunction(L, l_handle_tostring);
        lua_setfield(L, -2, "__tostring");
        lua_pushliteral(L, HANDLE);
        lua_setfield(L, -2, "__name");
    }
    lua_setmetatable(L, -2);
    return 1;
}

void ses_open_reflect(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"services", l_services},   {"service", l_service},
        {"operation", l_operation}, {"shape", l_shape},
        {"handle", l_handle},       {NULL, NULL},
    };

    ses_setfuncs(L, functions, 0);
}
