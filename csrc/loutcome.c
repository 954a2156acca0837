/* The outcome of a transfer as a transport returns it. */
#include "lmulti.h"
#include "transfer.h"

static void set_string(lua_State *L, const char *name, const char *value)
{
    lua_pushstring(L, name);
    lua_pushstring(L, value);
    lua_rawset(L, -3);
}

static void push_error(lua_State *L, const char *kind, const char *code,
                       const char *message, const char *sent)
{
    lua_createtable(L, 0, 5);
    set_string(L, "kind", kind);
    set_string(L, "code", code);
    set_string(L, "message", message);
    set_string(L, "sent", sent);
}

void ses_push_unsent(lua_State *L, const char *code, const char *message)
{
    push_error(L, "transport", code, message, "none");
}

static void push_failure(lua_State *L, const struct ses_failure *f)
{
    static const char *const names[] = {"none", "part", "all"};

    push_error(L, f->timeout ? "timeout" : "transport", f->code, f->message,
               names[f->sent]);
    if (f->stale) {
        lua_pushliteral(L, "stale");
        lua_pushboolean(L, 1);
        lua_rawset(L, -3);
    }
}

/* Pushes a table of the fields; the values of one name are joined. */
static void push_headers(lua_State *L, const struct ses_head *head)
{
    const char *text = head->text.data;
    int i;

    lua_createtable(L, 0, head->count);
    for (i = 0; i < head->count; i++) {
        const struct ses_field *f = &head->field[i];

        lua_pushlstring(L, text + f->name, f->name_len);
        lua_pushvalue(L, -1);
        lua_rawget(L, -3);
        if (lua_isnil(L, -1)) {
            lua_pop(L, 1);
            lua_pushlstring(L, text + f->value, f->value_len);
        } else {
            lua_pushliteral(L, ", ");
            lua_pushlstring(L, text + f->value, f->value_len);
            lua_concat(L, 3);
        }
        lua_rawset(L, -3);
    }
}

int ses_push_outcome(lua_State *L, const struct ses_transfer *t)
{
    if (t->failed) {
        lua_pushnil(L);
        push_failure(L, &t->failure);
        return 2;
    }
    lua_createtable(L, 0, 3);
    lua_pushliteral(L, "status");
    ses_pushinteger(L, t->head.status);
    lua_rawset(L, -3);
    lua_pushliteral(L, "headers");
    push_headers(L, &t->head);
    lua_rawset(L, -3);
    lua_pushliteral(L, "body");
    lua_pushlstring(L, t->content.len ? t->content.data : "", t->content.len);
    lua_rawset(L, -3);
    return 1;
}
