/* A server of this process that gives every HTTP request the same answer: the
 * MAIL FROM domain of example.com, as API v1 tells it. */
#ifndef SPEC_SERVER_H
#define SPEC_SERVER_H

/* Starts it, for as long as the process lives, on a port of the kernel's
 * choice on the loopback interface; returns the port. */
int server_start(void);

#endif
