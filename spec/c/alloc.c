#define _GNU_SOURCE
#include "alloc.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* glibc's own allocator under the names that nobody interposes. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *ptr, size_t size);
extern void __libc_free(void *ptr);

const char *const alloc_names[ALLOC_OWNERS] = {
    "other", "Lua",       "ses.core", "ses.curl",  "ses.dns",
    "expat", "libcrypto", "libcurl",  "lua-cjson", "c-ares"};

/* What the file name of an owner's shared object contains. */
static const char *const files[ALLOC_OWNERS] = {
    NULL,           NULL,         "/ses/core.so", "/ses/curl.so", "/ses/dns.so",
    "/libexpat.so", "/libcrypto", "/libcurl",     "cjson",        "/libcares"};

/* --- the books: an open-addressing table of the blocks that are alive --- */

struct block {
    void *ptr; /* null: never used */
    const void *caller;
    size_t size;
    unsigned long serial;
    enum alloc_owner owner;
};

enum { SLOTS = 1 << 19 };

static struct block blocks[SLOTS];
static char lock;
static unsigned long serial, mark;
static unsigned long live[ALLOC_OWNERS];

static void acquire(void)
{
    while (__atomic_test_and_set(&lock, __ATOMIC_ACQUIRE))
        ;
}

static void release(void)
{
    __atomic_clear(&lock, __ATOMIC_RELEASE);
}

static size_t home(const void *ptr)
{
    return (size_t)(((uintptr_t)ptr >> 4) * 0x9E3779B97F4A7C15u >> 20) &
           (SLOTS - 1);
}

static void book(void *ptr, size_t size, enum alloc_owner owner,
                 const void *caller)
{
    size_t i;

    acquire();
    for (i = home(ptr); blocks[i].ptr; i = (i + 1) & (SLOTS - 1))
        ;
    blocks[i].ptr = ptr;
    blocks[i].size = size;
    blocks[i].owner = owner;
    blocks[i].caller = caller;
    blocks[i].serial = ++serial;
    live[owner]++;
    release();
}

/* Takes ptr out of the books and returns its size; 0 where it is not booked
 * (memory from memalign is not). */
static size_t unbook(void *ptr)
{
    size_t i, hole, size = 0;

    acquire();
    for (i = home(ptr); blocks[i].ptr; i = (i + 1) & (SLOTS - 1))
        if (blocks[i].ptr == ptr)
            break;
    if (blocks[i].ptr) {
        size = blocks[i].size;
        live[blocks[i].owner]--;
        blocks[i].ptr = NULL;
        /* Close the gap, so that no search ends before its block. */
        for (hole = i, i = (i + 1) & (SLOTS - 1); blocks[i].ptr;
             i = (i + 1) & (SLOTS - 1)) {
            size_t distance = (i - home(blocks[i].ptr)) & (SLOTS - 1);

            if (distance >= ((i - hole) & (SLOTS - 1))) {
                blocks[hole] = blocks[i];
                blocks[i].ptr = NULL;
                hole = i;
            }
        }
    }
    release();
    return size;
}

/* --- who called --- */

struct range {
    uintptr_t from, to;
    enum alloc_owner owner;
};

static struct range ranges[ALLOC_OWNERS];
static size_t nranges;

static enum alloc_owner owner_of(const void *caller)
{
    uintptr_t at = (uintptr_t)caller;
    size_t i;

    for (i = 0; i < nranges; i++)
        if (at >= ranges[i].from && at < ranges[i].to)
            return ranges[i].owner;
    return ALLOC_OTHER;
}

static int locate(struct dl_phdr_info *info, size_t size, void *data)
{
    struct range r = {UINTPTR_MAX, 0, ALLOC_OTHER};
    int i;

    (void)size;
    (void)data;
    for (i = ALLOC_CORE; i < ALLOC_OWNERS; i++)
        if (strstr(info->dlpi_name, files[i]))
            r.owner = (enum alloc_owner)i;
    if (r.owner == ALLOC_OTHER || nranges == ALLOC_OWNERS)
        return 0;
    for (i = 0; i < info->dlpi_phnum; i++) {
        uintptr_t from = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;

        if (info->dlpi_phdr[i].p_type != PT_LOAD)
            continue;
        if (from < r.from)
            r.from = from;
        if (from + info->dlpi_phdr[i].p_memsz > r.to)
            r.to = from + info->dlpi_phdr[i].p_memsz;
    }
    ranges[nranges++] = r;
    return 0;
}

void alloc_locate(void)
{
    size_t i;
    Dl_info info;

    nranges = 0;
    dl_iterate_phdr(locate, NULL);
    for (i = 0; i < nranges; i++)
        if (dladdr((void *)ranges[i].from, &info))
            dlopen(info.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
}

/* --- failing --- */

static struct {
    unsigned mask;
    enum alloc_mode mode;
    unsigned long n, count;
} armed;

void alloc_arm(unsigned mask, unsigned long n, enum alloc_mode mode)
{
    armed.n = n;
    armed.mode = mode;
    armed.count = 0;
    armed.mask = mask;
}

unsigned long alloc_disarm(void)
{
    armed.mask = 0;
    return armed.count;
}

static int must_fail(enum alloc_owner owner)
{
    if (!(armed.mask & 1u << owner))
        return 0;
    armed.count++;
    if (!armed.n || armed.count < armed.n)
        return 0;
    if (armed.mode != ALLOC_ONWARDS &&
        armed.count - armed.n > (unsigned long)armed.mode)
        return 0;
    errno = ENOMEM;
    return 1;
}

/* --- malloc and its family --- */

/* What was freed must not be read any more: make that show. */
static void spoil(void *ptr, size_t size)
{
    memset(ptr, 0xDD, size);
}

static void *allocate(size_t size, int zero, const void *caller)
{
    enum alloc_owner owner = owner_of(caller);
    void *ptr;

    if (must_fail(owner))
        return NULL;
    ptr = zero ? __libc_calloc(1, size) : __libc_malloc(size);
    if (ptr)
        book(ptr, size, owner, caller);
    return ptr;
}

void *malloc(size_t size)
{
    return allocate(size, 0, __builtin_return_address(0));
}

void *calloc(size_t n, size_t size)
{
    if (size && n > SIZE_MAX / size) {
        errno = ENOMEM;
        return NULL;
    }
    return allocate(n * size, 1, __builtin_return_address(0));
}

void free(void *ptr)
{
    if (ptr) {
        spoil(ptr, unbook(ptr));
        __libc_free(ptr);
    }
}

void *realloc(void *ptr, size_t size)
{
    const void *caller = __builtin_return_address(0);
    enum alloc_owner owner = owner_of(caller);
    void *moved;

    if (!ptr)
        return allocate(size, 0, caller);
    if (!size) {
        free(ptr);
        return NULL;
    }
    if (must_fail(owner))
        return NULL;
    unbook(ptr);
    moved = __libc_realloc(ptr, size);
    if (moved)
        book(moved, size, owner, caller);
    return moved;
}

void *alloc_lua(void *ud, void *ptr, size_t osize, size_t nsize)
{
    void *moved;

    (void)ud;
    if (!nsize) {
        free(ptr);
        return NULL;
    }
    /* Lua relies on shrinking never to fail. */
    if ((!ptr || nsize > osize) && must_fail(ALLOC_LUA))
        return NULL;
    if (ptr)
        unbook(ptr);
    moved = __libc_realloc(ptr, nsize);
    if (moved)
        book(moved, nsize, ALLOC_LUA, NULL);
    return moved;
}

/* --- what is left --- */

void alloc_live(unsigned long count[ALLOC_OWNERS])
{
    acquire();
    memcpy(count, live, sizeof live);
    release();
}

void alloc_mark(void)
{
    mark = serial;
}

void alloc_describe(unsigned mask)
{
    int shown = 0;
    size_t i;

    for (i = 0; i < SLOTS && shown < 8; i++) {
        const struct block *b = &blocks[i];
        Dl_info info = {NULL, NULL, NULL, NULL};

        if (!b->ptr || b->serial <= mark || !(mask & 1u << b->owner))
            continue;
        shown++;
        if (b->caller)
            dladdr(b->caller, &info);
        fprintf(
            stderr, "    %zu bytes of %s, asked for at %s+0x%lx\n", b->size,
            alloc_names[b->owner], info.dli_fname ? info.dli_fname : "",
            (unsigned long)((uintptr_t)b->caller - (uintptr_t)info.dli_fbase));
    }
}
