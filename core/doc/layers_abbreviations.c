/* layers_abbreviations.c: words behind which a point does not end a sentence, or not always. English first, with the
 * common ones of German, Spanish and French. Lower case, at most LONGEST bytes, sorted.
 */
#include "layers_parts.h"
#include "text_hash.h"

#include <string.h>

#define T ABBREVIATION_TITLE
#define N ABBREVIATION_NUMBER
#define W ABBREVIATION_WORD
#define X ABBREVIATION_NEVER
#define P ABBREVIATION_PLACE

/* clang-format off */
static const struct {
    char word[8];
    uint8_t kind;
} words[] = {
    {"abb", N}, {"abs", N}, {"acad", W}, {"adj", T}, {"adm", T}, {"al", W}, {"ala", P}, {"approx", X}, {"apr", W},
    {"ariz", P}, {"ark", P}, {"art", N}, {"assn", W}, {"assoc", W}, {"asst", T}, {"atty", T},
    {"aug", W}, {"ave", W}, {"bd", N}, {"bldg", W}, {"blvd", W}, {"brig", T}, {"bros", W}, {"bzw", X}, {"ca", X},
    {"calif", P}, {"cap", N}, {"capt", T}, {"cf", X}, {"ch", N}, {"cmdr", T}, {"co", W}, {"col", T}, {"colo", P},
    {"comdr", T}, {"conn", P}, {"corp", W}, {"cpl", T}, {"dec", W}, {"del", P}, {"dept", W}, {"dipl", T},
    {"dist", W}, {"dr", T}, {"dra", T}, {"ed", W}, {"eds", W}, {"eg", X}, {"esp", X}, {"esq", W}, {"est", W},
    {"etc", W}, {"evtl", X}, {"exc", T}, {"feb", W}, {"ff", W}, {"fig", N}, {"figs", N}, {"fla", P}, {"fr", T},
    {"fri", W}, {"ft", W}, {"ga", P}, {"geb", X}, {"gen", T}, {"ggf", X}, {"gov", T}, {"hon", T}, {"hr", T},
    {"ie", X}, {"ill", P}, {"inc", W}, {"incl", X}, {"ind", P}, {"ing", T}, {"insp", T}, {"jan", W}, {"jr", W},
    {"jul", W}, {"jun", W}, {"kan", P}, {"kap", N}, {"ky", P}, {"la", P}, {"lic", T}, {"lt", T}, {"ltd", W},
    {"maj", T}, {"mar", W}, {"mass", P}, {"max", W}, {"md", P}, {"messrs", T}, {"mfg", W}, {"mich", P}, {"min", W},
    {"minn", P}, {"mio", W}, {"miss", P}, {"mlle", T}, {"mme", T}, {"mmes", T}, {"mo", P}, {"mont", P}, {"mr", T},
    {"mrd", W}, {"mrs", T}, {"ms", T}, {"msgr", T}, {"mt", T}, {"mx", T}, {"neb", P}, {"nev", P}, {"no", N},
    {"nos", N}, {"nov", W}, {"nr", N}, {"num", N}, {"oct", W}, {"okla", P}, {"okt", W}, {"ont", P}, {"op", N},
    {"ore", P}, {"p", N}, {"pa", P}, {"para", N}, {"penn", P}, {"pfc", T}, {"ph", W}, {"pp", N}, {"pres", T},
    {"prof", T}, {"profa", T}, {"pvt", T}, {"que", P}, {"rd", W}, {"rep", T}, {"reps", T}, {"ret", W}, {"rev", T},
    {"rt", T}, {"sec", N}, {"sen", T}, {"sens", T}, {"sep", W}, {"sept", W}, {"sgt", T}, {"sr", W}, {"sra", T},
    {"srta", T}, {"ss", T}, {"st", W}, {"sta", T}, {"ste", T}, {"sto", T}, {"str", W}, {"supt", T}, {"tel", N},
    {"tenn", P}, {"tex", P}, {"thu", W}, {"thurs", W}, {"tue", W}, {"tues", W}, {"u", X}, {"univ", W}, {"usf", W},
    {"usw", W}, {"va", P}, {"vgl", X}, {"viz", X}, {"vol", N}, {"vols", N}, {"vs", X}, {"vt", P}, {"wash", P},
    {"wed", W}, {"wis", P}, {"wyo", P}, {"z", X}, {"zzgl", X}};

/* clang-format on */
#undef T
#undef N
#undef W
#undef X
#undef P

#define LONGEST 6u

uint32_t abbreviation_kind(const char *word, uint32_t len) {
    char folded[8] = {0};
    if (len == 0 || len > LONGEST)
        return 0;
    for (uint32_t i = 0; i < len; i++)
        folded[i] = (char)(word[i] >= 'A' && word[i] <= 'Z' ? word[i] | 0x20 : word[i]);
    uint64_t key = word_order(folded);
    size_t low = 0;
    for (size_t left = sizeof words / sizeof *words; left > 1; left -= left / 2)
        low += word_order(words[low + left / 2].word) <= key ? left / 2 : 0;
    return word_order(words[low].word) == key ? words[low].kind : 0;
}

int abbreviation_is_month(const char *word, size_t left) {
    static const char words_after[][12] = {"Januar",      "Februar", "M\xc3\xa4rz", "April",   "Mai",      "Juni",
                                           "Juli",        "August",  "September",   "Oktober", "November", "Dezember",
                                           "Jahrhundert", "Platz",   "FC",          "Liga"};
    for (size_t i = 0; i < sizeof words_after / sizeof *words_after; i++) {
        size_t n = strnlen(words_after[i], sizeof *words_after);
        if (left >= n && memcmp(word, words_after[i], n) == 0 &&
            (left == n || (word[n] | 0x20) < 'a' || (word[n] | 0x20) > 'z'))
            return 1;
    }
    return 0;
}
