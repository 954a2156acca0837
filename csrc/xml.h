/*
 * XML into a bounded arena of nodes; the only file that knows expat.
 *
 * Namespaces, attributes, comments and processing instructions are dropped:
 * AWS's query protocol carries nothing in them.  Document type declarations
 * are refused, and with them every entity but the five of XML itself.
 */
#ifndef SES_XML_H
#define SES_XML_H

#include "sbuf.h"

#pragma GCC visibility push(hidden)

enum { SES_XML_DEPTH_MAX = 64, SES_XML_NODES_MAX = 500000 };

/* Offsets are into the arena's text; node 0 is the root, and 0 also stands
 * for "no such node" where a child or a sibling is meant. */
struct ses_xml_node {
    size_t name, name_len; /* without its namespace prefix */
    size_t text, text_len; /* its character data, if it has no children */
    unsigned first, last, next;
};

struct XML_ParserStruct;

/* A zeroed struct is an empty arena. */
struct ses_xml {
    struct XML_ParserStruct *parser; /* kept from one document to the next */
    unsigned long salt;              /* of its hash tables; 0: not yet drawn */
    struct ses_sbuf text;
    struct ses_sbuf nodes;
    unsigned count;
    unsigned open[SES_XML_DEPTH_MAX];
    int depth;
    const char *error; /* why the last document was refused; static text */
    size_t offset;     /* where, in bytes */
    int no_memory;
};

/* Reads a whole document; 0, or -1 with error and offset set (or no_memory).
 * What an earlier call read is gone. */
int ses_xml_parse(struct ses_xml *x, const char *data, size_t len);

const struct ses_xml_node *ses_xml_at(const struct ses_xml *x, unsigned node);
const char *ses_xml_name(const struct ses_xml *x, const struct ses_xml_node *n);
const char *ses_xml_text(const struct ses_xml *x, const struct ses_xml_node *n);

/* Whether a node has that name. */
int ses_xml_is(const struct ses_xml *x, const struct ses_xml_node *n,
               const char *name);

/* The first child of that name, or null. */
const struct ses_xml_node *ses_xml_child(const struct ses_xml *x,
                                         const struct ses_xml_node *n,
                                         const char *name);

/* Gives back what a large document needed; no node is read after it. */
void ses_xml_trim(struct ses_xml *x);

/* Frees everything; x is again an empty arena.  Idempotent. */
void ses_xml_free(struct ses_xml *x);

#pragma GCC visibility pop

#endif
