/* json_write.h: pieces of JSON that a stage puts together itself, where the host's writer, value by value, would cost
 * more than what is written; they go to write_raw or a TM_V_TRUSTED value.
 */
#ifndef KIT_JSON_WRITE_H
#define KIT_JSON_WRITE_H

#include <textmill/types.h>

#define KIT_JSON_NUMBER_ROOM 32u

/* A number as the host writes one with 4 decimals; |x| < 1e9. Returns its length. */
uint32_t kit_json_put_number(char out[KIT_JSON_NUMBER_ROOM], double x);
/* Whether a text may stand between quotation marks as it is: printable ASCII, without " and \. */
int kit_json_is_plain(tm_str text);

#endif
