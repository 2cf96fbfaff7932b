/* safety.h: may code or data be taken from this file? Any thread; no state. */
#ifndef TM_PLUGIN_SAFETY_H
#define TM_PLUGIN_SAFETY_H

#include "../json/buffer.h"

/* For a path without links in it (realpath): 0 where the file and every folder above it belong to root or to the caller
 * and nobody else may write to them (a sticky folder passes: others cannot replace what is in it); else -1 and one
 * line: which one, why, the cure. */
int safety_check(const char *resolved, struct buffer *why);

#endif
