#include "lsigner.h"

#include "codec.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define SIGNER "ses.signer"

static int signer_gc(lua_State *L)
{
    struct ses_lsigner *s = lua_touserdata(L, 1);

    ses_signer_free(s->core);
    s->core = NULL;
    ses_sbuf_wipe(&s->canonical);
    ses_sbuf_wipe(&s->string);
    ses_sbuf_wipe(&s->text);
    ses_sbuf_wipe(&s->query);
    return 0;
}

struct ses_lsigner *ses_lsigner_new(lua_State *L)
{
    struct ses_lsigner *s = lua_newuserdata(L, sizeof *s);

    memset(s, 0, sizeof *s);
    if (luaL_newmetatable(L, SIGNER)) {
        lua_pushcfunction(L, signer_gc);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    s->core = ses_signer_new();
    if (!s->core)
        luaL_error(L, "OpenSSL has no SHA-256 and HMAC, or memory is short");
    return s;
}

struct ses_lsigner *ses_lsigner_get(lua_State *L)
{
    struct ses_lsigner *s = lua_touserdata(L, lua_upvalueindex(1));

    /* A finalizer of the user's may come after the signer's own. */
    if (!s->core)
        luaL_error(L, "the Lua state is closing");
    return s;
}

struct ses_lsigner *ses_lsigner_take(lua_State *L)
{
    struct ses_lsigner *s = ses_lsigner_get(L);

    if (!s->busy) {
        lua_pushvalue(L, lua_upvalueindex(1));
    } else {
        s = ses_lsigner_new(L);
        lua_pushvalue(L, -1);
        lua_replace(L, lua_upvalueindex(1));
    }
    s->busy = 1;
    ses_sbuf_reset(&s->canonical, SES_SIGN_TEXT_MAX);
    ses_sbuf_reset(&s->string, SES_SIGN_TEXT_MAX);
    ses_sbuf_reset(&s->text, SES_SIGN_TEXT_MAX);
    ses_sbuf_reset(&s->query, SES_SIGN_TEXT_MAX);
    return s;
}

void ses_lsigner_put(struct ses_lsigner *s)
{
    s->busy = 0;
}

struct ses_str ses_literal(const char *s)
{
    struct ses_str str;

    str.p = s;
    str.n = strlen(s);
    return str;
}

struct ses_str ses_job_field(lua_State *L, int t, const char *name)
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

void ses_job_clear(struct ses_job *j)
{
    memset(&j->request, 0, sizeof j->request);
    j->request.headers = j->headers;
    j->key.algorithm = SES_SIGV4;
}

void ses_job_region_set(lua_State *L, int t, struct ses_job *j)
{
    j->region_set = ses_job_field(L, t, "region_set");
    if (!lua_isnil(L, -1))
        j->key.algorithm = SES_SIGV4A;
}

void ses_job_time(lua_State *L, int index, struct ses_job *j)
{
    double t = (double)luaL_checknumber(L, index);

    luaL_argcheck(L, t >= (double)SES_TIME_MIN && t <= (double)SES_TIME_MAX,
                  index, "a time in the years 0 to 9999 expected");
    ses_time_basic(j->time, (long long)floor(t));
    j->key.date = j->time;
}

long ses_job_expires(lua_State *L, int index)
{
    double expires = (double)luaL_checknumber(L, index);

    luaL_argcheck(L, expires >= 1 && expires <= SES_EXPIRES_MAX, index,
                  "1 to 604800 seconds expected");
    return (long)expires;
}

const char *ses_job_oversize(const struct ses_job *j)
{
    if (j->key.secret.n > SES_SECRET_MAX)
        return "a secret access key longer than 256 bytes";
    if (j->key.access_key_id.n > SES_SECRET_MAX)
        return "an access key id longer than 256 bytes";
    if (j->key.region.n > SES_SECRET_MAX / 2 ||
        j->key.service.n > SES_SECRET_MAX / 2)
        return "a region or a service name longer than 128 bytes";
    return NULL;
}

int ses_job_hash(struct ses_lsigner *s, struct ses_job *j, struct ses_str body)
{
    j->request.payload_hash.p = s->payload_hash;
    j->request.payload_hash.n = SES_SIGNATURE_LEN;
    return ses_signer_hash(s->core, body.p, body.n, s->payload_hash);
}

int ses_job_sign(struct ses_lsigner *s, struct ses_job *j)
{
    if (ses_sigv4_canonical(s->core, &s->canonical, &j->request, &s->names,
                            &s->names_len) != 0 ||
        ses_sigv4_string(s->core, &s->string, j->time, &j->key,
                         s->canonical.data, s->canonical.len) != 0)
        return -1;
    return ses_sigv4_sign(s->core, &j->key, s->string.data, s->string.len,
                          &s->signature);
}

int ses_job_authorization(struct ses_lsigner *s, const struct ses_job *j)
{
    struct ses_sbuf *b = &s->text;

    ses_sbuf_adds(b, ses_sigv4_name(&j->key));
    ses_sbuf_adds(b, " Credential=");
    ses_sbuf_add(b, j->key.access_key_id.p, j->key.access_key_id.n);
    ses_sbuf_addc(b, '/');
    ses_sigv4_scope(b, &j->key);
    ses_sbuf_adds(b, ", SignedHeaders=");
    ses_sbuf_add(b, s->canonical.data + s->names, s->names_len);
    ses_sbuf_adds(b, ", Signature=");
    ses_sbuf_add(b, s->signature.hex, s->signature.len);
    return b->error ? -1 : 0;
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
static void add_names(struct ses_sbuf *b, const struct ses_job *j)
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
static void add_parameters(struct ses_lsigner *s, struct ses_job *j,
                           long expires)
{
    struct ses_str credential;
    char number[24];

    ses_sbuf_add(&s->text, j->key.access_key_id.p, j->key.access_key_id.n);
    ses_sbuf_addc(&s->text, '/');
    ses_sigv4_scope(&s->text, &j->key);
    credential.p = s->text.data;
    credential.n = s->text.len;
    snprintf(number, sizeof number, "%ld", expires);
    ses_sbuf_add(&s->query, j->request.query.p, j->request.query.n);
    add_parameter(&s->query, "X-Amz-Algorithm",
                  ses_literal(ses_sigv4_name(&j->key)));
    add_parameter(&s->query, "X-Amz-Credential", credential);
    add_parameter(&s->query, "X-Amz-Date", ses_literal(j->time));
    add_parameter(&s->query, "X-Amz-Expires", ses_literal(number));
    if (j->key.algorithm == SES_SIGV4A)
        add_parameter(&s->query, "X-Amz-Region-Set", j->region_set);
    if (j->token.n)
        add_parameter(&s->query, "X-Amz-Security-Token", j->token);
    ses_sbuf_adds(&s->query, "&X-Amz-SignedHeaders=");
    ses_sigv4_sort_headers(j->headers, j->request.nheaders);
    add_names(&s->query, j);
    j->request.query.p = s->query.data;
    j->request.query.n = s->query.len;
}

int ses_job_presign(struct ses_lsigner *s, struct ses_job *j, long expires)
{
    add_parameters(s, j, expires);
    if (s->query.error || s->text.error || ses_job_sign(s, j) != 0)
        return -1;
    ses_sbuf_adds(&s->query, "&X-Amz-Signature=");
    ses_sbuf_add(&s->query, s->signature.hex, s->signature.len);
    return s->query.error ? -1 : 0;
}

int ses_job_failed(lua_State *L, struct ses_lsigner *s)
{
    if (s->canonical.error != SES_SBUF_FULL &&
        s->string.error != SES_SBUF_FULL && s->text.error != SES_SBUF_FULL &&
        s->query.error != SES_SBUF_FULL)
        return luaL_error(L, "signing failed: not enough memory, or OpenSSL "
                             "refuses");
    ses_lsigner_put(s);
    lua_pushnil(L);
    lua_pushliteral(L, "the path, the query and the headers are too long to be "
                       "signed: at most 1 MiB, 1024 parameters");
    return 2;
}
