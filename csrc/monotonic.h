/* A clock that only goes forward. */
#ifndef SES_MONOTONIC_H
#define SES_MONOTONIC_H

#include <time.h>

#pragma GCC visibility push(hidden)

static inline long long ses_monotonic_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

#pragma GCC visibility pop

#endif
