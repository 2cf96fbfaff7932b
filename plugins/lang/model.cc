/* model.cc: CLD2 (Debian: libcld2-dev) as model.h wants it; the one file of C++ here, for the library has no C face. */
#include "model.h"

#include <cstdio>
#include <cstring>

#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>

/* Codes of its own, and what ISO 639-1 calls them. Longer codes are languages that ISO 639-1 does not have. */
static void to_iso(CLD2::Language language, char out[4]) {
    static const char *const renamed[][2] = {{"iw", "he"}, {"jw", "jv"}, {"mo", "ro"}, {"in", "id"}, {"sh", "sr"}};
    const char *code = language == CLD2::UNKNOWN_LANGUAGE ? "" : CLD2::LanguageCode(language);
    size_t n = strcspn(code, "-");
    out[0] = '\0';
    if (n != 2 || memcmp(code, "un", 2) == 0 || memcmp(code, "xx", 2) == 0)
        return;
    memcpy(out, code, 2);
    out[2] = '\0';
    for (size_t i = 0; i < sizeof renamed / sizeof *renamed; i++)
        if (memcmp(out, renamed[i][0], 2) == 0)
            memcpy(out, renamed[i][1], 2);
}

extern "C" int model_tell(const char *text, uint32_t len, int best_effort, char out_codes[3][4]) {
    CLD2::CLDHints hints = {NULL, NULL, CLD2::UNKNOWN_ENCODING, CLD2::UNKNOWN_LANGUAGE};
    CLD2::Language languages[3] = {CLD2::UNKNOWN_LANGUAGE, CLD2::UNKNOWN_LANGUAGE, CLD2::UNKNOWN_LANGUAGE};
    int percent[3], bytes, valid;
    double score[3];
    bool reliable = false;
    CLD2::Language first = CLD2::ExtDetectLanguageSummaryCheckUTF8(
        text, static_cast<int>(len), true, &hints, best_effort ? CLD2::kCLDFlagBestEffort : 0, languages, percent,
        score, NULL, &bytes, &reliable, &valid);
    for (int i = 0; i < 3; i++)
        to_iso(languages[i], out_codes[i]);
    if (first == CLD2::UNKNOWN_LANGUAGE)
        out_codes[0][0] = '\0';
    return reliable && out_codes[0][0];
}
