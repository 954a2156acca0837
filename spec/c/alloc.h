/*
 * An allocator that can be told to fail, and that knows who holds what.
 *
 * It stands in for malloc, calloc, realloc and free in the whole process, and
 * offers the allocator of a Lua state.  Each block is booked on the shared
 * object whose code asked for it.
 */
#ifndef SPEC_ALLOC_H
#define SPEC_ALLOC_H

#include <stddef.h>

/* Who asked for a block. */
enum alloc_owner {
    ALLOC_OTHER, /* libc, the loader, this program */
    ALLOC_LUA,   /* a Lua state's allocator */
    ALLOC_CORE,  /* ses/core.so */
    ALLOC_CURL,  /* ses/curl.so */
    ALLOC_DNS,   /* ses/dns.so */
    ALLOC_EXPAT,
    ALLOC_CRYPTO,
    ALLOC_LIBCURL,
    ALLOC_CJSON,
    ALLOC_CARES,
    ALLOC_OWNERS
};

extern const char *const alloc_names[ALLOC_OWNERS];

/* How many allocations fail, from the n-th on.  Since 5.2 Lua collects garbage
 * and asks again, so that only a second refusal raises an error. */
enum alloc_mode { ALLOC_ONCE, ALLOC_TWICE, ALLOC_ONWARDS };

/* Looks up where the shared objects that are loaded now lie, and keeps them
 * loaded.  To be called again after more were loaded. */
void alloc_locate(void);

/* From here on, counts the allocations by the owners in mask (bit 1 << owner)
 * and fails the n-th; none where n is 0. */
void alloc_arm(unsigned mask, unsigned long n, enum alloc_mode mode);

/* Ends what alloc_arm began; returns how many allocations were counted. */
unsigned long alloc_disarm(void);

/* Counts the blocks of each owner that are alive. */
void alloc_live(unsigned long count[ALLOC_OWNERS]);

/* Later calls of alloc_describe leave out what is alive now. */
void alloc_mark(void);

/* Describes on stderr the first few blocks of the owners in mask that were
 * allocated since alloc_mark and are still alive. */
void alloc_describe(unsigned mask);

/* A lua_Alloc. */
void *alloc_lua(void *ud, void *ptr, size_t osize, size_t nsize);

#endif
