/* words.c: see words.h. Stretches fill the dictionary, by open addressing, from keys to ids. Then one pass over all
 * other text looks up its words: a table of three-letter starts turns most of them away, a small cache by the token's
 * hash spares stemming the others more than once.
 */
#include "words.h"

#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define CACHE_LEAST 256u
#define CACHE_MOST 65536u
#define NUMERALS_MOST 16u
#define CHUNK 64u /* words that are looked up together */
#define FACTOR 0x9e3779b97f4a7c15u

struct seen {
    uint64_t tag; /* of hash and case; 0: empty */
    uint32_t id;
    uint32_t reserved;
};

struct dictionary {
    uint64_t *key; /* 0: empty */
    uint32_t *id;
    uint64_t mask;
    struct seen *cache;
    uint64_t cache_mask;
    uint64_t starts[STEM_STARTS / 64]; /* bits: some word of a stretch begins so */
};

static void dictionary_room(struct dictionary *d, uint64_t places, const tm_host *host, tm_doc *doc) {
    d->mask = places - 1;
    d->key = host->alloc(doc, places * 8);
    d->id = host->alloc(doc, places * 4);
    memset(d->key, 0, places * 8);
}

static void dictionary_init(struct dictionary *d, uint64_t words, const tm_host *host, tm_doc *doc) {
    uint64_t cache = CACHE_LEAST;
    while (cache < words * 2 && cache < CACHE_MOST)
        cache *= 2;
    dictionary_room(d, words < 512 ? 1024 : 4096, host, doc);
    d->cache_mask = cache - 1;
    d->cache = host->alloc(doc, cache * sizeof *d->cache);
    memset(d->cache, 0, cache * sizeof *d->cache);
    memset(d->starts, 0, sizeof d->starts);
}

static uint64_t dictionary_place(const struct dictionary *d, uint64_t key) {
    uint64_t i = (key ^ (key >> 32)) & d->mask;
    while (d->key[i] && d->key[i] != key)
        i = (i + 1) & d->mask;
    return i;
}

/* Ids are fewer than words by far, in long documents: room is made as they come. */
static void dictionary_grow(struct dictionary *d, const struct words *w) {
    struct dictionary old = *d;
    dictionary_room(d, (old.mask + 1) * 4, w->host, w->doc);
    for (uint64_t i = 0; i <= old.mask; i++)
        if (old.key[i]) {
            uint64_t place = dictionary_place(d, old.key[i]);
            d->key[place] = old.key[i];
            d->id[place] = old.id[i];
        }
}

static uint32_t dictionary_add(struct dictionary *d, const struct words *w, uint64_t key, uint32_t *count) {
    uint64_t i = dictionary_place(d, key |= 1);
    if (d->key[i])
        return d->id[i];
    if ((uint64_t)*count * 2 > d->mask) {
        dictionary_grow(d, w);
        i = dictionary_place(d, key);
    }
    d->key[i] = key;
    return d->id[i] = (*count)++;
}

static uint32_t dictionary_find(const struct dictionary *d, uint64_t key) {
    uint64_t i = dictionary_place(d, key | 1);
    return d->key[i] ? d->id[i] : WORD_ELSEWHERE;
}

static uint64_t tag_of(uint64_t hash, uint32_t shape) {
    return hash ^ (shape & TM_SHAPE_FIRST_UPPER ? FACTOR : 0);
}

/* Number words and all that begins with a digit are compared as they stand. */
static uint64_t key_of(const struct words *w, uint32_t token) {
    const tm_tokens *t = &w->layout->tokens;
    uint32_t shape = t->shape[token];
    uint64_t hash = t->hash[token];
    if (shape & TM_SHAPE_IDEOGRAPH)
        return !(shape & TM_SHAPE_SENTENCE) && t->shape[token - 1] & TM_SHAPE_IDEOGRAPH
                   ? (hash ^ (t->hash[token - 1] >> 7)) * FACTOR
                   : hash;
    if (shape & (TM_SHAPE_DIGIT | TM_SHAPE_NON_ASCII))
        return hash;
    uint64_t tag = tag_of(hash, shape), place = tag % STEMS_KEPT;
    if (w->stems->kept[place].tag == tag)
        return w->stems->kept[place].key;
    const struct word_class *class = lexicon_find(w->lexicon, hash);
    uint64_t key = hash;
    if (!class || !(class->classes & (WORD_NUMBER | WORD_SCALE)))
        key = stem_key(w->layout->text.data + t->start[token], t->length[token], hash,
                       (shape & TM_SHAPE_FIRST_UPPER) != 0);
    w->stems->kept[place].tag = tag;
    w->stems->kept[place].key = key;
    return key;
}

/* How a word of other text that folds to the same may begin. */
static void mark_start(struct dictionary *d, const struct words *w, uint32_t token) {
    const tm_tokens *t = &w->layout->tokens;
    const char *s = w->layout->text.data + t->start[token];
    uint32_t len = t->length[token];
    char folded[3 * 32 + 8];
    if (t->shape[token] & TM_SHAPE_NON_ASCII) {
        int64_t n = len <= 32 ? w->host->fold((tm_str){s, len}, folded, sizeof folded - 4) : -1;
        if (n < 0)
            return;
        memset(folded + n, 0, 4);
        s = folded;
        len = (uint32_t)n;
    }
    uint32_t start = stem_start(s, len);
    d->starts[start / 64] |= (uint64_t)1 << (start % 64);
}

/* Words [first, end) of a stretch. */
static void add_words(struct words *w, struct dictionary *d, uint32_t first, uint32_t end) {
    const struct layout *l = w->layout;
    for (uint32_t n = first; n < end; n++) {
        uint32_t token = l->word_token[n], shape = l->tokens.shape[token];
        const struct word_class *class = lexicon_find(w->lexicon, l->tokens.hash[token]);
        uint32_t id = dictionary_add(d, w, key_of(w, token), &w->n_ids);
        mark_start(d, w, token);
        w->id[n] = id;
        w->id_lower[id] |= (shape & TM_SHAPE_LOWER) != 0;
        w->id_function[id] |= class && class->classes & WORD_FUNCTION;
    }
}

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2")))

AVX2 static inline __m256i eight_of(const uint32_t *column, __m256i at) {
    return _mm256_i32gather_epi32((const int *)(const void *)column, at, 4);
}

/* The first of n words, by eights: as maybe_known has it, with stem_start. Returns how many. */
AVX2 static uint32_t look_by_eights(const struct dictionary *d, const struct layout *l, const uint32_t *token,
                                    uint32_t n, uint64_t *out_known) {
    const __m256i used = _mm256_setr_epi32(0, 0xff, 0xffff, 0xffffff, 0, 0, 0, 0);
    uint32_t i = 0;
    for (; n - i >= 8; i += 8) {
        __m256i at = _mm256_loadu_si256((const __m256i *)(const void *)(token + i));
        __m256i first =
            _mm256_i32gather_epi32((const int *)(const void *)l->text.data, eight_of(l->tokens.start, at), 1);
        __m256i bytes = _mm256_min_epu32(eight_of(l->tokens.length, at), _mm256_set1_epi32(3));
        first = _mm256_and_si256(_mm256_or_si256(first, _mm256_set1_epi32(STEM_SMALL)),
                                 _mm256_permutevar8x32_epi32(used, bytes));
        __m256i start = _mm256_srli_epi32(_mm256_mullo_epi32(first, _mm256_set1_epi32((int)STEM_MIX)), STEM_SHIFT);
        __m256i bits = eight_of((const uint32_t *)(const void *)d->starts, _mm256_srli_epi32(start, 5));
        __m256i known = _mm256_srlv_epi32(bits, _mm256_and_si256(start, _mm256_set1_epi32(31)));
        __m256i other = _mm256_and_si256(eight_of(l->tokens.shape, at), _mm256_set1_epi32((int)TM_SHAPE_NON_ASCII));
        other = _mm256_cmpgt_epi32(other, _mm256_setzero_si256());
        known = _mm256_or_si256(_mm256_slli_epi32(known, 31), other);
        *out_known |= (uint64_t)(unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(known)) << i;
    }
    return i;
}
#endif

/* Which of n words, at most 64, a stretch may have, as bits; no branch for each. */
static uint64_t maybe_known(const struct dictionary *d, const struct layout *l, const uint32_t *token, uint32_t n) {
    const tm_tokens *t = &l->tokens;
    uint64_t known = 0;
    uint32_t i = 0;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2"))
        i = look_by_eights(d, l, token, n, &known);
#endif
    for (; i < n; i++) {
        uint32_t start = stem_start(l->text.data + t->start[token[i]], t->length[token[i]]);
        known |= ((d->starts[start / 64] >> (start % 64) & 1) | (t->shape[token[i]] / TM_SHAPE_NON_ASCII & 1)) << i;
    }
    return known;
}

/* A word of other text that a stretch may have. */
static void find_word(struct words *w, struct dictionary *d, uint32_t word) {
    const tm_tokens *t = &w->layout->tokens;
    uint32_t token = w->layout->word_token[word], shape = t->shape[token], id;
    if (shape & TM_SHAPE_IDEOGRAPH) {
        id = dictionary_find(d, key_of(w, token));
    } else {
        uint64_t tag = tag_of(t->hash[token], shape);
        struct seen *seen = &d->cache[tag & d->cache_mask];
        if (seen->tag != tag)
            *seen = (struct seen){tag, dictionary_find(d, key_of(w, token)), 0};
        id = seen->id;
    }
    w->id[word] = id;
    w->id_lower[id] |= (shape & TM_SHAPE_LOWER) != 0;
    w->known[w->n_known] = word;
    w->n_known += !w->id_function[id];
}

/* Words [first, end) of other text. */
static void find_words(struct words *w, struct dictionary *d, uint32_t first, uint32_t end) {
    memset(w->id + first, 0, (end - first) * sizeof *w->id);
    for (; first < end; first += CHUNK) {
        uint32_t n = end - first < CHUNK ? end - first : CHUNK;
        uint64_t left = maybe_known(d, w->layout, w->layout->word_token + first, n);
        for (; left; left &= left - 1)
            find_word(w, d, first + (uint32_t)__builtin_ctzll(left));
    }
}

static void lay_units(struct words *w) {
    const struct layout *l = w->layout;
    uint32_t n = 0;
    for (uint32_t block = 0; block < l->blocks.count; block++) {
        w->block_unit[block] = n;
        for (uint32_t s = l->blocks.sentence[block]; s < l->blocks.sentence[block + 1]; s++)
            for (uint32_t i = l->sentence_word[s]; i < l->sentence_word[s + 1]; i += UNIT_MOST) {
                w->unit_word[n] = i;
                w->unit_block[n++] = block;
            }
    }
    w->block_unit[l->blocks.count] = n;
    w->unit_word[n] = w->count;
    w->n_units = n;
    memset(w->unit_read, 0, n);
}

void words_build(struct words *w, const struct layout *l, const uint8_t *is_stretch, const struct lexicon *lexicon,
                 struct stems *stems, const tm_host *host, tm_doc *doc) {
    uint32_t n = l->blocks.count, stretches = 0, first = 0;
    struct dictionary d;
    for (uint32_t block = 0; block < n; block++)
        stretches += is_stretch[block] ? l->words[block] : 0;
    memset(w, 0, sizeof *w);
    w->layout = l;
    w->lexicon = lexicon;
    w->stems = stems;
    w->host = host;
    w->doc = doc;
    w->count = layout_end_word(l, n - 1);
    uint64_t words = (uint64_t)w->count + 1, units = (uint64_t)l->sentences.count + words / UNIT_MOST + 2;
    /* In the scratch memory, where the scan of the layout needs nothing any more. */
    w->id = host->scratch(doc, words * (4 + 4 + 1));
    w->known = w->id + words;
    w->flags = (uint8_t *)(w->known + words);
    w->unit_word = host->alloc(doc, units * 4);
    w->unit_block = host->alloc(doc, units * 4);
    w->unit_read = host->alloc(doc, units);
    w->block_unit = host->alloc(doc, ((uint64_t)n + 1) * 4);
    w->id_lower = host->alloc(doc, 2 * ((uint64_t)stretches + 1));
    w->id_function = w->id_lower + stretches + 1;
    memset(w->id_lower, 0, 2 * ((uint64_t)stretches + 1));
    w->n_ids = WORD_ELSEWHERE + 1;
    w->id_function[WORD_ELSEWHERE] = 1;
    dictionary_init(&d, stretches, host, doc);
    lay_units(w);
    for (uint32_t block = 0; block < n; block++)
        if (is_stretch[block])
            add_words(w, &d, layout_first_word(l, block), layout_end_word(l, block));
    for (uint32_t block = 0; block < n; block++) {
        if (!is_stretch[block])
            continue;
        uint32_t at = layout_first_word(l, block), end = layout_end_word(l, block);
        find_words(w, &d, first, at);
        for (first = at; first < end; first++) {
            w->known[w->n_known] = first;
            w->n_known += !w->id_function[w->id[first]];
        }
    }
    find_words(w, &d, first, w->count);
    for (uint32_t block = 0; block < n; block++)
        for (uint32_t unit = w->block_unit[block]; is_stretch[block] && unit < w->block_unit[block + 1]; unit++)
            if (!w->unit_read[unit])
                words_read_unit(w, unit);
}

static uint32_t *number_place(const struct words *w, uint32_t word) {
    uint32_t mask = 2 * w->numbers_room - 1, i = (uint32_t)(word * FACTOR >> 32) & mask;
    while (w->number_places[i] && w->number_words[w->number_places[i] - 1] != word)
        i = (i + 1) & mask;
    return &w->number_places[i];
}

int32_t words_find_number(const struct words *w, uint32_t word) {
    return (int32_t)*number_place(w, word) - 1;
}

static void numbers_grow(struct words *w) {
    uint32_t room = w->numbers_room ? w->numbers_room * 2 : 64;
    struct number *numbers = w->host->alloc(w->doc, room * sizeof *numbers);
    uint32_t *words = w->host->alloc(w->doc, (uint64_t)room * 4);
    uint8_t *rounding = w->host->alloc(w->doc, room);
    if (w->n_numbers) {
        memcpy(numbers, w->numbers, w->n_numbers * sizeof *numbers);
        memcpy(words, w->number_words, (size_t)w->n_numbers * 4);
        memcpy(rounding, w->rounding, w->n_numbers);
    }
    w->numbers = numbers;
    w->number_words = words;
    w->rounding = rounding;
    w->numbers_room = room;
    w->number_places = w->host->alloc(w->doc, (uint64_t)room * 8);
    memset(w->number_places, 0, (size_t)room * 8);
    for (uint32_t i = 0; i < w->n_numbers; i++)
        *number_place(w, w->number_words[i]) = i + 1;
}

/* A word's number, in place of one that it had before. */
static void take_number(struct words *w, uint32_t word, struct number n, const struct word_class *before,
                        const struct word_class *before2) {
    uint8_t rounding = ROUND_NEAREST;
    const struct word_class *near[2] = {before, before2};
    for (int i = 1; i >= 0; i--)
        if (near[i] && near[i]->classes & (WORD_ABOVE | WORD_BELOW))
            rounding = near[i]->classes & WORD_ABOVE ? ROUND_DOWN : ROUND_UP;
    if (w->n_numbers == w->numbers_room)
        numbers_grow(w);
    uint32_t *place = number_place(w, word);
    w->number_words[w->n_numbers] = word;
    w->numbers[w->n_numbers] = n;
    w->rounding[w->n_numbers] = rounding;
    *place = ++w->n_numbers;
}

/* Whether a capital is due behind what stands between two words. */
static int is_due_between(const struct words *w, uint32_t token, uint32_t end) {
    const tm_tokens *t = &w->layout->tokens;
    for (; token < end; token++) {
        uint32_t shape = t->shape[token];
        if (shape & TM_SHAPE_CLITIC || !(shape & (TM_SHAPE_PUNCT | TM_SHAPE_EMOJI)))
            continue;
        if (shape & TM_SHAPE_QUOTE || (shape & TM_SHAPE_COMMA && w->layout->text.data[t->start[token]] == ':'))
            return 1;
    }
    return 0;
}

/* The number that begins at a numeral's character, and how many words it takes; 0 where there is none. */
static uint32_t read_ideographs(const struct words *w, uint32_t n, uint32_t end, struct number *out) {
    const tm_tokens *t = &w->layout->tokens;
    const uint32_t *token = w->layout->word_token;
    double values[NUMERALS_MOST];
    uint32_t count = 0;
    for (; count < NUMERALS_MOST && n + count < end && token[n + count] == token[n] + count; count++) {
        uint32_t i = token[n + count];
        values[count] = number_of_ideograph(w->layout->text.data + t->start[i], t->length[i]);
        if (values[count] < 0)
            break;
    }
    /* Ten, hundred and more alone are rather parts of words. */
    if (count == 0 || (count == 1 && values[0] >= 10))
        return 0;
    *out = number_of_ideographs(values, count);
    return count;
}

void words_read_unit(struct words *w, uint32_t unit) {
    const tm_tokens *t = &w->layout->tokens;
    const uint32_t *token = w->layout->word_token;
    const char *text = w->layout->text.data;
    uint32_t sentence = t->sentence[token[w->unit_word[unit]]];
    uint32_t first = w->layout->sentence_word[sentence], end = w->layout->sentence_word[sentence + 1];
    unit -= (w->unit_word[unit] - first) / UNIT_MOST;
    memset(w->unit_read + unit, 1, (end - first + UNIT_MOST - 1) / UNIT_MOST);
    const struct word_class *before = NULL, *before2 = NULL;
    uint32_t numerals_end = first;
    for (uint32_t n = first; n < end; n++) {
        uint32_t i = token[n], shape = t->shape[i], flags = 0;
        const struct word_class *class = lexicon_find(w->lexicon, t->hash[i]);
        struct number number;
        if (class && class->classes & WORD_FUNCTION)
            flags |= IS_FUNCTION;
        if (class && class->classes & WORD_NEGATION)
            flags |= IS_NEGATION;
        if (shape & TM_SHAPE_DIGIT && number_parse(text + t->start[i], t->length[i], &number)) {
            flags |= IS_NUMBER;
            take_number(w, n, number, before, before2);
        } else if (class && class->classes & WORD_SCALE && n > first && w->flags[n - 1] & IS_NUMBER) {
            number_scale(&w->numbers[words_find_number(w, n - 1)], class->value);
        } else if (class && class->classes & WORD_NUMBER) {
            flags |= IS_NUMBER;
            take_number(w, n, number_of(class->value), before, before2);
        }
        uint32_t count = shape & TM_SHAPE_IDEOGRAPH && n >= numerals_end ? read_ideographs(w, n, end, &number) : 0;
        if (count > 0) {
            flags |= IS_NUMBER;
            take_number(w, n, number, before, before2);
            numerals_end = n + count;
        }
        if (shape & TM_SHAPE_FIRST_UPPER && !(flags & IS_FUNCTION)) {
            int due = n == first || is_due_between(w, token[n - 1] + 1, i);
            flags |= !due || shape & (TM_SHAPE_ALL_UPPER | TM_SHAPE_MIXED) ? IS_NAME : IS_CAPITAL;
        }
        if (shape & TM_SHAPE_LOWER)
            flags |= IS_LOWER;
        w->flags[n] = (uint8_t)flags;
        before2 = before;
        before = class;
    }
}

int words_may_have_number(const struct words *w, uint32_t unit) {
    const tm_tokens *t = &w->layout->tokens;
    uint32_t any = 0;
    for (uint32_t n = w->unit_word[unit]; n < w->unit_word[unit + 1]; n++) {
        uint32_t token = w->layout->word_token[n];
        any |= (t->shape[token] & (TM_SHAPE_DIGIT | TM_SHAPE_IDEOGRAPH)) |
               lexicon_may(w->lexicon->number_bits, t->hash[token]);
    }
    return any != 0;
}
