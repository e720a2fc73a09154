// What the C library says of its allocator and of loaded programs, which Swift's own module of it leaves out.
#define _GNU_SOURCE
#include <link.h>
#include <malloc.h>
