// What the C library says of its allocator and of loaded programs, which Swift's own module of it leaves out.
//
// Types that are in both modules must be the same in both. `_GNU_SOURCE` changes some of them (`fd_set`), so only what
// follows the common headers is asked for by its inner name.
#include <sys/types.h>
#ifndef __USE_GNU
#define __USE_GNU 1
#endif
#include <link.h>
#include <malloc.h>
