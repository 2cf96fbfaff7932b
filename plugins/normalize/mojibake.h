/* mojibake.h: mends UTF-8 that was read as a one-byte character set. */
#ifndef NORMALIZE_MOJIBAKE_H
#define NORMALIZE_MOJIBAKE_H

#include "codepages.h"
#include "glyph.h"

/* Whether something at glyph `at` of n looks broken enough to try mojibake_mend on its surroundings. */
int mojibake_suspect(const struct codepages *sets, const struct glyph *g, uint32_t n, uint32_t at);

/* Mends the n glyphs in place, layer after layer; returns how many are left (never more). */
uint32_t mojibake_mend(const struct codepages *sets, struct glyph *g, uint32_t n);

#endif
