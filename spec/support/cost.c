/*
 * cost FILE PROGRAM [ARGUMENT...]: runs a program, and writes to FILE how many
 * seconds it took and how many KB of it were resident at most.  Exits with the
 * program's exit code; with 125 where there is none to tell.
 *
 * Small on purpose: what Linux counts for a process begins with what its parent
 * had resident, and Lua or Python have more than some programs that are
 * measured.
 */
#define _DEFAULT_SOURCE /* wait4 */

#include <spawn.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

enum { CANNOT_TELL = 125 };

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    double began = now();
    struct rusage usage;
    int status;
    pid_t pid;
    FILE *out;

    if (argc < 3 ||
        posix_spawnp(&pid, argv[2], NULL, NULL, argv + 2, environ) != 0 ||
        wait4(pid, &status, 0, &usage) != pid || !(out = fopen(argv[1], "w")))
        return CANNOT_TELL;
    fprintf(out, "%.6f %ld\n", now() - began, usage.ru_maxrss);
    return fclose(out) == 0 && WIFEXITED(status) ? WEXITSTATUS(status)
                                                 : CANNOT_TELL;
}
