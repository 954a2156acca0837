/* A server that gives every HTTP request the same answer: the MAIL FROM domain
 * of example.com, as API v1 tells it. */
#ifndef SPEC_SERVER_H
#define SPEC_SERVER_H

/* Starts it in a process of its own, for as long as this one lives, on a port
 * of the kernel's choice on the loopback interface; returns the port.  To be
 * called before there are threads. */
int server_start(void);

#endif
