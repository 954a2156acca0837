#include "xml.h"

#include "crypto.h"

#include <expat.h>
#include <string.h>

/* What has read more keeps more memory than it is worth. */
enum { KEEP = 1 << 20 };

static struct ses_xml_node *nodes(const struct ses_xml *x)
{
    return (struct ses_xml_node *)(void *)x->nodes.data;
}

static void refuse(struct ses_xml *x, const char *why)
{
    if (!x->error) {
        x->error = why;
        x->offset = (size_t)XML_GetCurrentByteIndex(x->parser);
    }
    XML_StopParser(x->parser, XML_FALSE);
}

/* Notes a buffer's sticky error, if it has one. */
static int failed(struct ses_xml *x)
{
    if (x->text.error == SES_SBUF_NOMEMORY ||
        x->nodes.error == SES_SBUF_NOMEMORY) {
        x->no_memory = 1;
        XML_StopParser(x->parser, XML_FALSE);
        return 1;
    }
    if (x->text.error || x->nodes.error) {
        refuse(x, "too many elements");
        return 1;
    }
    return 0;
}

static void XMLCALL on_start(void *user, const XML_Char *name,
                             const XML_Char **attributes)
{
    struct ses_xml *x = user;
    struct ses_xml_node node;
    const char *colon = strchr(name, ':');

    (void)attributes;
    if (x->depth == SES_XML_DEPTH_MAX) {
        refuse(x, "elements nested too deeply");
        return;
    }
    memset(&node, 0, sizeof node);
    if (colon)
        name = colon + 1;
    node.name = x->text.len;
    node.name_len = strlen(name);
    ses_sbuf_add(&x->text, name, node.name_len);
    node.text = x->text.len;
    ses_sbuf_add(&x->nodes, (const char *)&node, sizeof node);
    if (failed(x))
        return;
    if (x->depth) {
        struct ses_xml_node *parent = &nodes(x)[x->open[x->depth - 1]];

        if (parent->first)
            nodes(x)[parent->last].next = x->count;
        else
            parent->first = x->count;
        parent->last = x->count;
    }
    x->open[x->depth++] = x->count++;
}

static void XMLCALL on_end(void *user, const XML_Char *name)
{
    struct ses_xml *x = user;
    struct ses_xml_node *node;

    (void)name;
    if (x->error || x->no_memory)
        return;
    node = &nodes(x)[x->open[--x->depth]];
    node->text_len = x->text.len - node->text;
}

static void XMLCALL on_text(void *user, const XML_Char *text, int len)
{
    struct ses_xml *x = user;

    if (x->error || x->no_memory)
        return;
    ses_sbuf_add(&x->text, text, (size_t)len);
    failed(x);
}

static void XMLCALL on_doctype(void *user, const XML_Char *name,
                               const XML_Char *system, const XML_Char *public,
                               int has_internal)
{
    (void)name;
    (void)system;
    (void)public;
    (void)has_internal;
    refuse(user, "a document type declaration is not allowed");
}

static int prepare(struct ses_xml *x)
{
    if (x->parser ? !XML_ParserReset(x->parser, NULL)
                  : !(x->parser = XML_ParserCreate(NULL)))
        return -1;
    /* One for all documents: expat would ask the system for one each, which
     * takes a fifth of the time that a short document does.  Where there is
     * none it still does. */
    if (!x->salt && ses_random(&x->salt, sizeof x->salt) != 0)
        x->salt = 0;
    XML_SetHashSalt(x->parser, x->salt);
    XML_SetUserData(x->parser, x);
    XML_SetElementHandler(x->parser, on_start, on_end);
    XML_SetCharacterDataHandler(x->parser, on_text);
    XML_SetStartDoctypeDeclHandler(x->parser, on_doctype);
    return 0;
}

int ses_xml_parse(struct ses_xml *x, const char *data, size_t len)
{
    enum XML_Status status = XML_STATUS_OK;
    size_t done = 0;

    x->count = 0;
    x->depth = 0;
    x->error = NULL;
    x->offset = 0;
    x->no_memory = 0;
    /* A byte of Latin-1 is at most two of UTF-8, and so is half of a unit of
     * UTF-16. */
    ses_sbuf_reset(&x->text, 2 * len + 1);
    ses_sbuf_reset(&x->nodes, SES_XML_NODES_MAX * sizeof(struct ses_xml_node));
    if (prepare(x) != 0) {
        x->no_memory = 1;
        return -1;
    }
    do { /* XML_Parse takes an int */
        size_t n = len - done < (1u << 30) ? len - done : 1u << 30;

        status = XML_Parse(x->parser, data + done, (int)n, done + n == len);
        done += n;
    } while (status == XML_STATUS_OK && done < len);
    if (status != XML_STATUS_OK && !x->no_memory) {
        enum XML_Error code = XML_GetErrorCode(x->parser);

        if (code == XML_ERROR_NO_MEMORY)
            x->no_memory = 1;
        else if (!x->error) {
            x->error = XML_ErrorString(code);
            x->offset = (size_t)XML_GetCurrentByteIndex(x->parser);
        }
    }
    if (len > KEEP || x->no_memory) {
        XML_ParserFree(x->parser);
        x->parser = NULL;
    }
    return x->error || x->no_memory ? -1 : 0;
}

const struct ses_xml_node *ses_xml_at(const struct ses_xml *x, unsigned node)
{
    return &nodes(x)[node];
}

const char *ses_xml_name(const struct ses_xml *x, const struct ses_xml_node *n)
{
    return x->text.data + n->name;
}

const char *ses_xml_text(const struct ses_xml *x, const struct ses_xml_node *n)
{
    return x->text.data + n->text;
}

int ses_xml_is(const struct ses_xml *x, const struct ses_xml_node *n,
               const char *name)
{
    return strlen(name) == n->name_len &&
           memcmp(ses_xml_name(x, n), name, n->name_len) == 0;
}

const struct ses_xml_node *ses_xml_child(const struct ses_xml *x,
                                         const struct ses_xml_node *n,
                                         const char *name)
{
    unsigned i;

    for (i = n->first; i; i = nodes(x)[i].next) {
        if (ses_xml_is(x, &nodes(x)[i], name))
            return &nodes(x)[i];
    }
    return NULL;
}

void ses_xml_trim(struct ses_xml *x)
{
    if (x->text.size + x->nodes.size > KEEP) {
        ses_sbuf_free(&x->text);
        ses_sbuf_free(&x->nodes);
    }
}

void ses_xml_free(struct ses_xml *x)
{
    if (x->parser)
        XML_ParserFree(x->parser);
    ses_sbuf_free(&x->text);
    ses_sbuf_free(&x->nodes);
    memset(x, 0, sizeof *x);
}
