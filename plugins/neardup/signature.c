/* signature.c: making signatures from tokens, and comparing them. Packing is in pack.c. */
#include "signature.h"

#include <string.h>

#define FACTOR 0x9e3779b97f4a7c15u
#define KINDS_MOST 2048u /* facts of one kind that are looked at */

static const char *const fact_list[] = {
    "one",     "two",    "three",    "four",     "five",      "six",     "seven",     "eight",    "nine",     "ten",
    "eleven",  "twelve", "thirteen", "fourteen", "fifteen",   "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
    "thirty",  "forty",  "fifty",    "sixty",    "seventy",   "eighty",  "ninety",    "hundred",  "thousand", "million",
    "billion", "dozen",  "dozens",   "hundreds", "thousands", "half",    "zwei",      "drei",     "vier",     "fünf",
    "sechs",   "sieben", "acht",     "neun",     "zehn",      "elf",     "zwölf",     "hundert",  "tausend",  "dutzend",
    "dos",     "tres",   "cuatro",   "cinco",    "seis",      "siete",   "ocho",      "nueve",    "diez",     "once",
    "doce",    "cien",   "mil",      "deux",     "trois",     "quatre",  "cinq",      "sept",     "huit",     "neuf",
    "dix",     "onze",   "douze",    "cent",     "mille",     "no",      "not",       "never",    "nicht",    "kein",
    "keine",   "nunca",  "pas",      "jamais",   "yes",       "without"};

void fact_words_init(struct fact_words *w, const tm_host *host) {
    memset(w, 0, sizeof *w);
    for (size_t i = 0; i < sizeof fact_list / sizeof fact_list[0]; i++) {
        uint64_t h = host->hash((tm_str){fact_list[i], strlen(fact_list[i])});
        w->filter[h / 64 % 64] |= (uint64_t)1 << (h % 64);
        uint32_t at = w->count++;
        while (at > 0 && w->hash[at - 1] > h) {
            w->hash[at] = w->hash[at - 1];
            at--;
        }
        w->hash[at] = h;
    }
}

static int is_fact_word(const struct fact_words *w, uint64_t hash) {
    uint32_t low = 0, high = w->count;
    if (!(w->filter[hash / 64 % 64] >> (hash % 64) & 1))
        return 0;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (w->hash[middle] < hash)
            low = middle + 1;
        else
            high = middle;
    }
    return low < w->count && w->hash[low] == hash;
}

static uint64_t mix(uint64_t h) {
    h ^= h >> 32;
    h *= FACTOR;
    h ^= h >> 29;
    h *= 0xbf58476d1ce4e5b9u;
    return h ^ (h >> 32);
}

/* Sorts by the upper 32 bits: three passes of 11 bits over equally distributed keys, insertion for few. */
static void sort_hashes(uint64_t *a, uint64_t *spare, uint32_t n) {
    if (n < 48) {
        for (uint32_t i = 1; i < n; i++) {
            uint64_t x = a[i];
            uint32_t k = i;
            for (; k > 0 && a[k - 1] > x; k--)
                a[k] = a[k - 1];
            a[k] = x;
        }
        return;
    }
    /* One pass into 256 buckets by the top byte, then insertion inside of each: the keys are hashes. */
    uint32_t begin[257] = {0};
    uint32_t shift = 56;
    uint64_t most = 0;
    for (uint32_t i = 0; i < n; i++)
        most |= a[i];
    while (shift > 32 && !(most >> (shift + 7) & 1))
        shift--;
    for (uint32_t i = 0; i < n; i++)
        begin[(a[i] >> shift & 255) + 1]++;
    for (uint32_t b = 0; b < 256; b++)
        begin[b + 1] += begin[b];
    uint32_t at[256];
    memcpy(at, begin, sizeof at);
    for (uint32_t i = 0; i < n; i++)
        spare[at[a[i] >> shift & 255]++] = a[i];
    for (uint32_t i = 0; i < n; i++) {
        uint64_t x = spare[i];
        uint32_t k = i;
        for (; k > 0 && a[k - 1] > x; k--)
            a[k] = a[k - 1];
        a[k] = x;
    }
}

static void take_facts(struct facts *f, uint16_t *list, uint32_t n, uint32_t most) {
    uint64_t seen[1024]; /* a bit a hash: sorts and drops what comes twice */
    memset(seen, 0, sizeof seen);
    f->sum = 0;
    f->count = 0;
    f->all = 1;
    for (uint32_t i = 0; i < n; i++)
        seen[list[i] / 64] |= (uint64_t)1 << (list[i] % 64);
    for (uint32_t word = 0; n > 0 && word < 1024; word++)
        for (uint64_t bits = seen[word]; bits; bits &= bits - 1) {
            uint32_t h = word * 64 + (uint32_t)__builtin_ctzll(bits);
            f->sum += (uint32_t)mix(h);
            if (f->count < most)
                f->hash[f->count++] = (uint16_t)h;
            else
                f->all = 0;
        }
}

uint64_t signature_scratch(uint32_t n_tokens) {
    return ((uint64_t)n_tokens + 1) * 24 + KINDS_MOST * 4;
}

/* Fills values, keys and limit from the n hashes below the cut (all of them: cut is 0); 0 where the cut was too low. */
static int take_values(struct signature *s, const uint64_t *sorted, uint32_t n, int is_all, uint32_t sketch) {
    uint64_t before = 0;
    s->count = 0;
    s->n_keys = 0;
    s->limit = VALUE_ALL;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t value = (uint32_t)(sorted[i] >> (64 - VALUE_BITS));
        if (i > 0 && sorted[i] == before)
            continue;
        before = sorted[i];
        if (s->n_keys < PROBES)
            s->keys[s->n_keys++] = (uint32_t)sorted[i];
        if (s->count > 0 && s->values[s->count - 1] == value)
            continue;
        if (s->count == sketch) {
            s->limit = (uint32_t)s->values[sketch - 1] + 1;
            return 1;
        }
        s->values[s->count++] = (uint16_t)value;
    }
    return is_all;
}

int signature_of(const tm_tokens *t, const struct fact_words *fact_words, uint32_t shingle, uint32_t sketch,
                 void *scratch, struct signature *s) {
    uint64_t *hash = scratch, *low = hash + t->count + 1, *spare = low + t->count + 1;
    uint16_t *numbers = (uint16_t *)(void *)(spare + t->count + 1), *names = numbers + KINDS_MOST;
    uint32_t words = 0, n_numbers = 0, n_names = 0, n = 0;
    uint64_t run = 0, out = 1, pending = 0;
    uint32_t sentence = 0;
    memset(s, 0, offsetof(struct signature, values));
    for (uint32_t i = 0; i < t->count; i++) {
        uint32_t shape = t->shape[i];
        if (shape & (TM_SHAPE_PUNCT | TM_SHAPE_EMOJI))
            continue;
        uint64_t h = t->hash[i];
        hash[words++] = h;
        if (pending && n_numbers < KINDS_MOST)
            numbers[n_numbers++] = (uint16_t)(mix(pending + (t->sentence[i] == sentence ? h : 0)) >> 24);
        pending = 0;
        if (shape & TM_SHAPE_DIGIT || is_fact_word(fact_words, h)) {
            pending = h; /* waits for the word that it counts */
            sentence = t->sentence[i];
        } else if (shape & TM_SHAPE_FIRST_UPPER && !(shape & TM_SHAPE_SENTENCE) && n_names < KINDS_MOST) {
            names[n_names++] = (uint16_t)(h >> 24);
        }
    }
    if (pending && n_numbers < KINDS_MOST)
        numbers[n_numbers++] = (uint16_t)(mix(pending) >> 24);
    if (words == 0)
        return 0;
    s->words = words;
    take_facts(&s->numbers, numbers, n_numbers, NUMBERS_MOST);
    take_facts(&s->names, names, n_names, NAMES_MOST);

    /* The words' own hashes make way for those of the runs, which begin at the same place. */
    uint32_t length = words < shingle ? words : shingle, runs = words - length + 1;
    for (uint32_t i = 0; i < length; i++)
        out *= FACTOR;
    for (uint32_t i = 0; i < length; i++)
        run = run * FACTOR + hash[i];
    for (uint32_t i = 0; i < runs; i++) {
        uint64_t leaves = hash[i];
        hash[i] = mix(run);
        if (i + 1 < runs)
            run = run * FACTOR + hash[i + length] - leaves * out;
    }
    uint64_t want = (uint64_t)sketch + sketch / 4 + 64;
    if (runs > want) {
        uint64_t cut = (want << 32) / runs << 32;
        for (uint32_t i = 0; i < runs; i++) {
            low[n] = hash[i];
            n += hash[i] < cut;
        }
        sort_hashes(low, spare, n);
        if (take_values(s, low, n, 0, sketch))
            return 1;
    }
    sort_hashes(hash, spare, runs);
    return take_values(s, hash, runs, 1, sketch);
}

struct nearness signature_compare(const struct signature *a, const struct signature *b) {
    struct nearness near = {0, 0, 0, 0};
    uint32_t limit = a->limit < b->limit ? a->limit : b->limit, i = 0, j = 0, both = 0;
    while (i < a->count && j < b->count && a->values[i] < limit && b->values[j] < limit) {
        uint32_t x = a->values[i], y = b->values[j];
        both += x == y;
        i += x <= y;
        j += y <= x;
    }
    while (i < a->count && a->values[i] < limit)
        i++;
    while (j < b->count && b->values[j] < limit)
        j++;
    near.least = i < j ? i : j;
    if (i == 0 || j == 0)
        return near;
    double n = i, m = j, density = (n > m ? n : m) / limit, least = near.least;
    double shared = density < 0.9 ? (both - least * density) / (1 - density) : 0;
    shared = shared < 0 ? 0 : shared > least ? least : shared;
    near.jaccard = shared / (n + m - shared);
    near.first_in_second = shared / n;
    near.second_in_first = shared / m;
    return near;
}

/* Whether a has a fact that b lacks, as far as both are known. */
static int has_more(const struct facts *a, const struct facts *b) {
    uint32_t j = 0;
    uint32_t limit = b->all ? 65536u : b->hash[b->count - 1];
    for (uint32_t i = 0; i < a->count && a->hash[i] <= limit; i++) {
        while (j < b->count && b->hash[j] < a->hash[i])
            j++;
        if (j == b->count || b->hash[j] != a->hash[i])
            return 1;
    }
    return 0;
}

uint32_t signature_relation(const struct signature *later, const struct signature *earlier,
                            const struct nearness *near) {
    const double whole = 0.9, most = 0.8, slack = 0.03;
    int gains = 0, loses = 0;
    const struct facts *pairs[2][2] = {{&later->numbers, &earlier->numbers}, {&later->names, &earlier->names}};
    for (int k = 0; k < 2; k++) {
        if (pairs[k][0]->sum == pairs[k][1]->sum)
            continue;
        int more = has_more(pairs[k][0], pairs[k][1]), less = has_more(pairs[k][1], pairs[k][0]);
        /* They differ, but not in what was kept of them: take it that either may have what the other lacks. */
        gains |= more || !less;
        loses |= less || !more;
    }
    double in = near->first_in_second, out = near->second_in_first; /* first is the later one */
    if (!loses && out >= most && out > in + slack)
        return RELATION_LONGER;
    if (!gains && in >= whole)
        return !loses && out >= in - slack ? RELATION_SAME : RELATION_SHORTER;
    if (!loses && out >= most && out >= in)
        return RELATION_LONGER;
    return RELATION_UPDATE;
}

uint32_t signature_news(const struct signature *a, const struct signature *b) {
    uint32_t numbers = a->numbers.sum != b->numbers.sum && has_more(&a->numbers, &b->numbers);
    uint32_t names = a->names.sum != b->names.sum && has_more(&a->names, &b->names);
    return numbers | names << 1;
}
