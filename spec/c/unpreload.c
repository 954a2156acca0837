/*
 * Preloaded behind a sanitizer's run-time library: keeps both from being
 * preloaded into the programs that a spec starts.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>

__attribute__((constructor)) static void unpreload(void)
{
    unsetenv("LD_PRELOAD");
}
