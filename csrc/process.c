#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* dladdr */
#endif
#include "process.h"

#include <dlfcn.h>
#include <pthread.h>
#include <unistd.h>

static int is_pending(void)
{
    sigset_t pending;

    sigpending(&pending);
    return sigismember(&pending, SIGPIPE);
}

void ses_sigpipe_block(struct ses_sigpipe *s)
{
    sigset_t pipe;

    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, &s->old);
    s->pending = sigismember(&s->old, SIGPIPE) && is_pending();
}

void ses_sigpipe_unblock(const struct ses_sigpipe *s)
{
    if (!s->pending && is_pending()) {
        sigset_t pipe;
        int taken;

        sigemptyset(&pipe);
        sigaddset(&pipe, SIGPIPE);
        sigwait(&pipe, &taken);
    }
    pthread_sigmask(SIG_SETMASK, &s->old, NULL);
}

static pid_t known; /* 0: not asked for, or not watched */
static int watched;

static void on_fork(void)
{
    __atomic_store_n(&known, 0, __ATOMIC_RELAXED);
}

pid_t ses_process_id(void)
{
    pid_t pid = __atomic_load_n(&known, __ATOMIC_RELAXED);

    if (pid)
        return pid;
    pid = getpid();
    if (watched)
        __atomic_store_n(&known, pid, __ATOMIC_RELAXED);
    return pid;
}

void ses_process_watch_forks(void)
{
    watched = pthread_atfork(NULL, NULL, on_fork) == 0;
}

int ses_pin_module(void)
{
    static const char here = 0;
    Dl_info info;

    return dladdr(&here, &info) && info.dli_fname &&
           dlopen(info.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
}
