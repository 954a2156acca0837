#include "easy.h"

#include "process.h"

#include <pthread.h>
#include <string.h>

enum { ONE_PIECE_BYTES = 16 * 1024 };

/* CURLOPT_ERRORBUFFER takes no length. */
typedef char detail_is_large_enough
    [sizeof((struct ses_transfer *)0)->detail >= CURL_ERROR_SIZE ? 1 : -1];

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int started; /* of libcurl, in this process */
static int pinned;  /* lua_close does not unload us, and libcurl with us */

static void start(void)
{
    started = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    pinned = ses_pin_module();
    if (pinned)
        ses_process_watch_forks();
}

int ses_easy_start_globally(void)
{
    return pthread_once(&once, start) == 0 && started ? 0 : -1;
}

/* What libcurl calls. */

/* Runs whenever a connection is ready and the request about to be written.
 * The second time libcurl would repeat it: a kept connection that ends without
 * a byte of an answer makes it do that, and nothing else stops it where there
 * is no body to rewind. */
static int on_request(void *data, char *primary_ip, char *local_ip,
                      int primary_port, int local_port)
{
    struct ses_easy *e = data;

    (void)primary_ip;
    (void)local_ip;
    (void)primary_port;
    if (e->transfer.issued) {
        e->transfer.repeated = 1;
        return CURL_PREREQFUNC_ABORT;
    }
    e->transfer.issued = 1;
    e->port = local_port;
    if (!ses_sockets_use(e->sockets, local_port, e)) {
        e->unplaced = 1;
        e->sockets->unsure++;
    }
    return CURL_PREREQFUNC_OK;
}

static curl_socket_t on_open(void *data, curlsocktype purpose,
                             struct curl_sockaddr *address)
{
    struct ses_easy *e = data;

    (void)purpose;
    if (e->transfer.issued) { /* a connection to repeat the request on */
        e->transfer.repeated = 1;
        return CURL_SOCKET_BAD;
    }
    e->transfer.connecting = 1;
    return ses_sockets_open(e->sockets, address->family, address->socktype,
                            address->protocol, e);
}

static int on_close(void *data, curl_socket_t fd)
{
    struct ses_sockets *sockets = data;

    return ses_sockets_close(sockets, fd);
}

static size_t on_read(char *to, size_t size, size_t count, void *data)
{
    struct ses_easy *e = data;

    return ses_transfer_read(&e->transfer, to, size * count);
}

static size_t on_write(char *from, size_t size, size_t count, void *data)
{
    struct ses_easy *e = data;

    return ses_transfer_write(&e->transfer, from, size * count) == 0
               ? size * count
               : 0;
}

static size_t on_header(char *line, size_t size, size_t count, void *data)
{
    struct ses_easy *e = data;

    return ses_head_line(&e->transfer.head, line, size * count) == 0
               ? size * count
               : 0;
}

/* All that libcurl counts; of the head of a response that is whole lines. */
static curl_off_t bytes_moved(struct ses_easy *e)
{
    curl_off_t up = 0, down = 0;
    long request = 0, head = 0;

    curl_easy_getinfo(e->curl, CURLINFO_REQUEST_SIZE, &request);
    curl_easy_getinfo(e->curl, CURLINFO_SIZE_UPLOAD_T, &up);
    curl_easy_getinfo(e->curl, CURLINFO_HEADER_SIZE, &head);
    curl_easy_getinfo(e->curl, CURLINFO_SIZE_DOWNLOAD_T, &down);
    return request + up + head + down;
}

long long ses_easy_patience(struct ses_easy *e, long long now)
{
    return ses_transfer_patience(&e->transfer, bytes_moved(e), now);
}

/* How a transfer ended. */

/* Before its request was let out. */
static enum ses_end end_of_connecting(struct ses_easy *e, CURLcode rc)
{
    const struct ses_circumstances *c = &e->transfer.circumstances;
    long verified = 0;

    switch (rc) {
    case CURLE_OPERATION_TIMEDOUT:
        return !c->timeout_ms || c->connect_ms < c->timeout_ms
                   ? SES_END_CONNECT_TIMEOUT
                   : SES_END_TIMEOUT;
    case CURLE_COULDNT_RESOLVE_HOST:
        return SES_END_NO_HOST;
    case CURLE_COULDNT_RESOLVE_PROXY:
        return SES_END_NO_PROXY_HOST;
    case CURLE_PEER_FAILED_VERIFICATION:
        curl_easy_getinfo(e->curl, CURLINFO_SSL_VERIFYRESULT, &verified);
        /* OpenSSL's DEPTH_ZERO_SELF_SIGNED_CERT and the next three. */
        return verified >= 18 && verified <= 21 ? SES_END_UNTRUSTED
                                                : SES_END_INVALID_CERTIFICATE;
    case CURLE_SSL_CACERT_BADFILE:
        return SES_END_BAD_CA_BUNDLE;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CIPHER:
        return SES_END_NO_TLS;
    case CURLE_PROXY:
        return SES_END_PROXY_REFUSED;
    default:
        return c->proxy_status >= 300 ? SES_END_PROXY_REFUSED
                                      : SES_END_NO_CONNECTION;
    }
}

/* After that. */
static enum ses_end end_of_exchange(struct ses_easy *e, CURLcode rc)
{
    if (e->transfer.repeated)
        return SES_END_NO_ANSWER;
    switch (rc) {
    case CURLE_OPERATION_TIMEDOUT:
        return e->transfer.silent ? SES_END_SILENCE : SES_END_TIMEOUT;
    case CURLE_GOT_NOTHING:
    case CURLE_COULDNT_RESOLVE_HOST: /* in order to repeat it */
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_SEND_FAIL_REWIND:
        return SES_END_NO_ANSWER;
    case CURLE_PARTIAL_FILE:
        return SES_END_CUT_SHORT;
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL: /* HTTP/0.9 */
    case CURLE_BAD_CONTENT_ENCODING:
        return SES_END_NOT_HTTP;
    default:
        return SES_END_BROKEN;
    }
}

static enum ses_end end_of(struct ses_easy *e, CURLcode rc)
{
    if ((int)rc == 100) /* CURLE_TOO_LARGE of libcurl 8.6 and later */
        return SES_END_LONG_HEAD;
    switch (rc) {
    case CURLE_OK:
        return SES_END_WELL;
    case CURLE_OUT_OF_MEMORY:
        return SES_END_NO_MEMORY;
    case CURLE_FILESIZE_EXCEEDED:
        return SES_END_LONG_BODY;
    default:
        return e->transfer.issued ? end_of_exchange(e, rc)
                                  : end_of_connecting(e, rc);
    }
}

/* Its connection is idle again, or closed. */
static void leave_connection(struct ses_easy *e, CURLcode rc)
{
    curl_socket_t fd = CURL_SOCKET_BAD;

    ses_sockets_leave(e->sockets, e);
    if (e->unplaced)
        e->sockets->unsure--;
    e->unplaced = 0;
    /* Now libcurl says for certain which connection it used; where it named
     * another one before, it cannot be relied on for that. */
    if (rc == CURLE_OK &&
        curl_easy_getinfo(e->curl, CURLINFO_ACTIVESOCKET, &fd) == CURLE_OK &&
        ses_sockets_contradict(e->sockets, fd, e->port))
        e->sockets->unsure++;
}

/* Whether libcurl gets the body as a whole and writes it together with the
 * head, which saves a packet.  It could repeat such a request; on_request does
 * not let it. */
static int is_one_piece(size_t body_len)
{
    return body_len > 0 && body_len <= ONE_PIECE_BYTES;
}

/* Of a body that went with the head libcurl asks for no part; all of it counts
 * as read unless not a byte of the request was written. */
static void count_piece(struct ses_easy *e)
{
    struct ses_transfer *t = &e->transfer;
    long written = 1;

    if (!t->issued || !is_one_piece(t->body_len))
        return;
    curl_easy_getinfo(e->curl, CURLINFO_REQUEST_SIZE, &written);
    if (written > 0 || t->repeated)
        t->body_read = t->body_len;
}

void ses_easy_finish(struct ses_easy *e, CURLcode rc)
{
    struct ses_circumstances *c = &e->transfer.circumstances;
    long error = 0;

    leave_connection(e, rc);
    if (rc != CURLE_OK)
        count_piece(e);
    if (rc != CURLE_OK) {
        curl_easy_getinfo(e->curl, CURLINFO_OS_ERRNO, &error);
        curl_easy_getinfo(e->curl, CURLINFO_HTTP_CONNECTCODE, &c->proxy_status);
        c->error = (int)error;
    }
    ses_transfer_finish(&e->transfer, end_of(e, rc));
}

/* Setting up. */

#define SET(option, value)                                                     \
    do {                                                                       \
        if (rc == CURLE_OK)                                                    \
            rc = curl_easy_setopt(e->curl, option, value);                     \
    } while (0)

static CURLcode set_behaviour(struct ses_easy *e)
{
    CURLcode rc = CURLE_OK;

    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_HTTP09_ALLOWED, 0L);
    SET(CURLOPT_PATH_AS_IS, 1L);
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_TCP_KEEPALIVE, 1L);
#if LIBCURL_VERSION_NUM >= 0x075500
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
#else
    SET(CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
#if LIBCURL_VERSION_NUM >= 0x075700
    if (pinned) /* do not wait for a name that is still being resolved */
        SET(CURLOPT_QUICK_EXIT, 1L);
#endif
    return rc;
}

static CURLcode set_callbacks(struct ses_easy *e)
{
    CURLcode rc = CURLE_OK;

    SET(CURLOPT_PRIVATE, e);
    SET(CURLOPT_ERRORBUFFER, e->transfer.detail);
    SET(CURLOPT_PREREQFUNCTION, on_request);
    SET(CURLOPT_PREREQDATA, e);
    SET(CURLOPT_OPENSOCKETFUNCTION, on_open);
    SET(CURLOPT_OPENSOCKETDATA, e);
    SET(CURLOPT_CLOSESOCKETFUNCTION, on_close);
    SET(CURLOPT_CLOSESOCKETDATA, e->sockets); /* connections outlive e */
    /* With no CURLOPT_SEEKFUNCTION libcurl cannot rewind the body either. */
    SET(CURLOPT_READFUNCTION, on_read);
    SET(CURLOPT_READDATA, e);
    SET(CURLOPT_WRITEFUNCTION, on_write);
    SET(CURLOPT_WRITEDATA, e);
    SET(CURLOPT_HEADERFUNCTION, on_header);
    SET(CURLOPT_HEADERDATA, e);
    return rc;
}

static CURLcode set_peer(struct ses_easy *e,
                         const struct ses_settings *settings)
{
    CURLcode rc = CURLE_OK;
    long verify = settings->verify ? 1 : 0;

    SET(CURLOPT_SSL_VERIFYPEER, verify);
    SET(CURLOPT_SSL_VERIFYHOST, 2 * verify);
    SET(CURLOPT_PROXY_SSL_VERIFYPEER, verify);
    SET(CURLOPT_PROXY_SSL_VERIFYHOST, 2 * verify);
    if (settings->ca_bundle) { /* and nothing else is trusted */
        SET(CURLOPT_CAINFO, settings->ca_bundle);
        SET(CURLOPT_CAPATH, NULL);
        SET(CURLOPT_PROXY_CAINFO, settings->ca_bundle);
        SET(CURLOPT_PROXY_CAPATH, NULL);
    }
    /* Empty, not null: otherwise the environment has a say. */
    SET(CURLOPT_PROXY, e->transfer.proxied ? settings->proxy : "");
    SET(CURLOPT_NOPROXY, "");
    SET(CURLOPT_CONNECTTIMEOUT_MS, settings->connect_ms);
    if (settings->max_response_bytes)
        SET(CURLOPT_MAXFILESIZE_LARGE,
            (curl_off_t)settings->max_response_bytes);
    return rc;
}

/* Sets the handle up for these settings, if it is not already. */
static CURLcode set_up(struct ses_easy *e, const struct ses_settings *settings)
{
    CURLcode rc;

    if (e->settings_id == settings->id && e->proxied == e->transfer.proxied)
        return CURLE_OK;
    e->settings_id = 0;
    curl_easy_reset(e->curl);
    rc = set_behaviour(e);
    if (rc == CURLE_OK)
        rc = set_callbacks(e);
    if (rc == CURLE_OK)
        rc = set_peer(e, settings);
    if (rc == CURLE_OK) {
        e->settings_id = settings->id;
        e->proxied = e->transfer.proxied;
    }
    return rc;
}

/* Links the header lines, and those that keep libcurl from adding its own. */
static struct curl_slist *link_headers(struct ses_easy *e)
{
    static char no_expect[] = "Expect:";
    static char no_accept[] = "Accept:";
    static char no_content_type[] = "Content-Type:";
    const struct ses_lines *lines = &e->transfer.lines;
    int n = 0;
    int i;

    for (i = 0; i < lines->count; i++)
        e->list[n++].data = lines->text.data + lines->start[i];
    if (e->transfer.body_len > ONE_PIECE_BYTES)
        e->list[n++].data = no_expect;
    if (!(lines->has & SES_HAS_ACCEPT))
        e->list[n++].data = no_accept;
    if (!(lines->has & SES_HAS_CONTENT_TYPE))
        e->list[n++].data = no_content_type;
    for (i = 0; i < n; i++)
        e->list[i].next = i + 1 < n ? &e->list[i + 1] : NULL;
    return e->list;
}

static CURLcode set_request(struct ses_easy *e, const struct ses_request *r)
{
    CURLcode rc = CURLE_OK;
    int has_length = r->body_len || strcmp(r->method, "POST") == 0 ||
                     strcmp(r->method, "PUT") == 0 ||
                     strcmp(r->method, "PATCH") == 0;

    SET(CURLOPT_URL, r->url);
    if (strcmp(r->method, "HEAD") == 0)
        SET(CURLOPT_NOBODY, 1L);
    else if (has_length) {
        SET(CURLOPT_POSTFIELDS, is_one_piece(r->body_len) ? r->body : NULL);
        SET(CURLOPT_POST, 1L);
    } else
        SET(CURLOPT_HTTPGET, 1L);
    SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body_len);
    SET(CURLOPT_CUSTOMREQUEST, r->method);
    SET(CURLOPT_HTTPHEADER, link_headers(e));
    SET(CURLOPT_TIMEOUT_MS, r->timeout_ms);
    return rc;
}

CURLcode ses_easy_configure(struct ses_easy *e,
                            const struct ses_settings *settings,
                            const struct ses_request *request)
{
    CURLcode rc = CURLE_OUT_OF_MEMORY;

    e->port = e->unplaced = 0;
    if (e->transfer.lines.text.error == SES_SBUF_OK)
        rc = set_up(e, settings);
    if (rc == CURLE_OK)
        rc = set_request(e, request);
    return rc;
}
