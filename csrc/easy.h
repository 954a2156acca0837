/*
 * A transfer on an easy handle of libcurl: how the handle is set up, what
 * libcurl calls, how it ends.  Only easy.c and pool.h include this file, the
 * only one that includes curl.
 */
#ifndef SES_EASY_H
#define SES_EASY_H

#include "sockets.h"
#include "transfer.h"

#include <curl/curl.h>

#if defined(LIBCURL_VERSION_NUM) && LIBCURL_VERSION_NUM < 0x075000
#error "lua-ses needs libcurl 7.80.0 or later: CURLOPT_PREREQFUNCTION"
#endif

#pragma GCC visibility push(hidden)

struct ses_easy {
    struct ses_transfer transfer; /* first: one pointer serves for both */
    struct ses_sockets *sockets;  /* where its connections are opened */
    CURL *curl;
    int port;                  /* of its connection, that libcurl told; or 0 */
    int unplaced;              /* no socket of ours has that */
    unsigned long settings_id; /* what curl is set up for; 0: nothing */
    int proxied;               /* and whether for its proxy */
    struct curl_slist list[SES_REQUEST_FIELDS + 3];
};

/* Once in a process, before anything else.  Returns 0, or -1. */
int ses_easy_start_globally(void);

/* Sets up everything for a transfer that was prepared. */
CURLcode ses_easy_configure(struct ses_easy *e,
                            const struct ses_settings *settings,
                            const struct ses_request *request);

/* ses_transfer_patience, right after libcurl has moved it on. */
long long ses_easy_patience(struct ses_easy *e, long long now);

/* Ends the transfer by what libcurl says of it. */
void ses_easy_finish(struct ses_easy *e, CURLcode rc);

#pragma GCC visibility pop

#endif
