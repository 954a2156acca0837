#include "fields.h"

#include <stdio.h>
#include <string.h>

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static int is_token_char(char c)
{
    char l = lower(c);

    return (l >= 'a' && l <= 'z') || is_digit(c) ||
           (c && strchr("!#$%&'*+-.^_`|~", c));
}

int ses_is_token(const char *s, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++)
        if (!is_token_char(s[i]))
            return 0;
    return len > 0;
}

/* Narrows [*s, *s + *len) to what is between its blanks. */
static void trim(const char **s, size_t *len)
{
    while (*len && is_blank((*s)[*len - 1]))
        --*len;
    while (*len && is_blank(**s)) {
        ++*s;
        --*len;
    }
}

static int equals(const char *s, size_t len, const char *lower_name)
{
    size_t i;

    for (i = 0; i < len && lower_name[i]; i++)
        if (lower(s[i]) != lower_name[i])
            return 0;
    return i == len && !lower_name[i];
}

void ses_lines_reset(struct ses_lines *l)
{
    ses_sbuf_reset(&l->text, SES_FIELDS_BYTES);
    l->count = 0;
    l->has = 0;
    l->content_length = NULL;
    l->content_length_len = 0;
    l->fault[0] = '\0';
}

void ses_lines_free(struct ses_lines *l)
{
    ses_sbuf_wipe(&l->text);
    ses_lines_reset(l);
}

/* The value never appears: it may be a secret. */
static void refuse(struct ses_lines *l, const char *name, size_t len,
                   const char *why)
{
    snprintf(l->fault, sizeof l->fault, "header \"%.*s\" %s",
             len > 64 ? 64 : (int)len, name, why);
}

/* Why a field cannot be sent, or null. */
static const char *objection(const char *name, size_t name_len,
                             const char *value, size_t value_len)
{
    size_t i;

    if (equals(name, name_len, "transfer-encoding") ||
        equals(name, name_len, "expect"))
        return "cannot be sent: requests carry a Content-Length and no "
               "expectation";
    for (i = 0; i < value_len; i++) {
        unsigned char c = (unsigned char)value[i];

        if (c == '\r' || c == '\n' || c == '\0')
            return "has a value with a CR, LF or NUL byte";
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return "has a value with a control character";
    }
    return NULL;
}

void ses_lines_add(struct ses_lines *l, const char *name, size_t name_len,
                   const char *value, size_t value_len)
{
    const char *why;

    if (l->fault[0])
        return;
    if (!ses_is_token(name, name_len)) {
        snprintf(l->fault, sizeof l->fault,
                 "a header name is empty or has a character that is not "
                 "allowed there");
        return;
    }
    why = objection(name, name_len, value, value_len);
    if (!why && l->count == SES_REQUEST_FIELDS)
        why = "is one too many: a request has at most 64";
    if (why) {
        refuse(l, name, name_len, why);
        return;
    }
    trim(&value, &value_len);
    if (equals(name, name_len, "content-length")) {
        l->content_length = value;
        l->content_length_len = value_len;
        return;
    }
    if (equals(name, name_len, "accept"))
        l->has |= SES_HAS_ACCEPT;
    if (equals(name, name_len, "content-type"))
        l->has |= SES_HAS_CONTENT_TYPE;
    l->start[l->count++] = l->text.len;
    ses_sbuf_add(&l->text, name, name_len);
    ses_sbuf_adds(&l->text, value_len ? ": " : ";");
    ses_sbuf_add(&l->text, value, value_len);
    ses_sbuf_addc(&l->text, '\0');
    if (l->text.error == SES_SBUF_FULL)
        refuse(l, name, name_len, "makes the headers longer than 64 KiB");
}

int ses_lines_length_agrees(const struct ses_lines *l, size_t body_len)
{
    char text[24];
    int len = snprintf(text, sizeof text, "%llu", (unsigned long long)body_len);

    return !l->content_length ||
           (l->content_length_len == (size_t)len &&
            memcmp(l->content_length, text, (size_t)len) == 0);
}

void ses_head_reset(struct ses_head *h)
{
    ses_sbuf_reset(&h->text, SES_FIELDS_BYTES);
    h->count = 0;
    h->status = 0;
    h->complete = 0;
    h->seen = 0;
    h->fault = SES_HEAD_OK;
}

void ses_head_free(struct ses_head *h)
{
    ses_sbuf_wipe(&h->text);
    ses_head_reset(h);
}

/* "HTTP/1.1 200 ...": the fields so far belonged to an interim response. */
static int status_line(struct ses_head *h, const char *line, size_t len)
{
    const char *space = memchr(line, ' ', len);
    const char *end = line + len;

    if (!space || end - space < 4 || !is_digit(space[1]) ||
        !is_digit(space[2]) || !is_digit(space[3]) ||
        (end - space > 4 && space[4] != ' '))
        return -1;
    h->status = (space[1] - '0') * 100 + (space[2] - '0') * 10 + space[3] - '0';
    h->complete = 0;
    h->count = 0;
    h->text.len = 0;
    return h->status >= 100 ? 0 : -1;
}

/* A line that goes on with the value of the field before it (obs-fold). */
static int folded_line(struct ses_head *h, const char *line, size_t len)
{
    struct ses_field *f;

    if (h->count == 0)
        return -1;
    f = &h->field[h->count - 1];
    trim(&line, &len);
    if (len) {
        if (f->value_len) {
            ses_sbuf_addc(&h->text, ' ');
            f->value_len++;
        }
        ses_sbuf_add(&h->text, line, len);
        f->value_len += (unsigned)len;
    }
    return 0;
}

/* Whether the last field is a Content-Length that contradicts another one:
 * where the body ends would be anybody's guess. */
static int contradicts(const struct ses_head *h)
{
    const char *text = h->text.data;
    const struct ses_field *last = &h->field[h->count - 1];
    const struct ses_field *f;

    if (h->text.error ||
        !equals(text + last->name, last->name_len, "content-length"))
        return 0;
    for (f = h->field; f < last; f++)
        if (equals(text + f->name, f->name_len, "content-length") &&
            (f->value_len != last->value_len ||
             memcmp(text + f->value, text + last->value, f->value_len) != 0))
            return 1;
    return 0;
}

static int field_line(struct ses_head *h, const char *line, size_t len)
{
    const char *colon = memchr(line, ':', len);
    size_t name_len = colon ? (size_t)(colon - line) : 0;
    const char *value = line + name_len + 1;
    size_t value_len;
    struct ses_field *f;
    size_t i;

    if (!colon)
        return -1;
    /* A blank before the colon is wrong and harmless in a response. */
    while (name_len && is_blank(line[name_len - 1]))
        name_len--;
    if (!ses_is_token(line, name_len))
        return -1;
    if (h->count == SES_RESPONSE_FIELDS) {
        h->fault = SES_HEAD_LARGE;
        return -1;
    }
    value_len = len - (size_t)(value - line);
    trim(&value, &value_len);
    f = &h->field[h->count++];
    f->name = (unsigned)h->text.len;
    f->name_len = (unsigned)name_len;
    for (i = 0; i < name_len; i++)
        ses_sbuf_addc(&h->text, lower(line[i]));
    f->value = (unsigned)h->text.len;
    f->value_len = (unsigned)value_len;
    ses_sbuf_add(&h->text, value, value_len);
    return contradicts(h) ? -1 : 0;
}

static int take_line(struct ses_head *h, const char *line, size_t len)
{
    if (memchr(line, '\0', len))
        return -1;
    if (h->status == 0 || (h->complete && h->status < 200))
        return status_line(h, line, len);
    if (h->complete)
        return 0; /* a trailer */
    if (len == 0) {
        h->complete = 1;
        return 0;
    }
    return is_blank(*line) ? folded_line(h, line, len)
                           : field_line(h, line, len);
}

int ses_head_line(struct ses_head *h, const char *line, size_t len)
{
    if (h->fault)
        return -1;
    h->seen += len;
    if (h->seen > SES_FIELDS_BYTES) {
        h->fault = SES_HEAD_LARGE;
        return -1;
    }
    if (len && line[len - 1] == '\n')
        len--;
    if (len && line[len - 1] == '\r')
        len--;
    if (take_line(h, line, len) != 0 && !h->fault)
        h->fault = SES_HEAD_MALFORMED;
    if (h->text.error)
        h->fault = SES_HEAD_NOMEMORY;
    return h->fault ? -1 : 0;
}
