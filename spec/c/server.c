#define _POSIX_C_SOURCE 200809L
#include "server.h"

#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

static const char body[] =
    "<GetIdentityMailFromDomainAttributesResponse>"
    "<GetIdentityMailFromDomainAttributesResult><MailFromDomainAttributes>"
    "<entry><key>example.com</key><value>"
    "<MailFromDomain>bounce.example.com</MailFromDomain>"
    "<MailFromDomainStatus>Success</MailFromDomainStatus>"
    "<BehaviorOnMXFailure>RejectMessage</BehaviorOnMXFailure>"
    "</value></entry></MailFromDomainAttributes>"
    "</GetIdentityMailFromDomainAttributesResult>"
    "<ResponseMetadata><RequestId>threads</RequestId></ResponseMetadata>"
    "</GetIdentityMailFromDomainAttributesResponse>";

/* The length of the whole request at the start of text, or 0 where more of it
 * has to be read; text ends with a null byte. */
static size_t request_length(const char *text, size_t len)
{
    const char *end = strstr(text, "\r\n\r\n");
    const char *line = text;
    size_t need;

    if (!end)
        return 0;
    need = (size_t)(end - text) + 4;
    for (; line < end; line = strstr(line, "\r\n") + 2)
        if (strncasecmp(line, "Content-Length:", 15) == 0)
            need += strtoul(line + 15, NULL, 10);
    return len >= need ? need : 0;
}

static int send_all(int fd, const char *data, size_t len)
{
    while (len) {
        ssize_t n = send(fd, data, len, MSG_NOSIGNAL);

        if (n <= 0)
            return -1;
        data += n;
        len -= (size_t)n;
    }
    return 0;
}

/* Answers one connection until the peer closes it. */
static void *serve(void *arg)
{
    int fd = *(int *)arg;
    char in[65536], out[2048];
    size_t have = 0, len;
    ssize_t n;

    free(arg);
    snprintf(out, sizeof out,
             "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"
             "Content-Length: %zu\r\n\r\n%s",
             sizeof body - 1, body);
    while ((n = recv(fd, in + have, sizeof in - 1 - have, 0)) > 0) {
        have += (size_t)n;
        in[have] = '\0';
        while ((len = request_length(in, have)) != 0) {
            memmove(in, in + len, have - len + 1);
            have -= len;
            if (send_all(fd, out, strlen(out)) != 0)
                goto done;
        }
    }
done:
    close(fd);
    return NULL;
}

/* Never returns. */
static void accept_all(int listener)
{
    for (;;) {
        pthread_t thread;
        int *fd = malloc(sizeof *fd);

        if (!fd)
            abort();
        *fd = accept(listener, NULL, NULL);
        if (*fd < 0 || pthread_create(&thread, NULL, serve, fd) != 0) {
            perror("server");
            _exit(1);
        }
        pthread_detach(thread);
    }
}

int server_start(void)
{
    struct sockaddr_in at;
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    pid_t pid;

    memset(&at, 0, sizeof at);
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) != 0 ||
        listen(fd, 64) != 0 ||
        getsockname(fd, (struct sockaddr *)&at, &len) != 0 ||
        (pid = fork()) < 0) {
        perror("server");
        exit(2);
    }
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        accept_all(fd);
    }
    close(fd);
    return ntohs(at.sin_port);
}
