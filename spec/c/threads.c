/*
 * Eight threads, a Lua state each.
 *
 *   threads SCRIPT.lua
 *
 * Runs the script in every thread at once, from its first require on; the
 * global PORT is that of server.h's server.  Built with -fsanitize=thread, like
 * the shared objects.
 */
#define _POSIX_C_SOURCE 200809L
#include "server.h"

#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS = 8 };

static pthread_barrier_t barrier;
static const char *script;
static int port;

/* Null, or what the script said was wrong. */
static void *run(void *arg)
{
    lua_State *L = luaL_newstate();
    char *message = NULL;

    (void)arg;
    luaL_openlibs(L);
    lua_pushinteger(L, port);
    lua_setglobal(L, "PORT");
    pthread_barrier_wait(&barrier);
    if (luaL_loadfile(L, script) || lua_pcall(L, 0, 0, 0)) {
        const char *text = lua_tostring(L, -1);
        size_t size = text ? strlen(text) + 1 : 0;

        message = malloc(size + 16);
        if (!message)
            abort();
        snprintf(message, size + 16, "%s", text ? text : "(no message)");
    }
    lua_close(L);
    return message;
}

int main(int argc, char **argv)
{
    pthread_t threads[THREADS];
    int i, failed = 0;

    if (argc != 2) {
        fprintf(stderr, "usage: threads SCRIPT.lua\n");
        return 2;
    }
    script = argv[1];
    signal(SIGPIPE, SIG_IGN);
    port = server_start();
    pthread_barrier_init(&barrier, NULL, THREADS);
    for (i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, run, NULL) != 0)
            abort();
    for (i = 0; i < THREADS; i++) {
        void *message;

        pthread_join(threads[i], &message);
        if (message) {
            fprintf(stderr, "threads: %s\n", (char *)message);
            free(message);
            failed++;
        }
    }
    printf("%d threads, %d failed\n", THREADS, failed);
    return failed != 0;
}
