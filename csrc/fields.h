/*
 * HTTP header fields (RFC 9110, section 5): those of a request are checked and
 * written as lines, those of a response are read from lines.
 */
#ifndef SES_FIELDS_H
#define SES_FIELDS_H

#include "sbuf.h"

#pragma GCC visibility push(hidden)

enum {
    SES_REQUEST_FIELDS = 64,
    SES_RESPONSE_FIELDS = 256,
    SES_FIELDS_BYTES = 64 * 1024 /* of a request, and of a response */
};

/* Fields of a request that libcurl would add where they are not given. */
enum { SES_HAS_ACCEPT = 1, SES_HAS_CONTENT_TYPE = 2 };

/* The fields of a request as lines, each ended by a null byte: "Name: value",
 * and "Name;" for an empty value, which is how libcurl spells it. */
struct ses_lines {
    struct ses_sbuf text;
    size_t start[SES_REQUEST_FIELDS]; /* of each line in text */
    int count;
    unsigned has;
    const char *content_length; /* as given, or null; not among the lines */
    size_t content_length_len;
    char fault[160]; /* what is wrong with the first bad field, or "" */
};

void ses_lines_reset(struct ses_lines *l);
void ses_lines_free(struct ses_lines *l);

/* Adds a field.  A bad one leaves its reason in fault and nothing is added any
 * more; a lack of memory is sticky in text.  The value of a Content-Length is
 * not copied: it must live until ses_lines_length_agrees. */
void ses_lines_add(struct ses_lines *l, const char *name, size_t name_len,
                   const char *value, size_t value_len);

/* Whether a Content-Length among the fields, if any, is that of the body. */
int ses_lines_length_agrees(const struct ses_lines *l, size_t body_len);

/* Whether s is a token: a method or the name of a field. */
int ses_is_token(const char *s, size_t len);

/* One field of a response: offsets into the text of its head. */
struct ses_field {
    unsigned name, name_len; /* in lower case */
    unsigned value, value_len;
};

enum ses_head_fault {
    SES_HEAD_OK,
    SES_HEAD_LARGE,     /* more bytes or fields than the limits */
    SES_HEAD_MALFORMED, /* not what RFC 9112 allows */
    SES_HEAD_NOMEMORY
};

/* The head of a response: interim ones (1xx) are dropped, folded lines are
 * joined, trailers are left out.  Zeroed it is valid and empty. */
struct ses_head {
    struct ses_sbuf text;
    struct ses_field field[SES_RESPONSE_FIELDS];
    int count;
    int status;   /* of the latest status line, 0 before the first */
    int complete; /* its fields have ended */
    size_t seen;  /* bytes of all lines, interim responses included */
    enum ses_head_fault fault;
};

void ses_head_reset(struct ses_head *h);
void ses_head_free(struct ses_head *h);

/* Takes one line with its line end.  Returns 0, or -1 with fault set. */
int ses_head_line(struct ses_head *h, const char *line, size_t len);

#pragma GCC visibility pop

#endif
