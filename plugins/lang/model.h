/* model.h: the statistical detector behind a C face. */
#ifndef TM_LANG_MODEL_H
#define TM_LANG_MODEL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The three likeliest languages of valid UTF-8, best first, as ISO 639-1 codes; "" for none, or one without such a
 * code. best_effort: guess even where the text is too short to be sure. Any thread. Returns 1 where the first is
 * reliable. */
int model_tell(const char *text, uint32_t len, int best_effort, char out_codes[3][4]);

#ifdef __cplusplus
}
#endif

#endif
