/*
 * The grammar of the service tables.
 *
 * A service is rows of constant data: an operation is a row, a shape is a
 * list of members.  The files under services/ hold nothing else; encoding,
 * decoding and reflection walk these rows and contain no line about any
 * particular operation.
 */
#ifndef SES_MODEL_H
#define SES_MODEL_H

#include <stddef.h>

#pragma GCC visibility push(hidden)

enum ses_type {
    SES_STRUCTURE,
    SES_LIST,
    SES_MAP,
    SES_STRING,
    SES_BLOB,
    SES_BOOLEAN,
    SES_INTEGER, /* 32 bits */
    SES_LONG,    /* 64 bits */
    SES_DOUBLE,
    SES_TIMESTAMP
};

/* Where a member of an operation's input or output travels. */
enum ses_location {
    SES_IN_BODY,
    SES_IN_URI,     /* a label of the request path */
    SES_IN_QUERY,   /* a parameter of the query string */
    SES_IN_HEADER,  /* one header */
    SES_IN_HEADERS, /* every header that starts with the wire name */
    SES_IN_STATUS   /* the HTTP status of the response */
};

/* How a timestamp is written where the protocol's own default does not hold. */
enum ses_format {
    SES_FORMAT_DEFAULT,
    SES_FORMAT_EPOCH,
    SES_FORMAT_ISO8601,
    SES_FORMAT_RFC822
};

enum ses_member_flag {
    SES_REQUIRED = 1,
    SES_FLATTENED =
        2 /* a list or map whose items have no element of their own */
};

enum ses_shape_flag {
    SES_SENSITIVE = 1, /* never in a log or an error */
    SES_UNION = 2,     /* exactly one member is set */
    SES_ERROR = 4,
    SES_FLAT = 8 /* flattened wherever it is used */
};

struct ses_shape;

/* A member of a structure; also the element of a list and the key and the
 * value of a map, where name is null and wire is the name that the element
 * has in XML and in forms ("member", "key", "value" unless the model says
 * otherwise). */
struct ses_member {
    const char *name; /* AWS's member name: the key of the Lua table */
    const char *wire; /* its name on the wire; null: the same */
    const struct ses_shape *shape;
    unsigned char location; /* enum ses_location */
    unsigned char flags;    /* enum ses_member_flag */
};

struct ses_shape {
    const char *name;
    unsigned char type;               /* enum ses_type */
    unsigned char flags;              /* enum ses_shape_flag */
    unsigned char format;             /* enum ses_format, of a timestamp */
    unsigned short count;             /* how many members */
    unsigned short status;            /* HTTP status of an error; 0: unknown */
    const struct ses_member *members; /* a structure's, in the model's order;
                                         a list's element; a map's key, value */
    const char *const *values;        /* an enum's values, null at the end */
    const char *code;                 /* an error's code on the wire; null:
                                         the shape's name */
    const char *payload;              /* the member that is the whole body */
    const char *pattern;              /* ECMA 262, for reflection only */
    long long min, max;               /* length, item count or value ... */
    unsigned char has_min, has_max;   /* ... where these say so */
};

/* How an operation pages. */
struct ses_pager {
    const char *input_token;  /* member of the input */
    const char *output_token; /* member of the output */
    const char *limit; /* member of the input that bounds a page; or null */
    const char *items; /* member of the output that holds the items */
};

struct ses_operation {
    const char *name;
    const char *method;
    const char *uri;                       /* "/v2/email/{Label}" */
    const struct ses_shape *input;         /* or null */
    const struct ses_shape *output;        /* or null */
    const char *wrapper;                   /* element around an XML result */
    const struct ses_shape *const *errors; /* null at the end; or null */
    const struct ses_pager *pager;         /* or null */
    unsigned char unsigned_;               /* 1: sent without a signature */
};

enum ses_protocol { SES_QUERY, SES_REST_JSON };

struct ses_service {
    const char *name;     /* "sesv2": what the client constructor takes */
    const char *id;       /* "SESv2": AWS's service id */
    const char *version;  /* the API version: "2019-09-27" */
    const char *source;   /* the model it came from: "botocore 1.44.5" */
    const char *endpoint; /* endpoint prefix: "email" */
    const char *signing;  /* signing name: "ses" */
    const char *xmlns;    /* XML namespace of a query service; or null */
    unsigned char protocol;
    unsigned short noperations, nshapes;
    const struct ses_operation *operations; /* sorted by name */
    const struct ses_shape *const *shapes;  /* sorted by name (strcmp) */
};

/* Every service linked into this build; null at the end. */
extern const struct ses_service *const ses_services[];

/* One of them for each file of services/. */
extern const struct ses_service ses_service_ses;
extern const struct ses_service ses_service_sesv2;
extern const struct ses_service ses_service_sso;
extern const struct ses_service ses_service_sso_oidc;
extern const struct ses_service ses_service_sts;

/* The service, operation or shape of that name, or null. */
const struct ses_service *ses_service_find(const char *name);
const struct ses_operation *
ses_operation_find(const struct ses_service *service, const char *name);
const struct ses_shape *ses_shape_find(const struct ses_service *service,
                                       const char *name);

/* The member of a structure by its Lua name, or null. */
const struct ses_member *ses_member_find(const struct ses_shape *shape,
                                         const char *name, size_t len);

/* The member's name on the wire. */
const char *ses_member_wire(const struct ses_member *member);

/* Whether a list or map member has no element around its items. */
int ses_member_is_flat(const struct ses_member *member);

/* The name of the items of a flattened list: the list's.  Where the list's
 * shape says that it is flat, as older models do, their own, if they have one.
 */
const char *ses_member_item(const struct ses_member *member);

#pragma GCC visibility pop

#endif
