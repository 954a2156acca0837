/* core.sigv4: Signature Version 4 over exactly what is given; and how the
 * signatures of SigV4A are verified. */
#include "lcore.h"
#include "lsigner.h"

#include "codec.h"

#include <string.h>

/* Collects {{name, value}, ...} at index t; raises where it is something
 * else.  The strings stay anchored on the stack.  Returns null, or what is
 * wrong with them. */
static const char *collect_headers(lua_State *L, int t, struct ses_job *j)
{
    size_t i, n = ses_rawlen(L, t);

    if (n > SES_HEADERS_MAX)
        return "more than 128 headers";
    luaL_checkstack(L, (int)n * 3 + 8, "too many headers");
    for (i = 1; i <= n; i++) {
        struct ses_header *h = &j->headers[j->request.nheaders++];
        int pair;

        lua_rawgeti(L, t, (int)i);
        pair = lua_gettop(L);
        luaL_argcheck(L, lua_istable(L, pair), 1, "headers: pairs expected");
        lua_rawgeti(L, pair, 1);
        lua_rawgeti(L, pair, 2);
        luaL_argcheck(L,
                      lua_type(L, pair + 1) == LUA_TSTRING &&
                          lua_type(L, pair + 2) == LUA_TSTRING,
                      1, "headers: pairs of strings expected");
        h->name.p = lua_tolstring(L, pair + 1, &h->name.n);
        h->value.p = lua_tolstring(L, pair + 2, &h->value.n);
    }
    return NULL;
}

/* Pushes t[name] without metamethods, t being the table at index 1. */
static int push_raw(lua_State *L, const char *name)
{
    lua_pushstring(L, name);
    lua_rawget(L, 1);
    return lua_type(L, -1);
}

static void collect_time(lua_State *L, struct ses_job *j)
{
    struct ses_str time;
    long long seconds;

    if (push_raw(L, "time") == LUA_TNUMBER) {
        ses_job_time(L, lua_gettop(L), j);
        return;
    }
    time = ses_job_field(L, 1, "time");
    luaL_argcheck(L, ses_time_parse_basic(time.p, time.n, &seconds) == 0, 1,
                  "time: seconds or YYYYMMDDTHHMMSSZ expected");
    memcpy(j->time, time.p, SES_BASIC_LEN + 1);
    j->key.date = j->time;
}

/* Collects the request at index 1, and its body; null, or what is wrong with
 * it. */
static const char *collect(lua_State *L, struct ses_job *j,
                           struct ses_str *body)
{
    const char *problem;

    ses_job_clear(j);
    j->request.method = ses_job_field(L, 1, "method");
    j->request.path = ses_job_field(L, 1, "path");
    j->request.query = ses_job_field(L, 1, "query");
    *body = ses_job_field(L, 1, "body");
    j->request.payload_hash = ses_job_field(L, 1, "payload_hash");
    j->key.region = ses_job_field(L, 1, "region");
    j->key.service = ses_job_field(L, 1, "service");
    j->key.secret = ses_job_field(L, 1, "secret_access_key");
    j->key.access_key_id = ses_job_field(L, 1, "access_key_id");
    j->token = ses_job_field(L, 1, "session_token");
    ses_job_region_set(L, 1, j);
    j->request.keep_path =
        push_raw(L, "normalize") == LUA_TBOOLEAN && !lua_toboolean(L, -1);
    collect_time(L, j);
    luaL_argcheck(L, push_raw(L, "headers") == LUA_TTABLE, 1,
                  "headers: a list expected");
    problem = collect_headers(L, lua_gettop(L), j);
    return problem ? problem : ses_job_oversize(j);
}

static void set_buffer(lua_State *L, const char *name, const struct ses_sbuf *b)
{
    lua_pushlstring(L, b->data, b->len);
    lua_setfield(L, -2, name);
}

/*
 * core.sigv4{method, path, query, headers = {{name, value}}, body or
 *     payload_hash, region, service, access_key_id, secret_access_key,
 *     session_token, time, normalize, expires, region_set}
 *     -> {canonical_request, string_to_sign, signature, signed_headers,
 *         authorization or query} | nil, message
 *
 * The algorithm over exactly what is given: to verify, and to test.  With
 * expires it is the query form; with region_set it is SigV4A, whose signature
 * is another one each time.
 */
static int l_sigv4(lua_State *L)
{
    struct ses_lsigner *s;
    struct ses_job j;
    struct ses_str body;
    const char *problem;
    long expires = 0;
    int rc;

    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checkstack(L, 24, "too many values");
    lua_settop(L, 1);
    if (push_raw(L, "expires") != LUA_TNIL)
        expires = ses_job_expires(L, 2);
    problem = collect(L, &j, &body);
    if (problem) {
        lua_pushnil(L);
        lua_pushstring(L, problem);
        return 2;
    }
    s = ses_lsigner_take(L);
    rc = j.request.payload_hash.n ? 0 : ses_job_hash(s, &j, body);
    if (rc == 0)
        rc = expires ? ses_job_presign(s, &j, expires) : ses_job_sign(s, &j);
    if (rc == 0 && !expires)
        rc = ses_job_authorization(s, &j);
    if (rc != 0)
        return ses_job_failed(L, s);
    lua_createtable(L, 0, 5);
    set_buffer(L, "canonical_request", &s->canonical);
    set_buffer(L, "string_to_sign", &s->string);
    lua_pushlstring(L, s->signature.hex, s->signature.len);
    lua_setfield(L, -2, "signature");
    lua_pushlstring(L, s->canonical.data + s->names, s->names_len);
    lua_setfield(L, -2, "signed_headers");
    if (expires)
        set_buffer(L, "query", &s->query);
    else
        set_buffer(L, "authorization", &s->text);
    ses_lsigner_put(s);
    return 1;
}

static struct ses_str check_text(lua_State *L, int index)
{
    struct ses_str s;

    s.p = luaL_checklstring(L, index, &s.n);
    return s;
}

static void push_coordinate(lua_State *L, const unsigned char *n)
{
    char hex[2 * SES_P256_LEN];

    ses_hex(hex, n);
    lua_pushlstring(L, hex, sizeof hex);
}

/*
 * core.sigv4a_public_key(access_key_id, secret_access_key) -> x, y
 *
 * What the signatures of an access key are verified with: a point of P-256, 64
 * hex digits each.
 */
static int l_sigv4a_public_key(lua_State *L)
{
    struct ses_lsigner *s = ses_lsigner_get(L);
    unsigned char x[SES_P256_LEN], y[SES_P256_LEN];
    struct ses_sigv4_key key = {.access_key_id = check_text(L, 1),
                                .secret = check_text(L, 2)};

    luaL_argcheck(L, key.access_key_id.n <= SES_SECRET_MAX, 1, "too long");
    luaL_argcheck(L, key.secret.n <= SES_SECRET_MAX, 2, "too long");
    if (ses_sigv4a_public_key(s->core, &key, x, y) != 0)
        return luaL_error(L, "not enough memory, or OpenSSL has no P-256");
    push_coordinate(L, x);
    push_coordinate(L, y);
    return 2;
}

static void check_coordinate(lua_State *L, int index,
                             unsigned char out[SES_P256_LEN])
{
    struct ses_str s = check_text(L, index);

    luaL_argcheck(L,
                  s.n == 2 * SES_P256_LEN &&
                      ses_hex_decode(out, s.p, SES_P256_LEN) == 0,
                  index, "64 hex digits expected");
}

/* core.verify_sigv4a(x, y, string_to_sign, signature) -> boolean; the signature
 * may be any text */
static int l_verify_sigv4a(lua_State *L)
{
    struct ses_lsigner *s = ses_lsigner_get(L);
    unsigned char x[SES_P256_LEN], y[SES_P256_LEN], der[SES_ECDSA_MAX];
    struct ses_str string = check_text(L, 3), hex = check_text(L, 4);
    int rc = 0;

    check_coordinate(L, 1, x);
    check_coordinate(L, 2, y);
    if (hex.n % 2 == 0 && hex.n / 2 <= sizeof der &&
        ses_hex_decode(der, hex.p, hex.n / 2) == 0)
        rc = ses_sigv4a_verify(s->core, x, y, string, der, hex.n / 2);
    if (rc < 0)
        return luaL_error(L, "not enough memory, or the public key is no point "
                             "of P-256");
    lua_pushboolean(L, rc);
    return 1;
}

void ses_open_sigv4(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"sigv4", l_sigv4},
        {"sigv4a_public_key", l_sigv4a_public_key},
        {"verify_sigv4a", l_verify_sigv4a},
        {NULL, NULL},
    };

    ses_lsigner_new(L);
    ses_setfuncs(L, functions, 1);
}
