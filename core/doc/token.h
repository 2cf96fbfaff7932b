/* token.h: the token rule, folding and hashing for any string: what layers, lexicons, gazetteers and rules share. Any
 * thread; no state but constant tables.
 */
#ifndef TM_DOC_TOKEN_H
#define TM_DOC_TOKEN_H

#include "../include/textmill/host.h"

/* The functions of tm_host of the same names. */
int32_t token_tokenize(tm_str text, tm_token_buffer *buffer);
int64_t token_fold(tm_str text, char *out, uint64_t room);
uint64_t token_hash(tm_str text);

#endif
