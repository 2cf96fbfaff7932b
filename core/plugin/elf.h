/* elf.h: is this file a shared object that dlopen can be trusted with? dlopen itself dies with SIGBUS on a truncated
 * one. Any thread; no state. */
#ifndef TM_PLUGIN_ELF_H
#define TM_PLUGIN_ELF_H

#include "../json/buffer.h"

/* 0, or -1 with one line (without the path): what it is, and the cure. */
int elf_check(int fd, struct buffer *why);

#endif
