/* core.sign and core.presign: a request for an endpoint, signed. */
#include "lcore.h"
#include "lsigner.h"

#include "codec.h"

#include <string.h>

enum { REQUEST = 1, ENDPOINT, REGION, SERVICE, CREDENTIALS, TIME, EXPIRES };

/* The arguments of both that are not the job's; strings are anchored on the
 * stack. */
struct target {
    struct ses_str origin, host, body, full; /* full: the whole path */
    int headers;                             /* index of the request's */
    int is_signed;
};

static int is_clean(struct ses_str s)
{
    size_t i;

    for (i = 0; i < s.n; i++) {
        if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
            return 0;
    }
    return 1;
}

static int is_token(struct ses_str s)
{
    size_t i;

    for (i = 0; i < s.n; i++) {
        if (!ses_is_unreserved((unsigned char)s.p[i]) &&
            !memchr("!#$%&'*+^`|", s.p[i], 11))
            return 0;
    }
    return s.n > 0;
}

/* Whether it is a header that signing sets itself. */
static int is_reserved(struct ses_str name)
{
    static const struct ses_str names[] = {{"host", 4},
                                           {"authorization", 13},
                                           {"x-amz-date", 10},
                                           {"x-amz-region-set", 16},
                                           {"x-amz-security-token", 20}};
    size_t i;

    for (i = 0; i < sizeof names / sizeof *names; i++) {
        if (name.n == names[i].n &&
            ses_casecmp(name.p, name.n, names[i].p, names[i].n) == 0)
            return 1;
    }
    return 0;
}

/* Whether one of the job's headers has that name: a table can hold it in two
 * spellings, and their order is not the one they would be sent in. */
static int is_there(const struct ses_job *j, struct ses_str name)
{
    size_t i;

    for (i = 0; i < j->request.nheaders; i++) {
        if (ses_casecmp(name.p, name.n, j->headers[i].name.p,
                        j->headers[i].name.n) == 0)
            return 1;
    }
    return 0;
}

/* Adds the headers of the table at index t to the job; null, or what is wrong
 * with one.  Allocates nothing: the strings stay anchored in the table. */
static const char *collect_headers(lua_State *L, int t, struct ses_job *j)
{
    lua_pushnil(L);
    while (lua_next(L, t)) {
        struct ses_header *h = &j->headers[j->request.nheaders];

        if (lua_type(L, -2) != LUA_TSTRING || lua_type(L, -1) != LUA_TSTRING)
            return "headers must map strings to strings";
        /* host, date, region set and token to spare */
        if (j->request.nheaders == SES_HEADERS_MAX - 4)
            return "too many headers";
        h->name.p = lua_tolstring(L, -2, &h->name.n);
        h->value.p = lua_tolstring(L, -1, &h->value.n);
        if (!is_token(h->name) || !is_clean(h->value))
            return "a header has a name or a value that HTTP does not allow";
        if (is_reserved(h->name))
            return "the headers hold one that signing sets itself: Host, "
                   "Authorization, X-Amz-Date, X-Amz-Region-Set or "
                   "X-Amz-Security-Token";
        if (is_there(j, h->name))
            return "the headers hold one name in two spellings";
        j->request.nheaders++;
        lua_pop(L, 1);
    }
    return NULL;
}

static void add_header(struct ses_job *j, const char *name,
                       struct ses_str value)
{
    struct ses_header *h = &j->headers[j->request.nheaders++];

    h->name = ses_literal(name);
    h->value = value;
}

static const char *collect_credentials(lua_State *L, struct ses_job *j)
{
    struct ses_str id = ses_job_field(L, CREDENTIALS, "access_key_id");

    j->key.access_key_id = id;
    j->key.secret = ses_job_field(L, CREDENTIALS, "secret_access_key");
    j->token = ses_job_field(L, CREDENTIALS, "session_token");
    if (!id.n || !j->key.secret.n)
        return "credentials without an access key id or a secret access key";
    if (!is_clean(id) || !is_clean(j->token) || memchr(id.p, '/', id.n))
        return "credentials with a character that a header cannot carry";
    return ses_job_oversize(j);
}

/* Pushes the endpoint's path and the request's, one after the other.  A
 * request to "/" goes to the endpoint's path as it was given, with a slash at
 * its end or without, as botocore sends it. */
static struct ses_str push_path(lua_State *L)
{
    struct ses_str full = ses_job_field(L, ENDPOINT, "root");
    struct ses_str own = ses_job_field(L, REQUEST, "path");

    if (full.n && own.n == 1 && *own.p == '/') {
        lua_pop(L, 1);
        return full;
    }
    ses_job_field(L, ENDPOINT, "path");
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        return own;
    }
    lua_insert(L, -2);
    lua_concat(L, 2);
    full.p = lua_tolstring(L, -1, &full.n);
    return full;
}

/* Collects the arguments but the headers, which luaL_check* may refuse;
 * null, or what is wrong with them. */
static const char *collect(lua_State *L, struct ses_job *j, struct target *t)
{
    const char *problem = NULL;

    luaL_checktype(L, REQUEST, LUA_TTABLE);
    luaL_checktype(L, ENDPOINT, LUA_TTABLE);
    luaL_checkstack(L, 24, "too many values");
    ses_job_clear(j);
    j->key.region.p = luaL_checklstring(L, REGION, &j->key.region.n);
    j->key.service.p = luaL_checklstring(L, SERVICE, &j->key.service.n);
    ses_job_time(L, TIME, j);
    t->is_signed = !lua_isnil(L, CREDENTIALS);
    if (t->is_signed) {
        luaL_checktype(L, CREDENTIALS, LUA_TTABLE);
        problem = collect_credentials(L, j);
    }
    j->request.method = ses_job_field(L, REQUEST, "method");
    j->request.query = ses_job_field(L, REQUEST, "query");
    t->body = ses_job_field(L, REQUEST, "body");
    t->origin = ses_job_field(L, ENDPOINT, "origin");
    t->host = ses_job_field(L, ENDPOINT, "host");
    ses_job_region_set(L, ENDPOINT, j);
    lua_pushliteral(L, "headers");
    lua_rawget(L, REQUEST);
    t->headers = lua_gettop(L);
    luaL_argcheck(L, lua_istable(L, t->headers), REQUEST,
                  "a request with headers expected");
    t->full = push_path(L);
    j->request.path = t->full;
    if (problem)
        return problem;
    if (!t->full.n || *t->full.p != '/')
        return "a path that does not begin with a slash";
    if (!is_token(j->request.method))
        return "the method is not an HTTP token";
    if (!is_clean(t->full) || !is_clean(j->request.query))
        return "a control character in the path or the query";
    if (!is_clean(t->origin) || !is_clean(t->host) || !t->host.n)
        return "no host, or a control character in it";
    if (!is_clean(j->key.region) || !is_clean(j->key.service))
        return "a control character in the region or the service";
    if (j->key.algorithm == SES_SIGV4A &&
        (!is_clean(j->region_set) || !j->region_set.n))
        return "an empty region set, or a control character in it";
    return NULL;
}

static int refuse(lua_State *L, const char *problem)
{
    lua_pushnil(L);
    lua_pushstring(L, problem);
    return 2;
}

/* Sets t[name], t being the table at the top. */
static void set(lua_State *L, const char *name, struct ses_str s)
{
    lua_pushlstring(L, s.p, s.n);
    lua_setfield(L, -2, name);
}

static void push_url(lua_State *L, const struct target *t, struct ses_str query)
{
    lua_pushlstring(L, t->origin.p, t->origin.n);
    lua_pushlstring(L, t->full.p, t->full.n);
    if (!query.n) {
        lua_concat(L, 2);
        return;
    }
    lua_pushliteral(L, "?");
    lua_pushlstring(L, query.p, query.n);
    lua_concat(L, 4);
}

/* Pushes {method, url, headers, body}; the headers are a copy of the
 * request's with Host.  Leaves the headers above the request. */
static void push_request(lua_State *L, const struct target *t,
                         struct ses_str method, struct ses_str query)
{
    lua_createtable(L, 0, 5);
    push_url(L, t, query);
    lua_setfield(L, -2, "url");
    set(L, "method", method);
    lua_pushliteral(L, "body");
    lua_rawget(L, REQUEST);
    lua_setfield(L, -2, "body");
    lua_createtable(L, 0, 8);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "headers");
    lua_pushnil(L);
    while (lua_next(L, t->headers)) {
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, -4);
    }
    set(L, "Host", t->host);
}

/* Collects the headers, with those that signing adds, and signs. */
static const char *sign(lua_State *L, struct ses_lsigner *s, struct ses_job *j,
                        const struct target *t, int *rc)
{
    const char *problem = collect_headers(L, t->headers, j);

    if (problem)
        return problem;
    add_header(j, "host", t->host);
    add_header(j, "x-amz-date", ses_literal(j->time));
    if (j->key.algorithm == SES_SIGV4A)
        add_header(j, "x-amz-region-set", j->region_set);
    if (j->token.n)
        add_header(j, "x-amz-security-token", j->token);
    *rc = ses_job_hash(s, j, t->body) != 0 || ses_job_sign(s, j) != 0 ||
          ses_job_authorization(s, j) != 0;
    return NULL;
}

/*
 * core.sign(request, endpoint, region, service, credentials, time)
 *     -> {method, url, headers, body} | nil, message
 *
 * An endpoint with a region_set ("*", "eu-west-1,eu-central-1") is signed for
 * with SigV4A: the signature is good in those regions.
 */
static int l_sign(lua_State *L)
{
    struct ses_lsigner *s;
    struct ses_job j;
    struct target t;
    const char *problem;
    int rc = 0;

    lua_settop(L, TIME);
    problem = collect(L, &j, &t);
    if (problem)
        return refuse(L, problem);
    s = ses_lsigner_take(L);
    problem = t.is_signed ? sign(L, s, &j, &t, &rc)
                          : collect_headers(L, t.headers, &j);
    if (rc != 0)
        return ses_job_failed(L, s);
    if (t.is_signed && !problem)
        lua_pushlstring(L, s->text.data, s->text.len);
    ses_lsigner_put(s);
    if (problem)
        return refuse(L, problem);
    push_request(L, &t, j.request.method, j.request.query);
    if (t.is_signed) {
        set(L, "X-Amz-Date", ses_literal(j.time));
        if (j.key.algorithm == SES_SIGV4A)
            set(L, "X-Amz-Region-Set", j.region_set);
        if (j.token.n)
            set(L, "X-Amz-Security-Token", j.token);
        lua_pushvalue(L, -3);
        lua_setfield(L, -2, "Authorization");
    }
    lua_pop(L, 1);
    return 1;
}

/*
 * core.presign(request, endpoint, region, service, credentials, time, expires)
 *     -> {method, url, headers, body} | nil, message
 */
static int l_presign(lua_State *L)
{
    struct ses_lsigner *s;
    struct ses_job j;
    struct target t;
    struct ses_str query;
    const char *problem;
    long expires = ses_job_expires(L, EXPIRES);

    luaL_checktype(L, CREDENTIALS, LUA_TTABLE);
    lua_settop(L, EXPIRES);
    problem = collect(L, &j, &t);
    if (problem)
        return refuse(L, problem);
    s = ses_lsigner_take(L);
    problem = collect_headers(L, t.headers, &j);
    if (problem) {
        ses_lsigner_put(s);
        return refuse(L, problem);
    }
    add_header(&j, "host", t.host);
    if (ses_job_hash(s, &j, t.body) != 0 ||
        ses_job_presign(s, &j, expires) != 0)
        return ses_job_failed(L, s);
    lua_pushlstring(L, s->query.data, s->query.len);
    ses_lsigner_put(s);
    query.p = lua_tolstring(L, -1, &query.n);
    push_request(L, &t, j.request.method, query);
    lua_pop(L, 1);
    return 1;
}

/* core.sha256(s) -> 64 hex digits */
static int l_sha256(lua_State *L)
{
    struct ses_lsigner *s = ses_lsigner_get(L);
    char out[SES_SIGNATURE_LEN];
    size_t len;
    const char *data = luaL_checklstring(L, 1, &len);

    if (ses_signer_hash(s->core, data, len, out) != 0)
        return luaL_error(L, "not enough memory, or OpenSSL refuses to hash");
    lua_pushlstring(L, out, sizeof out);
    return 1;
}

void ses_open_sign(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"sign", l_sign},
        {"presign", l_presign},
        {"sha256", l_sha256},
        {NULL, NULL},
    };

    ses_lsigner_new(L);
    ses_setfuncs(L, functions, 1);
}
