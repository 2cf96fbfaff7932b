/* embed.h: textmill's text tools for programs that are not plugins: the build tools that compile lexicons and
 * gazetteers with the same token rule, and the tests of a plugin. Link to the static library textmill_core.
 */
#ifndef TEXTMILL_EMBED_H
#define TEXTMILL_EMBED_H

#include "plugin.h"

/* The struct of functions that open is given. Without an instance and a document only the text tools may be called:
 * tokenize, fold, hash, clock. */
const tm_host *textmill_host(void);

#endif
