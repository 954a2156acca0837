/* Signing from Lua: what core.sign, core.presign and core.sigv4 share. */
#ifndef SES_LSIGNER_H
#define SES_LSIGNER_H

#include "compat.h"
#include "sigv4.h"

#pragma GCC visibility push(hidden)

enum {
    SES_HEADERS_MAX = 128,
    SES_EXPIRES_MAX = 604800, /* seconds: seven days, says AWS */
    SES_SIGN_TEXT_MAX = 1 << 20
};

/* What a Lua state signs with; a userdata, kept between calls as an upvalue.
 * Nothing that signs runs Lua code of the user's, but an allocation may run a
 * finalizer of the user's that signs: a call that finds the signer busy makes
 * its own. */
struct ses_lsigner {
    struct ses_signer *core;
    struct ses_sbuf canonical, string, text, query;
    struct ses_signature signature;
    char payload_hash[SES_SIGNATURE_LEN];
    size_t names, names_len; /* the signed header names, in canonical */
    int busy;
};

/* One request to sign; strings are Lua's, anchored on its stack. */
struct ses_job {
    struct ses_sigv4_request request;
    struct ses_sigv4_key key;
    struct ses_str token;
    struct ses_str region_set; /* of SigV4A */
    struct ses_header headers[SES_HEADERS_MAX];
    char time[SES_BASIC_LEN + 1];
};

/* Pushes a new signer, to be the first upvalue of what signs. */
struct ses_lsigner *ses_lsigner_new(lua_State *L);

/* The signer of the running function, which somebody may be using. */
struct ses_lsigner *ses_lsigner_get(lua_State *L);

/* Pushes a signer that nobody else uses, its buffers empty.  A call that
 * raises leaves its own busy; that one is replaced here and collected later. */
struct ses_lsigner *ses_lsigner_take(lua_State *L);

/* Ends what take began. */
void ses_lsigner_put(struct ses_lsigner *s);

struct ses_str ses_literal(const char *s);

/* The string t[name], without metamethods; it stays on the stack.  An absent
 * one is empty, another type raises. */
struct ses_str ses_job_field(lua_State *L, int t, const char *name);

/* Makes j a job without headers or body, for SigV4. */
void ses_job_clear(struct ses_job *j);

/* The string region_set of the table t; it stays on the stack.  Where there is
 * one, SigV4A is what the job is for. */
void ses_job_region_set(lua_State *L, int t, struct ses_job *j);

/* Reads the time in seconds at index into the job; raises where it is none. */
void ses_job_time(lua_State *L, int index, struct ses_job *j);

/* Reads the seconds that a presigned request lives; raises where it is none. */
long ses_job_expires(lua_State *L, int index);

/* What is wrong with the lengths of what the job's key is derived from, for it
 * is kept with that.  Null: nothing. */
const char *ses_job_oversize(const struct ses_job *j);

/* From here to its signature a job allocates nothing in Lua. */

/* The payload hash of a body; 0, or -1. */
int ses_job_hash(struct ses_lsigner *s, struct ses_job *j, struct ses_str body);

/* Builds the canonical request and the string to sign, and signs it; 0, or
 * -1. */
int ses_job_sign(struct ses_lsigner *s, struct ses_job *j);

/* The same in the query form: s->query is then the whole query. */
int ses_job_presign(struct ses_lsigner *s, struct ses_job *j, long expires);

/* Makes s->text the Authorization header of a signed job; 0, or -1. */
int ses_job_authorization(struct ses_lsigner *s, const struct ses_job *j);

/* After a -1: puts the signer back and pushes nil and a message, where the
 * request is too long; raises where OpenSSL or memory failed.  Returns 2. */
int ses_job_failed(lua_State *L, struct ses_lsigner *s);

#pragma GCC visibility pop

#endif
