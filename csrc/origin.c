#include "origin.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int is_alnum(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Whether all of [s, s + len) is alphanumeric or in more. */
static int consists_of(const char *s, size_t len, const char *more)
{
    size_t i;

    for (i = 0; i < len; i++)
        if (!is_alnum(s[i]) && !strchr(more, s[i]))
            return 0;
    return len > 0;
}

static const char *check_bytes(const char *url, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++) {
        unsigned char c = (unsigned char)url[i];

        if (c <= 0x20 || c >= 0x7f)
            return "the URL has a byte that must be percent-encoded";
        if (c == '#')
            return "the URL has a fragment";
        if (c == '\\')
            return "the URL has a backslash";
    }
    return NULL;
}

static const char *read_port(struct ses_origin *o, const char *s, size_t len)
{
    unsigned long port = 0;
    size_t i;

    for (i = 0; i < len && i < 6; i++) {
        if (!is_digit(s[i]))
            return "the URL's port is not a number";
        port = port * 10 + (unsigned long)(s[i] - '0');
    }
    if (port < 1 || port > 65535)
        return "the URL's port is not between 1 and 65535";
    snprintf(o->port, sizeof o->port, "%lu", port);
    return NULL;
}

static const char *read_host(struct ses_origin *o, const char *s, size_t len)
{
    if (len > SES_HOST_BYTES)
        return "the URL's host is longer than 255 bytes";
    memcpy(o->host, s, len);
    o->host[len] = '\0';
    return NULL;
}

/* authority = host [ ":" port ]; a user is refused, because libcurl would
 * make an Authorization of it. */
static const char *read_authority(struct ses_origin *o, const char *s,
                                  size_t len)
{
    const char *end = s + len;
    const char *colon;
    const char *why;
    int bracketed = len && *s == '[';

    if (memchr(s, '@', len))
        return "the URL has a user or password before its host";
    if (bracketed) {
        const char *close = memchr(s, ']', len);

        if (!close || !consists_of(s + 1, (size_t)(close - s - 1), ":.%-_~"))
            return "the URL's host is not an IPv6 address in brackets";
        why = read_host(o, s + 1, (size_t)(close - s - 1));
        colon = close + 1;
    } else {
        colon = memchr(s, ':', len);
        if (!colon)
            colon = end;
        if (!consists_of(s, (size_t)(colon - s), ".-_~"))
            return "the URL's host is empty or has a character that is not "
                   "allowed there";
        why = read_host(o, s, (size_t)(colon - s));
    }
    if (!why && colon < end && *colon != ':')
        why = "the URL's port does not follow its host";
    if (!why && colon < end)
        why = read_port(o, colon + 1, (size_t)(end - colon - 1));
    if (!why)
        snprintf(o->shown, sizeof o->shown, bracketed ? "[%s]:%s" : "%s:%s",
                 o->host, o->port);
    return why;
}

enum ses_origin_fault ses_origin_read(struct ses_origin *o, const char *url,
                                      size_t len, const char **why)
{
    size_t scheme;
    size_t authority;

    if (len >= 8 && strncasecmp(url, "https://", 8) == 0)
        scheme = 8;
    else if (len >= 7 && strncasecmp(url, "http://", 7) == 0)
        scheme = 7;
    else
        return SES_ORIGIN_SCHEME;
    o->secure = scheme == 8;
    memcpy(o->port, o->secure ? "443" : "80", o->secure ? 4 : 3);
    *why = check_bytes(url, len);
    if (*why)
        return SES_ORIGIN_BAD;
    url += scheme;
    len -= scheme;
    for (authority = 0; authority < len; authority++)
        if (url[authority] == '/' || url[authority] == '?')
            break;
    *why = read_authority(o, url, authority);
    return *why ? SES_ORIGIN_BAD : SES_ORIGIN_OK;
}

static int is_local_v4(unsigned long a)
{
    return a >> 24 == 127 || a >> 24 == 0 || /* 0.0.0.0 connects to here */
           a == 0xa9fea9feUL ||              /* 169.254.169.254 */
           a == 0xa9feaa02UL || a == 0xa9feaa17UL; /* 169.254.170.2, .23 */
}

static unsigned long read_v4(const unsigned char *p)
{
    return (unsigned long)p[0] << 24 | (unsigned long)p[1] << 16 |
           (unsigned long)p[2] << 8 | p[3];
}

static int is_local_v6(const unsigned char *p)
{
    static const unsigned char mapped[12] = {0, 0, 0, 0, 0,    0,
                                             0, 0, 0, 0, 0xff, 0xff};
    static const unsigned char zeros[15] = {0};
    static const unsigned char metadata[14] = {0xfd, 0x00, 0x0e, 0xc2};
    unsigned last = (unsigned)p[14] << 8 | p[15];

    if (memcmp(p, mapped, sizeof mapped) == 0)
        return is_local_v4(read_v4(p + 12));
    if (memcmp(p, zeros, sizeof zeros) == 0 && p[15] <= 1) /* :: and ::1 */
        return 1;
    /* fd00:ec2::254 and fd00:ec2::23 */
    return memcmp(p, metadata, sizeof metadata) == 0 &&
           (last == 0x254 || last == 0x23);
}

/* The name without its zone and the dot of a fully qualified one. */
static size_t name_length(const char *host)
{
    size_t len = strcspn(host, "%");

    return len && host[len - 1] == '.' ? len - 1 : len;
}

int ses_origin_is_local(const char *host)
{
    char name[SES_HOST_BYTES + 1];
    size_t len = name_length(host);
    struct addrinfo hints = {0};
    struct addrinfo *found;
    int local = 0;

    memcpy(name, host, len);
    name[len] = '\0';
    if (strcasecmp(name, "localhost") == 0 ||
        (len > 10 && strcasecmp(name + len - 10, ".localhost") == 0))
        return 1;
    hints.ai_flags = AI_NUMERICHOST;
    hints.ai_socktype = SOCK_STREAM;
    /* Reads every form that libcurl reads as an address: 127.1, 0x7f000001. */
    if (getaddrinfo(name, NULL, &hints, &found) != 0)
        return 0;
    if (found->ai_family == AF_INET) {
        struct sockaddr_in a;

        memcpy(&a, found->ai_addr, sizeof a);
        local = is_local_v4(ntohl(a.sin_addr.s_addr));
    } else if (found->ai_family == AF_INET6) {
        struct sockaddr_in6 a;

        memcpy(&a, found->ai_addr, sizeof a);
        local = is_local_v6(a.sin6_addr.s6_addr);
    }
    freeaddrinfo(found);
    return local;
}

static int is_proxy_scheme(const char *s, size_t len)
{
    static const char *const known[] = {"http",    "https",  "socks4",
                                        "socks4a", "socks5", "socks5h"};
    size_t i;

    for (i = 0; i < sizeof known / sizeof *known; i++)
        if (strlen(known[i]) == len && strncasecmp(known[i], s, len) == 0)
            return 1;
    return 0;
}

const char *ses_origin_read_proxy(char shown[SES_SHOWN_BYTES], const char *url)
{
    const char *authority = strstr(url, "://");
    const char *at;
    size_t len;

    shown[0] = '\0';
    if (authority && !is_proxy_scheme(url, (size_t)(authority - url)))
        return "the proxy is not an http, https, socks4, socks4a, socks5 or "
               "socks5h URL";
    authority = authority ? authority + 3 : url;
    /* A password may hold any byte: what follows the last @ is safe. */
    at = strrchr(authority, '@');
    if (at)
        authority = at + 1;
    len = strcspn(authority, "/?#");
    if (len == 0 || len >= SES_SHOWN_BYTES)
        return "the proxy's URL has no host, or a long one";
    memcpy(shown, authority, len);
    shown[len] = '\0';
    return NULL;
}
