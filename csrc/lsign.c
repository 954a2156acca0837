/* core.sign, core.presign, core.sigv4: signatures over requests. */
#include "codec.h"
#include "lbox.h"
#include "lcore.h"
#include "sigv4.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define SIGNER "ses.signer"

enum {
    HEADERS_MAX = 128,
    TEXT_MAX = 1 << 20,
    EXPIRES_MAX = 604800 /* seconds: seven days, says AWS */
};

/* What a Lua state signs with; userdata, upvalue of every function here.  No
 * Lua code runs while one of the buffers is in use. */
struct signer {
    struct ses_signer *core;
    struct ses_sbuf canonical, string, text, query;
    char signature[SES_SIGNATURE_LEN];
    char payload_hash[SES_SIGNATURE_LEN];
    size_t names, names_len; /* the signed header names, in canonical */
};

/* One request to sign; strings are Lua's, anchored on its stack. */
struct job {
    struct ses_sigv4_request request;
    struct ses_sigv4_key key;
    struct ses_str access_key_id, token;
    struct ses_header headers[HEADERS_MAX];
    char time[SES_BASIC_LEN + 1];
};

static int signer_gc(lua_State *L)
{
    struct signer *s = lua_touserdata(L, 1);

    ses_signer_free(s->core);
    s->core = NULL;
    ses_sbuf_wipe(&s->canonical);
    ses_sbuf_wipe(&s->string);
    ses_sbuf_wipe(&s->text);
    ses_sbuf_wipe(&s->query);
    return 0;
}

static void new_signer(lua_State *L)
{
    struct signer *s = lua_newuserdata(L, sizeof *s);

    memset(s, 0, sizeof *s);
    if (luaL_newmetatable(L, SIGNER)) {
        lua_pushcfunction(L, signer_gc);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    s->core = ses_signer_new();
    if (!s->core)
        luaL_error(L, "OpenSSL has no SHA-256 and HMAC, or memory is short");
}

static struct signer *signer(lua_State *L)
{
    struct signer *s = lua_touserdata(L, lua_upvalueindex(1));

    ses_sbuf_reset(&s->canonical, TEXT_MAX);
    ses_sbuf_reset(&s->string, TEXT_MAX);
    ses_sbuf_reset(&s->text, TEXT_MAX);
    ses_sbuf_reset(&s->query, TEXT_MAX);
    return s;
}

static struct ses_str literal(const char *s)
{
    struct ses_str str;

    str.p = s;
    str.n = strlen(s);
    return str;
}

/* The string t[name]; it stays on the stack.  An absent one is empty, another
 * type raises. */
static struct ses_str field(lua_State *L, int t, const char *name)
{
    struct ses_str s = {"", 0};

    lua_pushstring(L, name);
    lua_rawget(L, t);
    if (lua_type(L, -1) == LUA_TSTRING)
        s.p = lua_tolstring(L, -1, &s.n);
    else if (!lua_isnil(L, -1))
        luaL_error(L, "%s: expected a string, got a %s", name,
                   luaL_typename(L, -1));
    return s;
}

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

/* Adds the headers of the table at index t to the job; null, or what is wrong
 * with one.  Allocates nothing: the strings stay anchored in the table. */
static const char *collect_headers(lua_State *L, int t, struct job *j)
{
    lua_pushnil(L);
    while (lua_next(L, t)) {
        struct ses_header *h = &j->headers[j->request.nheaders];

        if (lua_type(L, -2) != LUA_TSTRING || lua_type(L, -1) != LUA_TSTRING)
            return "headers must map strings to strings";
        /* host, date, token and two to spare */
        if (j->request.nheaders == HEADERS_MAX - 5)
            return "too many headers";
        h->name.p = lua_tolstring(L, -2, &h->name.n);
        h->value.p = lua_tolstring(L, -1, &h->value.n);
        if (!is_token(h->name) || !is_clean(h->value))
            return "a header has a name or a value that HTTP does not allow";
        j->request.nheaders++;
        lua_pop(L, 1);
    }
    return NULL;
}

static void add_header(struct job *j, const char *name, struct ses_str value)
{
    struct ses_header *h = &j->headers[j->request.nheaders++];

    h->name = literal(name);
    h->value = value;
}

/* Hashes the body, builds the canonical request and the string to sign, and
 * signs it; 0, or -1. */
static int run(struct signer *s, struct job *j)
{
    if (ses_sigv4_canonical(s->core, &s->canonical, &j->request, &s->names,
                            &s->names_len) != 0 ||
        ses_sigv4_string(s->core, &s->string, j->time, &j->key,
                         s->canonical.data, s->canonical.len) != 0)
        return -1;
    return ses_sigv4_sign(s->core, &j->key, s->string.data, s->string.len,
                          s->signature);
}

static int hash_body(struct signer *s, struct job *j, struct ses_str body)
{
    j->request.payload_hash.p = s->payload_hash;
    j->request.payload_hash.n = SES_SIGNATURE_LEN;
    return ses_signer_hash(s->core, body.p, body.n, s->payload_hash);
}

/* Appends the Authorization header to s->text. */
static void add_authorization(struct signer *s, const struct job *j)
{
    struct ses_sbuf *b = &s->text;

    ses_sbuf_adds(b, SES_SIGV4_ALGORITHM " Credential=");
    ses_sbuf_add(b, j->access_key_id.p, j->access_key_id.n);
    ses_sbuf_addc(b, '/');
    ses_sigv4_scope(b, &j->key);
    ses_sbuf_adds(b, ", SignedHeaders=");
    ses_sbuf_add(b, s->canonical.data + s->names, s->names_len);
    ses_sbuf_adds(b, ", Signature=");
    ses_sbuf_add(b, s->signature, SES_SIGNATURE_LEN);
}

static void add_parameter(struct ses_sbuf *b, const char *name,
                          struct ses_str value)
{
    if (b->len)
        ses_sbuf_addc(b, '&');
    ses_sbuf_adds(b, name);
    ses_sbuf_addc(b, '=');
    ses_percent_add(b, value.p, value.n, 0);
}

static int lower(int c)
{
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

/* Appends the signed header names, which the parameters hold before there is
 * a canonical request to read them from.  The headers are sorted. */
static void add_names(struct ses_sbuf *b, const struct job *j)
{
    size_t i, k;

    for (i = 0; i < j->request.nheaders; i++) {
        struct ses_str name = j->headers[i].name;

        if (i && ses_casecmp(name.p, name.n, j->headers[i - 1].name.p,
                             j->headers[i - 1].name.n) == 0)
            continue;
        if (i)
            ses_sbuf_adds(b, "%3B");
        for (k = 0; k < name.n; k++) {
            char c = (char)lower((unsigned char)name.p[k]);

            ses_percent_add(b, &c, 1, 0);
        }
    }
}

/* Makes s->query the request's query with the parameters of a presigned
 * request, all but the signature. */
static void add_presign_parameters(struct signer *s, struct job *j,
                                   long expires)
{
    struct ses_str credential;
    char number[24];

    ses_sbuf_add(&s->text, j->access_key_id.p, j->access_key_id.n);
    ses_sbuf_addc(&s->text, '/');
    ses_sigv4_scope(&s->text, &j->key);
    credential.p = s->text.data;
    credential.n = s->text.len;
    snprintf(number, sizeof number, "%ld", expires);
    ses_sbuf_add(&s->query, j->request.query.p, j->request.query.n);
    add_parameter(&s->query, "X-Amz-Algorithm", literal(SES_SIGV4_ALGORITHM));
    add_parameter(&s->query, "X-Amz-Credential", credential);
    add_parameter(&s->query, "X-Amz-Date", literal(j->time));
    add_parameter(&s->query, "X-Amz-Expires", literal(number));
    if (j->token.n)
        add_parameter(&s->query, "X-Amz-Security-Token", j->token);
    ses_sbuf_adds(&s->query, "&X-Amz-SignedHeaders=");
    ses_sigv4_sort_headers(j->headers, j->request.nheaders);
    add_names(&s->query, j);
    j->request.query.p = s->query.data;
    j->request.query.n = s->query.len;
}

static int presign(struct signer *s, struct job *j, long expires)
{
    add_presign_parameters(s, j, expires);
    if (s->query.error || s->text.error || run(s, j) != 0)
        return -1;
    ses_sbuf_adds(&s->query, "&X-Amz-Signature=");
    ses_sbuf_add(&s->query, s->signature, SES_SIGNATURE_LEN);
    return s->query.error ? -1 : 0;
}

/* Reads the time at index into the job; raises where it is none. */
static void check_time(lua_State *L, int index, struct job *j)
{
    double t = (double)luaL_checknumber(L, index);

    luaL_argcheck(L, t >= (double)SES_TIME_MIN && t <= (double)SES_TIME_MAX,
                  index, "a time in the years 0 to 9999 expected");
    ses_time_basic(j->time, (long long)floor(t));
    j->key.date = j->time;
}

/* What l_sign and l_presign have in common: their arguments. */
struct target {
    struct ses_str path, origin, host, base, body, full;
    int headers; /* index of the request's headers */
    int is_signed;
};

enum { REQUEST = 1, ENDPOINT, REGION, SERVICE, CREDENTIALS, TIME, EXPIRES };

static const char *collect_credentials(lua_State *L, struct job *j)
{
    j->access_key_id = field(L, CREDENTIALS, "access_key_id");
    j->key.secret = field(L, CREDENTIALS, "secret_access_key");
    j->token = field(L, CREDENTIALS, "session_token");
    if (!j->access_key_id.n || !j->key.secret.n)
        return "credentials without an access key id or a secret access key";
    if (!is_clean(j->access_key_id) || !is_clean(j->token) ||
        memchr(j->access_key_id.p, '/', j->access_key_id.n))
        return "credentials with a character that a header cannot carry";
    if (j->key.secret.n > 256)
        return "a secret access key longer than 256 bytes";
    return NULL;
}

/* Collects the arguments; null, or what is wrong with them.  The fixed strings
 * come first: from collect_headers on nothing may allocate until the request
 * is signed. */
static const char *collect(lua_State *L, struct signer *s, struct job *j,
                           struct target *t)
{
    const char *problem = NULL;

    luaL_checktype(L, REQUEST, LUA_TTABLE);
    luaL_checktype(L, ENDPOINT, LUA_TTABLE);
    luaL_checkstack(L, 24, "too many values");
    memset(&j->request, 0, sizeof j->request);
    j->request.headers = j->headers;
    j->key.region.p = luaL_checklstring(L, REGION, &j->key.region.n);
    j->key.service.p = luaL_checklstring(L, SERVICE, &j->key.service.n);
    check_time(L, TIME, j);
    t->is_signed = !lua_isnil(L, CREDENTIALS);
    if (t->is_signed) {
        luaL_checktype(L, CREDENTIALS, LUA_TTABLE);
        problem = collect_credentials(L, j);
    }
    j->request.method = field(L, REQUEST, "method");
    t->path = field(L, REQUEST, "path");
    j->request.query = field(L, REQUEST, "query");
    t->body = field(L, REQUEST, "body");
    t->origin = field(L, ENDPOINT, "origin");
    t->host = field(L, ENDPOINT, "host");
    t->base = field(L, ENDPOINT, "path");
    lua_pushliteral(L, "headers");
    lua_rawget(L, REQUEST);
    t->headers = lua_gettop(L);
    luaL_argcheck(L, lua_istable(L, t->headers), REQUEST,
                  "a request with headers expected");
    ses_sbuf_add(&s->string, t->base.p, t->base.n);
    ses_sbuf_add(&s->string, t->path.p, t->path.n);
    if (ses_box_check(L, &s->string) != SES_SBUF_OK)
        return "the path is too long";
    lua_pushlstring(L, s->string.data ? s->string.data : "", s->string.len);
    ses_sbuf_reset(&s->string, TEXT_MAX);
    t->full.p = lua_tolstring(L, -1, &t->full.n);
    j->request.path = t->full;
    if (problem)
        return problem;
    if (!is_token(j->request.method))
        return "the method is not an HTTP token";
    if (!is_clean(t->full) || !is_clean(j->request.query))
        return "a control character in the path or the query";
    if (!is_clean(t->origin) || !is_clean(t->host) || !t->host.n)
        return "no host, or a control character in it";
    if (!is_clean(j->key.region) || !is_clean(j->key.service))
        return "a control character in the region or the service";
    return collect_headers(L, t->headers, j);
}

static int refuse(lua_State *L, const char *problem)
{
    lua_pushnil(L);
    lua_pushstring(L, problem);
    return 2;
}

static int signing_failed(lua_State *L)
{
    return luaL_error(L, "signing failed: not enough memory, or OpenSSL "
                         "refuses");
}

/* Sets t[name], t being the table at the top. */
static void set(lua_State *L, const char *name, struct ses_str s)
{
    lua_pushlstring(L, s.p, s.n);
    lua_setfield(L, -2, name);
}

/* Pushes {method, url, headers, body}; the headers are a copy of the
 * request's with Host.  Leaves the headers above the request. */
static void push_signed(lua_State *L, struct signer *s, const struct target *t,
                        struct ses_str method, struct ses_str query)
{
    struct ses_str url;

    ses_sbuf_reset(&s->text, TEXT_MAX);
    ses_sbuf_add(&s->text, t->origin.p, t->origin.n);
    ses_sbuf_add(&s->text, t->full.p, t->full.n);
    if (query.n) {
        ses_sbuf_addc(&s->text, '?');
        ses_sbuf_add(&s->text, query.p, query.n);
    }
    if (s->text.error)
        signing_failed(L);
    url.p = s->text.data;
    url.n = s->text.len;
    lua_createtable(L, 0, 5);
    set(L, "url", url);
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

/*
 * core.sign(request, endpoint, region, service, credentials, time)
 *     -> {method, url, headers, body} | nil, message
 */
static int l_sign(lua_State *L)
{
    struct signer *s = signer(L);
    struct job j;
    struct target t;
    const char *problem;

    lua_settop(L, TIME);
    problem = collect(L, s, &j, &t);
    if (problem)
        return refuse(L, problem);
    if (!t.is_signed) {
        push_signed(L, s, &t, j.request.method, j.request.query);
        lua_pop(L, 1);
        return 1;
    }
    add_header(&j, "host", t.host);
    add_header(&j, "x-amz-date", literal(j.time));
    if (j.token.n)
        add_header(&j, "x-amz-security-token", j.token);
    if (hash_body(s, &j, t.body) != 0 || run(s, &j) != 0)
        return signing_failed(L);
    add_authorization(s, &j);
    if (s->text.error)
        return signing_failed(L);
    lua_pushlstring(L, s->text.data, s->text.len);
    push_signed(L, s, &t, j.request.method, j.request.query);
    set(L, "X-Amz-Date", literal(j.time));
    if (j.token.n)
        set(L, "X-Amz-Security-Token", j.token);
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "Authorization");
    lua_pop(L, 1);
    return 1;
}

/*
 * core.presign(request, endpoint, region, service, credentials, time, expires)
 *     -> {method, url, headers, body} | nil, message
 */
static int l_presign(lua_State *L)
{
    struct signer *s = signer(L);
    struct job j;
    struct target t;
    const char *problem;
    double expires = (double)luaL_checknumber(L, EXPIRES);
    struct ses_str query;

    luaL_argcheck(L, expires >= 1 && expires <= EXPIRES_MAX, EXPIRES,
                  "1 to 604800 seconds expected");
    luaL_checktype(L, CREDENTIALS, LUA_TTABLE);
    lua_settop(L, EXPIRES);
    problem = collect(L, s, &j, &t);
    if (problem)
        return refuse(L, problem);
    add_header(&j, "host", t.host);
    if (hash_body(s, &j, t.body) != 0 || presign(s, &j, (long)expires) != 0)
        return signing_failed(L);
    query.p = s->query.data;
    query.n = s->query.len;
    push_signed(L, s, &t, j.request.method, query);
    lua_pop(L, 1);
    return 1;
}

/* Collects {{name, value}, ...} at index t; raises where it is something
 * else.  The strings stay anchored in the tables, which are on the stack. */
static void collect_list(lua_State *L, int t, struct job *j)
{
    size_t i, n = ses_rawlen(L, t);

    if (n > HEADERS_MAX)
        luaL_error(L, "headers: at most %d", (int)HEADERS_MAX);
    luaL_checkstack(L, (int)n * 3 + 8, "too many headers");
    for (i = 1; i <= n; i++) {
        struct ses_header *h = &j->headers[j->request.nheaders++];
        int pair;

        lua_rawgeti(L, t, (int)i);
        pair = lua_gettop(L);
        luaL_argcheck(L, lua_istable(L, pair), 1, "headers: pairs expected");
        lua_rawgeti(L, pair, 1);
        lua_rawgeti(L, pair, 2);
        h->name.p = luaL_checklstring(L, pair + 1, &h->name.n);
        h->value.p = luaL_checklstring(L, pair + 2, &h->value.n);
    }
}

static void collect_sigv4(lua_State *L, struct signer *s, struct job *j)
{
    struct ses_str body, time;

    memset(&j->request, 0, sizeof j->request);
    j->request.headers = j->headers;
    j->request.method = field(L, 1, "method");
    j->request.path = field(L, 1, "path");
    j->request.query = field(L, 1, "query");
    body = field(L, 1, "body");
    j->request.payload_hash = field(L, 1, "payload_hash");
    j->key.region = field(L, 1, "region");
    j->key.service = field(L, 1, "service");
    j->key.secret = field(L, 1, "secret_access_key");
    j->access_key_id = field(L, 1, "access_key_id");
    j->token = field(L, 1, "session_token");
    lua_getfield(L, 1, "normalize");
    j->request.keep_path = lua_isboolean(L, -1) && !lua_toboolean(L, -1);
    lua_getfield(L, 1, "time");
    if (lua_type(L, -1) == LUA_TNUMBER) {
        check_time(L, lua_gettop(L), j);
    } else {
        time = field(L, 1, "time");
        luaL_argcheck(L, time.n == SES_BASIC_LEN, 1,
                      "time: seconds or YYYYMMDDTHHMMSSZ expected");
        memcpy(j->time, time.p, SES_BASIC_LEN + 1);
        j->key.date = j->time;
    }
    lua_getfield(L, 1, "headers");
    luaL_argcheck(L, lua_istable(L, -1), 1, "headers: a list expected");
    collect_list(L, lua_gettop(L), j);
    if (!j->request.payload_hash.n && hash_body(s, j, body) != 0)
        signing_failed(L);
}

static void set_buffer(lua_State *L, const char *name, const struct ses_sbuf *b)
{
    lua_pushlstring(L, b->data, b->len);
    lua_setfield(L, -2, name);
}

/*
 * core.sigv4{method, path, query, headers = {{name, value}}, body or
 *     payload_hash, region, service, access_key_id, secret_access_key,
 *     session_token, time, normalize, expires}
 *     -> {canonical_request, string_to_sign, signature, signed_headers,
 *         authorization or query}
 *
 * The algorithm over exactly what is given: to verify, and to test.  With
 * expires it is the query form.
 */
static int l_sigv4(lua_State *L)
{
    struct signer *s = signer(L);
    struct job j;
    double expires = 0;

    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checkstack(L, 24, "too many values");
    lua_settop(L, 1);
    lua_getfield(L, 1, "expires");
    if (!lua_isnil(L, -1))
        expires = (double)luaL_checknumber(L, 2);
    collect_sigv4(L, s, &j);
    if ((expires > 0 ? presign(s, &j, (long)expires) : run(s, &j)) != 0)
        return signing_failed(L);
    if (expires <= 0)
        add_authorization(s, &j);
    if (s->text.error)
        return signing_failed(L);
    lua_createtable(L, 0, 5);
    set_buffer(L, "canonical_request", &s->canonical);
    set_buffer(L, "string_to_sign", &s->string);
    lua_pushlstring(L, s->signature, SES_SIGNATURE_LEN);
    lua_setfield(L, -2, "signature");
    lua_pushlstring(L, s->canonical.data + s->names, s->names_len);
    lua_setfield(L, -2, "signed_headers");
    if (expires > 0)
        set_buffer(L, "query", &s->query);
    else
        set_buffer(L, "authorization", &s->text);
    return 1;
}

/* core.sha256(s) -> 64 hex digits */
static int l_sha256(lua_State *L)
{
    struct signer *s = signer(L);
    char out[SES_SIGNATURE_LEN];
    size_t len;
    const char *data = luaL_checklstring(L, 1, &len);

    if (ses_signer_hash(s->core, data, len, out) != 0)
        return signing_failed(L);
    lua_pushlstring(L, out, sizeof out);
    return 1;
}

void ses_open_sign(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"sign", l_sign},     {"presign", l_presign}, {"sigv4", l_sigv4},
        {"sha256", l_sha256}, {NULL, NULL},
    };

    new_signer(L);
    ses_setfuncs(L, functions, 1);
}
