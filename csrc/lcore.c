/* Module ses.core: tables, codecs and signatures.  Links libcrypto and expat
 * only, and does no I/O but for core.open_log, core.spawn and what lfiles.c
 * has; core.exec leaves for another program. */
#include "lcore.h"

#include "clock.h"
#include "codec.h"
#include "crypto.h"
#include "derive.h"
#include "lbox.h"

#include <math.h>
#include <string.h>

/* Pushes what a box at the top holds in its place, and frees it at once. */
static int push_box(lua_State *L, struct ses_sbuf *box)
{
    if (ses_box_check(L, box))
        return luaL_error(L, "result too long");
    lua_pushlstring(L, box->data ? box->data : "", box->len);
    ses_box_release(box);
    return 1;
}

static const size_t ANY = (size_t)-1 / 2;

/* core.encode_base64(s) -> text */
static int l_encode_base64(lua_State *L)
{
    size_t len;
    const char *s = luaL_checklstring(L, 1, &len);
    struct ses_sbuf *box = ses_box_new(L, ANY);

    ses_base64_add(box, s, len);
    return push_box(L, box);
}

/* core.decode_base64(text) -> s | nil */
static int l_decode_base64(lua_State *L)
{
    size_t len;
    const char *s = luaL_checklstring(L, 1, &len);
    struct ses_sbuf *box = ses_box_new(L, ANY);

    if (ses_base64_decode(box, s, len) != 0)
        return 0;
    return push_box(L, box);
}

/* core.encode_percent(s) -> text with all but unreserved characters as %XX */
static int l_encode_percent(lua_State *L)
{
    size_t len;
    const char *s = luaL_checklstring(L, 1, &len);
    struct ses_sbuf *box = ses_box_new(L, ANY);

    ses_percent_add(box, s, len, 0);
    return push_box(L, box);
}

/* core.decode_percent(text) -> s; "+" stays */
static int l_decode_percent(lua_State *L)
{
    size_t len;
    const char *s = luaL_checklstring(L, 1, &len);
    struct ses_sbuf *box = ses_box_new(L, ANY);

    ses_percent_decode(box, s, len);
    return push_box(L, box);
}

/* core.valid_utf8(s) -> true | nil, position of the first bad byte */
static int l_valid_utf8(lua_State *L)
{
    size_t len, bad;
    const char *s = luaL_checklstring(L, 1, &len);

    bad = ses_utf8_check(s, len);
    if (bad == len) {
        lua_pushboolean(L, 1);
        return 1;
    }
    lua_pushnil(L);
    ses_pushinteger(L, (long long)bad + 1);
    return 2;
}

/* core.random(n) -> n random bytes, n at most 1024 */
static int l_random(lua_State *L)
{
    char bytes[1024];
    double n = (double)luaL_checknumber(L, 1);

    luaL_argcheck(L, n >= 0 && n <= sizeof bytes && n == floor(n), 1,
                  "0 to 1024 expected");
    if (ses_random(bytes, (size_t)n) != 0)
        return luaL_error(L, "OpenSSL has no random bytes");
    lua_pushlstring(L, bytes, (size_t)n);
    return 1;
}

/* core.equal(a, b) -> boolean, in a time that does not depend on where they
 * differ */
static int l_equal(lua_State *L)
{
    size_t alen, blen;
    const char *a = luaL_checklstring(L, 1, &alen);
    const char *b = luaL_checklstring(L, 2, &blen);

    lua_pushboolean(L, alen == blen && ses_equal(a, b, alen));
    return 1;
}

/* core.sha1(s) -> 40 hex digits; for names of files, never for signatures */
static int l_sha1(lua_State *L)
{
    unsigned char sum[SES_SHA1_LEN];
    char text[2 * SES_SHA1_LEN];
    size_t len;
    const char *s = luaL_checklstring(L, 1, &len);

    if (ses_sha1(s, len, sum) != 0)
        return luaL_error(L, "not enough memory, or OpenSSL refuses to hash");
    ses_hex_any(text, sum, sizeof sum);
    lua_pushlstring(L, text, sizeof text);
    return 1;
}

/* core.smtp_password(secret_access_key, region) -> 44 characters | nil,
 * message; the password of SES's SMTP interface in that region */
static int l_smtp_password(lua_State *L)
{
    unsigned char password[SES_SMTP_PASSWORD_LEN];
    struct ses_str secret, region;
    struct ses_sbuf *box;
    int rc;

    secret.p = luaL_checklstring(L, 1, &secret.n);
    region.p = luaL_checklstring(L, 2, &region.n);
    if (secret.n > SES_SECRET_MAX) {
        lua_pushnil(L);
        lua_pushliteral(L, "a secret access key longer than 256 bytes");
        return 2;
    }
    box = ses_box_new(L, ANY);
    rc = ses_derive_smtp(secret, region, password);
    ses_base64_add(box, (char *)password, sizeof password);
    ses_cleanse(password, sizeof password);
    if (rc != 0)
        return luaL_error(L, "not enough memory, or OpenSSL refuses to hash");
    return push_box(L, box);
}

static const char *const time_forms[] = {"iso8601", "basic", "http", NULL};

/* core.format_time(seconds, "iso8601" | "basic" | "http") -> text */
static int l_format_time(lua_State *L)
{
    double t = (double)luaL_checknumber(L, 1);
    char text[SES_ISO8601_MAX];

    luaL_argcheck(L, t >= (double)SES_TIME_MIN && t <= (double)SES_TIME_MAX, 1,
                  "a time in the years 0 to 9999 expected");
    switch (luaL_checkoption(L, 2, NULL, time_forms)) {
    case 0:
        ses_time_iso8601(text, t);
        break;
    case 1:
        ses_time_basic(text, (long long)floor(t));
        break;
    default:
        ses_time_http(text, (long long)floor(t));
    }
    lua_pushstring(L, text);
    return 1;
}

/* core.parse_time(text, "iso8601" | "basic" | "http") -> seconds | nil */
static int l_parse_time(lua_State *L)
{
    size_t len;
    const char *s = luaL_checklstring(L, 1, &len);
    long long whole = 0;
    double t = 0;
    int rc;

    switch (luaL_checkoption(L, 2, NULL, time_forms)) {
    case 0:
        rc = ses_time_parse_iso8601(s, len, &t);
        break;
    case 1:
        rc = ses_time_parse_basic(s, len, &whole);
        t = (double)whole;
        break;
    default:
        rc = ses_time_parse_http(s, len, &t);
    }
    if (rc != 0 || t < (double)SES_TIME_MIN || t > (double)SES_TIME_MAX)
        return 0;
    if (t == floor(t))
        ses_pushinteger(L, (long long)t);
    else
        lua_pushnumber(L, (lua_Number)t);
    return 1;
}

SES_EXPORT int luaopen_ses_core(lua_State *L);

int luaopen_ses_core(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"encode_base64", l_encode_base64},
        {"decode_base64", l_decode_base64},
        {"encode_percent", l_encode_percent},
        {"decode_percent", l_decode_percent},
        {"valid_utf8", l_valid_utf8},
        {"random", l_random},
        {"equal", l_equal},
        {"sha1", l_sha1},
        {"smtp_password", l_smtp_password},
        {"format_time", l_format_time},
        {"parse_time", l_parse_time},
        {NULL, NULL},
    };

    lua_newtable(L);
    ses_setfuncs(L, functions, 0);
    ses_open_reflect(L);
    ses_open_encode(L);
    ses_open_decode(L);
    ses_open_sign(L);
    ses_open_sigv4(L);
    ses_open_exec(L);
    ses_open_logfile(L);
    ses_open_files(L);
    ses_open_spawn(L);
    return 1;
}
