/* Expat with handlers that do nothing but count. */
#include "bench.h"

#include <expat.h>

static void XMLCALL on_start(void *user, const XML_Char *name,
                             const XML_Char **attributes)
{
    long *elements = user;

    (void)name;
    (void)attributes;
    ++*elements;
}

static void XMLCALL on_end(void *user, const XML_Char *name)
{
    (void)user;
    (void)name;
}

static void XMLCALL on_text(void *user, const XML_Char *text, int len)
{
    (void)user;
    (void)text;
    (void)len;
}

long bench_expat(const char *xml, size_t len, int reset, unsigned long n)
{
    XML_Parser parser = XML_ParserCreate(NULL);
    long elements = 0;

    while (parser && n--) {
        elements = 0;
        XML_SetUserData(parser, &elements);
        XML_SetElementHandler(parser, on_start, on_end);
        XML_SetCharacterDataHandler(parser, on_text);
        if (XML_Parse(parser, xml, (int)len, 1) != XML_STATUS_OK) {
            XML_ParserFree(parser);
            return -1;
        }
        if (reset) {
            XML_ParserReset(parser, NULL);
        } else {
            XML_ParserFree(parser);
            parser = n ? XML_ParserCreate(NULL) : NULL;
        }
    }
    if (parser)
        XML_ParserFree(parser);
    return elements;
}
