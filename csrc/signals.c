#include "signals.h"

#include <errno.h>
#include <pthread.h>

static int is_pending(int number)
{
    sigset_t pending;

    sigpending(&pending);
    return sigismember(&pending, number);
}

void ses_signal_block(struct ses_signal *s, int number)
{
    sigset_t one;

    s->number = number;
    sigemptyset(&one);
    sigaddset(&one, number);
    pthread_sigmask(SIG_BLOCK, &one, &s->old);
    s->pending = sigismember(&s->old, number) && is_pending(number);
}

void ses_signal_unblock(const struct ses_signal *s)
{
    int error = errno;

    if (!s->pending && is_pending(s->number)) {
        sigset_t one;
        int taken;

        sigemptyset(&one);
        sigaddset(&one, s->number);
        sigwait(&one, &taken);
    }
    pthread_sigmask(SIG_SETMASK, &s->old, NULL);
    errno = error;
}
