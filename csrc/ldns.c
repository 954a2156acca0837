/* The module ses.dns: MX, TXT, CNAME and A records, through c-ares. */
#include "compat.h"
#include "dns.h"
#include "lbox.h"

#include <math.h>

#define RESOLVER "ses.dns"

enum { TIMEOUT_DEFAULT = 5000, TRIES_DEFAULT = 3, TIMEOUT_MAX = 3600 };

static const char *const type_names[] = {"A", "CNAME", "MX", "TXT", NULL};
static const enum ses_dns_type types[] = {SES_DNS_A, SES_DNS_CNAME, SES_DNS_MX,
                                          SES_DNS_TXT};

static const char *name_of(unsigned type)
{
    int i;

    for (i = 0; type_names[i + 1]; i++)
        if (types[i] == type)
            break;
    return type_names[i];
}

/* --- options --- */

static void read_servers(lua_State *L, int index, struct ses_dns *d)
{
    int i, n;

    if (!lua_istable(L, index))
        luaL_error(L, "dns.new: servers: expected a list, got %s",
                   luaL_typename(L, index));
    n = (int)ses_rawlen(L, index);
    if (n < 1 || n > SES_DNS_SERVERS)
        luaL_error(L, "dns.new: servers: expected 1 to %d, got %d",
                   (int)SES_DNS_SERVERS, n);
    for (i = 1; i <= n; i++) {
        const char *text;

        lua_rawgeti(L, index, i);
        text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
        if (!text || strlen(text) != ses_rawlen(L, -1) ||
            ses_dns_add_server(d, text) != 0)
            luaL_error(L,
                       "dns.new: servers[%d]: expected an IP address, with a "
                       "port or without, such as 127.0.0.1:5353 or "
                       "[::1]:5353",
                       i);
        lua_pop(L, 1);
    }
}

static int read_timeout(lua_State *L, int index)
{
    lua_Number n = lua_tonumber(L, index);

    if (lua_type(L, index) != LUA_TNUMBER || !(n > 0) || n > TIMEOUT_MAX)
        luaL_error(L, "dns.new: timeout: expected seconds above 0, %d at most",
                   (int)TIMEOUT_MAX);
    return (int)ceil(n * 1000);
}

static int read_tries(lua_State *L, int index)
{
    lua_Number n = lua_tonumber(L, index);

    if (lua_type(L, index) != LUA_TNUMBER || !(n >= 1) || n > SES_DNS_TRIES ||
        n != floor(n))
        luaL_error(L, "dns.new: tries: expected a whole number from 1 to %d",
                   (int)SES_DNS_TRIES);
    return (int)n;
}

static void read_option(lua_State *L, const char *name, int value,
                        struct ses_dns *d)
{
    if (strcmp(name, "servers") == 0)
        read_servers(L, value, d);
    else if (strcmp(name, "timeout") == 0)
        d->timeout = read_timeout(L, value);
    else if (strcmp(name, "tries") == 0)
        d->tries = read_tries(L, value);
    else
        luaL_error(L,
                   "dns.new: unknown option '%s': there are servers, timeout "
                   "and tries",
                   name);
}

/*
 * new({servers = {"192.0.2.1", "127.0.0.1:5353", "[::1]:53"}, timeout =
 * seconds for a question in all, tries = at each server}) -> resolver.  Without
 * servers it asks those of /etc/resolv.conf.  The defaults are 5 s and 3.
 */
static int l_new(lua_State *L)
{
    struct ses_dns *d;

    lua_settop(L, 1);
    d = lua_newuserdata(L, sizeof *d);
    memset(d, 0, sizeof *d);
    d->timeout = TIMEOUT_DEFAULT;
    d->tries = TRIES_DEFAULT;
    luaL_getmetatable(L, RESOLVER);
    lua_setmetatable(L, -2);
    if (lua_isnil(L, 1))
        return 1;
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_pushnil(L);
    while (lua_next(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING)
            return luaL_error(L, "dns.new: options are named");
        read_option(L, lua_tostring(L, -2), lua_gettop(L), d);
        lua_pop(L, 1);
    }
    return 1;
}

/* --- answers --- */

static void set_string(lua_State *L, const char *key, const char *value)
{
    lua_pushstring(L, value);
    lua_setfield(L, -2, key);
}

static void set_integer(lua_State *L, const char *key, long long value)
{
    ses_pushinteger(L, value);
    lua_setfield(L, -2, key);
}

/* Sets text, the strings without anything between them, and strings. */
static void set_text(lua_State *L, const struct ses_dns_record *record)
{
    const unsigned char *string;
    size_t at = 0;
    struct ses_sbuf *text = ses_box_new(L, record->len);
    int box = lua_gettop(L), i, n;

    lua_newtable(L);
    for (i = 1; (n = ses_dns_string(record, &at, &string)) >= 0; i++) {
        ses_sbuf_add(text, (const char *)string, (size_t)n);
        lua_pushlstring(L, (const char *)string, (size_t)n);
        lua_rawseti(L, -2, i);
    }
    ses_box_check(L, text);
    lua_setfield(L, box - 1, "strings");
    lua_pushlstring(L, text->data ? text->data : "", text->len);
    lua_setfield(L, box - 1, "text");
    ses_box_release(text);
    lua_pop(L, 1);
}

static void push_record(lua_State *L, const struct ses_dns_record *record)
{
    lua_createtable(L, 0, 6);
    set_string(L, "name", record->name);
    set_string(L, "type", name_of(record->type));
    set_integer(L, "ttl", (long long)record->ttl);
    switch (record->type) {
    case SES_DNS_MX:
        set_integer(L, "preference", record->preference);
        set_string(L, "exchange", record->host);
        break;
    case SES_DNS_CNAME:
        set_string(L, "target", record->host);
        break;
    case SES_DNS_TXT:
        set_text(L, record);
        break;
    default:
        lua_pushfstring(L, "%d.%d.%d.%d", record->data[0], record->data[1],
                        record->data[2], record->data[3]);
        lua_setfield(L, -2, "address");
    }
}

/* Pushes nil and {code =, message =, answers = what there is at index answers,
 * if that is not 0}. */
static int push_failure(lua_State *L, const char *code, const char *message,
                        int answers)
{
    lua_pushnil(L);
    lua_createtable(L, 0, 3);
    set_string(L, "code", code);
    set_string(L, "message", message);
    if (answers) {
        lua_pushvalue(L, answers);
        lua_setfield(L, -2, "answers");
    }
    return 2;
}

/* What an RCODE of RFC 1035, 4.1.1, means to somebody who asked. */
static int push_rcode(lua_State *L, int rcode, int answers)
{
    switch (rcode) {
    case 1:
        return push_failure(L, "FORMERR",
                            "the name server does not understand the question",
                            answers);
    case 2:
        return push_failure(L, "SERVFAIL",
                            "the name server failed: those of the domain "
                            "cannot be reached, or disagree with DNSSEC",
                            answers);
    case 3:
        return push_failure(L, "NXDOMAIN", "the name does not exist", answers);
    case 4:
        return push_failure(L, "NOTIMP",
                            "the name server cannot answer such a question",
                            answers);
    case 5:
        return push_failure(L, "REFUSED",
                            "the name server refuses to answer for this name",
                            answers);
    default:
        return push_failure(L, "SERVFAIL",
                            "the name server answered with an unusual error",
                            answers);
    }
}

static int push_garbled(lua_State *L)
{
    return push_failure(L, "BADRESPONSE",
                        "what the name server sent is no proper DNS message",
                        0);
}

/* Pushes the results of a message: those of decode. */
static int push_message(lua_State *L, const void *bytes, size_t len,
                        enum ses_dns_type type)
{
    struct ses_dns_reader reader;
    struct ses_dns_record record;
    enum ses_dns_read read;
    int rcode = ses_dns_read(&reader, bytes, len), count = 0, found = 0;

    if (rcode < 0)
        return push_garbled(L);
    lua_newtable(L);
    while ((read = ses_dns_next(&reader, &record)) == SES_DNS_RECORD) {
        found = found || record.type == type;
        push_record(L, &record);
        lua_rawseti(L, -2, ++count);
    }
    if (read == SES_DNS_BROKEN)
        return push_garbled(L);
    if (rcode != 0)
        return push_rcode(L, rcode, lua_gettop(L));
    if (!found)
        return push_failure(L, "NODATA", "the name has no record of this type",
                            lua_gettop(L));
    return 1;
}

static enum ses_dns_type check_type(lua_State *L, int index)
{
    return types[luaL_checkoption(L, index, NULL, type_names)];
}

/* A name that can be asked for: c-ares has ideas of its own about
 * backslashes. */
static int is_name(const char *name, size_t len)
{
    size_t i;

    if (len == 0 || len > 254)
        return 0;
    for (i = 0; i < len; i++)
        if (name[i] <= ' ' || name[i] > '~' || name[i] == '\\')
            return 0;
    return 1;
}

/*
 * resolver:query(name, "A" | "CNAME" | "MX" | "TXT") -> answers, one of that
 * type at least; or nil, {code =, message =, answers = those of other types}.
 *
 * An answer has name, type and ttl in seconds; and address (A), target (CNAME),
 * preference and exchange (MX), or text and strings (TXT).  Names have no dot
 * at their end.  Codes: NXDOMAIN, NODATA, SERVFAIL, REFUSED, FORMERR, NOTIMP,
 * TIMEOUT, NETWORK, BADRESPONSE, BADNAME.
 */
static int l_query(lua_State *L)
{
    const struct ses_dns *d = luaL_checkudata(L, 1, RESOLVER);
    size_t len;
    const char *name = luaL_checklstring(L, 2, &len);
    enum ses_dns_type type = check_type(L, 3);
    struct ses_sbuf *reply = ses_box_new(L, SES_DNS_MESSAGE);
    int count;

    switch (is_name(name, len) ? ses_dns_ask(d, name, type, reply)
                               : SES_DNS_BAD_NAME) {
    case SES_DNS_ANSWERED:
        count = push_message(L, reply->data, reply->len, type);
        ses_box_release(reply);
        return count;
    case SES_DNS_TIMEOUT:
        return push_failure(L, "TIMEOUT", "no name server answered in time", 0);
    case SES_DNS_GARBLED:
        return push_garbled(L);
    case SES_DNS_BAD_NAME:
        return push_failure(L, "BADNAME", "this name cannot be asked for", 0);
    case SES_DNS_NO_MEMORY:
        return luaL_error(L, "not enough memory");
    default:
        return push_failure(L, "NETWORK", "no name server can be reached", 0);
    }
}

/* decode(message, type) -> what query returns for a message of DNS, without a
 * length in front. */
static int l_decode(lua_State *L)
{
    size_t len;
    const char *bytes = luaL_checklstring(L, 1, &len);

    return push_message(L, bytes, len, check_type(L, 2));
}

SES_EXPORT int luaopen_ses_dns(lua_State *L);

SES_EXPORT int luaopen_ses_dns(lua_State *L)
{
    static const luaL_Reg methods[] = {{"query", l_query}, {NULL, NULL}};
    static const luaL_Reg functions[] = {
        {"new", l_new}, {"decode", l_decode}, {NULL, NULL}};

    luaL_newmetatable(L, RESOLVER);
    lua_newtable(L);
    ses_setfuncs(L, methods, 0);
    lua_setfield(L, -2, "__index");
    lua_newtable(L);
    ses_setfuncs(L, functions, 0);
    return 1;
}
