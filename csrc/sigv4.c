#include "sigv4.h"

#include "codec.h"
#include "signer.h"

#include <string.h>

enum { WORK_MAX = 1 << 20, PAIRS_MAX = 1024 };

/* Removes the last segment of a path that starts at floor. */
static void drop_segment(struct ses_sbuf *out, size_t floor)
{
    while (out->len > floor && out->data[out->len - 1] != '/')
        out->len--;
    if (out->len > floor)
        out->len--;
}

/* Appends the path encoded once more than it is sent, as every service but S3
 * wants it, without empty, "." and ".." segments unless they are to stay. */
static void canonical_path(struct ses_sbuf *out,
                           const struct ses_sigv4_request *r)
{
    const char *p = r->path.p, *end = p + r->path.n;
    size_t floor = out->len;

    if (r->keep_path) {
        if (p == end || *p != '/')
            ses_sbuf_addc(out, '/');
        ses_percent_add(out, p, r->path.n, '/');
        return;
    }
    while (p < end) {
        const char *segment = *p == '/' ? p + 1 : p;
        const char *stop = memchr(segment, '/', (size_t)(end - segment));
        size_t n;

        if (!stop)
            stop = end;
        n = (size_t)(stop - segment);
        if (n == 2 && segment[0] == '.' && segment[1] == '.') {
            drop_segment(out, floor);
        } else if (n && !(n == 1 && *segment == '.')) {
            ses_sbuf_addc(out, '/');
            ses_percent_add(out, segment, n, 0);
        }
        p = stop;
    }
    if (out->len == floor || (r->path.n > 1 && end[-1] == '/'))
        ses_sbuf_addc(out, '/');
}

/* A query parameter: two runs of the signer's text. */
struct pair {
    size_t name, name_len, value, value_len;
};

static int compare_pairs(const char *text, const struct pair *a,
                         const struct pair *b)
{
    int d =
        ses_compare(text + a->name, a->name_len, text + b->name, b->name_len);

    return d ? d
             : ses_compare(text + a->value, a->value_len, text + b->value,
                           b->value_len);
}

/* Appends a run of the query to the signer's text in canonical encoding,
 * whatever encoding it came in; returns its length. */
static size_t add_encoded(struct ses_sbuf *text, struct ses_sbuf *plain,
                          const char *run, size_t len)
{
    size_t start = text->len;

    ses_sbuf_reset(plain, WORK_MAX);
    ses_percent_decode(plain, run, len);
    if (plain->error)
        text->error = plain->error;
    else
        ses_percent_add(text, plain->data, plain->len, 0);
    return text->len - start;
}

/* Collects the parameters of a query; returns how many. */
static size_t collect_pairs(struct ses_signer *s, struct ses_str query)
{
    const char *p = query.p, *end = query.p + query.n;
    size_t count = 0;

    ses_sbuf_reset(&s->text, WORK_MAX);
    ses_sbuf_reset(&s->pairs, PAIRS_MAX * sizeof(struct pair));
    while (p < end) {
        const char *stop = memchr(p, '&', (size_t)(end - p));
        const char *equals;
        struct pair pair;

        if (!stop)
            stop = end;
        if (stop > p) {
            equals = memchr(p, '=', (size_t)(stop - p));
            pair.name = s->text.len;
            pair.name_len = add_encoded(&s->text, &s->plain, p,
                                        (size_t)((equals ? equals : stop) - p));
            pair.value = s->text.len;
            pair.value_len = equals
                                 ? add_encoded(&s->text, &s->plain, equals + 1,
                                               (size_t)(stop - equals - 1))
                                 : 0;
            ses_sbuf_add(&s->pairs, (const char *)&pair, sizeof pair);
            count++;
        }
        p = stop + 1;
    }
    return count;
}

static void canonical_query(struct ses_signer *s, struct ses_sbuf *out,
                            struct ses_str query)
{
    size_t i, j, n;
    struct pair *pairs;

    if (!query.n)
        return;
    n = collect_pairs(s, query);
    if (s->text.error || s->pairs.error) {
        out->error = s->text.error ? s->text.error : s->pairs.error;
        return;
    }
    pairs = (struct pair *)(void *)s->pairs.data;
    for (i = 1; i < n; i++) {
        struct pair p = pairs[i];

        for (j = i; j && compare_pairs(s->text.data, &p, &pairs[j - 1]) < 0;
             j--)
            pairs[j] = pairs[j - 1];
        pairs[j] = p;
    }
    for (i = 0; i < n; i++) {
        if (i)
            ses_sbuf_addc(out, '&');
        ses_sbuf_add(out, s->text.data + pairs[i].name, pairs[i].name_len);
        ses_sbuf_addc(out, '=');
        ses_sbuf_add(out, s->text.data + pairs[i].value, pairs[i].value_len);
    }
}

static int is_blank(char c)
{
    /* Nearly every byte ends at the first comparison. */
    return c <= ' ' && (c == ' ' || c == '\t' || c == '\r' || c == '\n');
}

/* Appends a header value without leading and trailing blanks, every run of
 * blanks inside as one space. */
static void add_folded(struct ses_sbuf *out, struct ses_str value)
{
    char *start = ses_sbuf_room(out, value.n), *to = start;
    int blank = 1;
    size_t i;

    if (!start)
        return;
    for (i = 0; i < value.n; i++) {
        if (!is_blank(value.p[i])) {
            *to++ = value.p[i];
            blank = 0;
        } else if (!blank) {
            *to++ = ' ';
            blank = 1;
        }
    }
    if (blank && to > start)
        to--;
    out->len += (size_t)(to - start);
}

static void add_lower(struct ses_sbuf *out, struct ses_str s)
{
    char *p = ses_sbuf_room(out, s.n);
    size_t i;

    if (!p)
        return;
    for (i = 0; i < s.n; i++)
        p[i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] + 32 : s.p[i]);
    out->len += s.n;
}

static int compare_names(const struct ses_header *a, const struct ses_header *b)
{
    return ses_casecmp(a->name.p, a->name.n, b->name.p, b->name.n);
}

void ses_sigv4_sort_headers(struct ses_header *headers, size_t n)
{
    size_t i, j;

    for (i = 1; i < n; i++) {
        struct ses_header h = headers[i];

        for (j = i; j && compare_names(&h, &headers[j - 1]) < 0; j--)
            headers[j] = headers[j - 1];
        headers[j] = h;
    }
}

/* Appends the headers, which are sorted, and collects their names, separated
 * by semicolons, in the signer's text. */
static void canonical_headers(struct ses_signer *s, struct ses_sbuf *out,
                              const struct ses_sigv4_request *r)
{
    const struct ses_header *h = r->headers, *end = h + r->nheaders;

    ses_sbuf_reset(&s->text, WORK_MAX);
    for (; h < end; h++) {
        if (h > r->headers && compare_names(h, h - 1) == 0) {
            ses_sbuf_addc(out, ',');
        } else {
            size_t name;

            if (h > r->headers) {
                ses_sbuf_addc(out, '\n');
                ses_sbuf_addc(&s->text, ';');
            }
            name = out->len;
            add_lower(out, h->name);
            ses_sbuf_add(&s->text, out->data + name, out->len - name);
            ses_sbuf_addc(out, ':');
        }
        add_folded(out, h->value);
    }
    ses_sbuf_add(out, "\n\n", r->nheaders ? 2 : 1);
    if (s->text.error)
        out->error = s->text.error;
}

int ses_sigv4_canonical(struct ses_signer *s, struct ses_sbuf *out,
                        const struct ses_sigv4_request *r, size_t *names,
                        size_t *names_len)
{
    ses_sbuf_add(out, r->method.p, r->method.n);
    ses_sbuf_addc(out, '\n');
    canonical_path(out, r);
    ses_sbuf_addc(out, '\n');
    canonical_query(s, out, r->query);
    ses_sbuf_addc(out, '\n');
    ses_sigv4_sort_headers(r->headers, r->nheaders);
    canonical_headers(s, out, r);
    *names = out->len;
    *names_len = s->text.len;
    ses_sbuf_add(out, s->text.data, s->text.len);
    ses_sbuf_addc(out, '\n');
    ses_sbuf_add(out, r->payload_hash.p, r->payload_hash.n);
    return out->error ? -1 : 0;
}

const char *ses_sigv4_name(const struct ses_sigv4_key *key)
{
    return key->algorithm == SES_SIGV4 ? SES_SIGV4_NAME : SES_SIGV4A_NAME;
}

void ses_sigv4_scope(struct ses_sbuf *out, const struct ses_sigv4_key *key)
{
    ses_sbuf_add(out, key->date, 8);
    ses_sbuf_addc(out, '/');
    if (key->algorithm == SES_SIGV4) {
        ses_sbuf_add(out, key->region.p, key->region.n);
        ses_sbuf_addc(out, '/');
    }
    ses_sbuf_add(out, key->service.p, key->service.n);
    ses_sbuf_adds(out, "/aws4_request");
}

int ses_sigv4_string(struct ses_signer *s, struct ses_sbuf *out,
                     const char *time, const struct ses_sigv4_key *key,
                     const char *canonical, size_t len)
{
    char hash[SES_SIGNATURE_LEN];

    if (ses_signer_hash(s, canonical, len, hash) != 0)
        return -1;
    ses_sbuf_adds(out, ses_sigv4_name(key));
    ses_sbuf_addc(out, '\n');
    ses_sbuf_add(out, time, SES_BASIC_LEN);
    ses_sbuf_addc(out, '\n');
    ses_sigv4_scope(out, key);
    ses_sbuf_addc(out, '\n');
    ses_sbuf_add(out, hash, sizeof hash);
    return out->error ? -1 : 0;
}
