/* words.c: see words.h. One pass over the tokens; a dictionary from stems to ids by open addressing. */
#include "words.h"

#include <string.h>

struct dictionary {
    uint64_t *key; /* 0: empty */
    uint32_t *id;
    uint64_t mask;
    const tm_host *host;
    tm_doc *doc;
};

static void dictionary_room(struct dictionary *d, uint64_t places) {
    d->mask = places - 1;
    d->key = d->host->alloc(d->doc, places * 8);
    d->id = d->host->alloc(d->doc, places * 4);
    memset(d->key, 0, places * 8);
}

static uint64_t dictionary_place(const struct dictionary *d, uint64_t key) {
    uint64_t i = (key ^ (key >> 32)) & d->mask;
    while (d->key[i] && d->key[i] != key)
        i = (i + 1) & d->mask;
    return i;
}

/* Twice the room; what was is left to the document's memory, which is no more than what is now. */
static void dictionary_grow(struct dictionary *d) {
    struct dictionary old = *d;
    dictionary_room(d, (old.mask + 1) * 2);
    for (uint64_t i = 0; i <= old.mask; i++) {
        if (!old.key[i])
            continue;
        uint64_t place = dictionary_place(d, old.key[i]);
        d->key[place] = old.key[i];
        d->id[place] = old.id[i];
    }
}

static uint32_t dictionary_id(struct dictionary *d, uint64_t key, uint32_t *count) {
    key |= 1;
    uint64_t i = dictionary_place(d, key);
    if (d->key[i])
        return d->id[i];
    if ((uint64_t)*count * 4 > d->mask * 3) {
        dictionary_grow(d);
        i = dictionary_place(d, key);
    }
    d->key[i] = key;
    d->id[i] = (*count)++;
    return d->id[i];
}

static int ends(const char *s, uint32_t n, const char *end) {
    uint32_t k = (uint32_t)strlen(end);
    return n > k && memcmp(s + n - k, end, k) == 0;
}

static uint32_t undouble(const char *s, uint32_t n) {
    if (n > 3 && s[n - 1] == s[n - 2] && s[n - 1] != 'l' && s[n - 1] != 's' && s[n - 1] != 'z')
        n--;
    return n;
}

/* The length of the stem of a lower-case ASCII word; a final y becomes i in place. */
static uint32_t stem(char *s, uint32_t n) {
    if (n <= 3)
        return n;
    if (n > 4 && ends(s, n, "ies")) {
        n -= 2;
        s[n - 1] = 'y';
    } else if (ends(s, n, "sses") || ends(s, n, "xes") || ends(s, n, "ches") || ends(s, n, "shes") ||
               ends(s, n, "zes")) {
        n -= 2;
    } else if (s[n - 1] == 's' && !ends(s, n, "ss") && !ends(s, n, "us") && !ends(s, n, "is")) {
        n--;
    }
    if (n >= 6 && ends(s, n, "ing")) {
        n = undouble(s, n - 3);
    } else if (n > 4 && ends(s, n, "ied")) {
        n -= 2;
        s[n - 1] = 'y';
    } else if (n >= 5 && ends(s, n, "ed")) {
        n = undouble(s, n - 2);
    } else if (n >= 6 && ends(s, n, "ly")) {
        n -= 2;
    }
    if (n > 3 && s[n - 1] == 'e')
        n--;
    if (n > 2 && s[n - 1] == 'y')
        s[n - 1] = 'i';
    return n;
}

/* Who lives where: Israeli and Israel, Russian and Russia. */
static uint32_t stem_people(const char *s, uint32_t n) {
    if (n >= 6 && s[n - 1] == 'n' && s[n - 2] == 'a' && strchr("iec", s[n - 3]))
        return n - 1;
    if (n >= 5 && s[n - 1] == 'i' && strchr("lnq", s[n - 2]))
        return n - 1;
    return n;
}

static uint64_t stem_key(const char *text, uint32_t len, uint64_t hash, int is_capital) {
    char s[32];
    if (len > sizeof s)
        return hash;
    for (uint32_t i = 0; i < len; i++) {
        char c = (char)(text[i] | 32);
        if (c < 'a' || c > 'z')
            return hash;
        s[i] = c;
    }
    uint32_t people = is_capital ? stem_people(s, len) : len;
    uint32_t n = people < len ? people : stem(s, len);
    uint64_t h = 0x9e3779b97f4a7c15u;
    for (uint32_t i = 0; i < n; i++)
        h = (h ^ (uint8_t)s[i]) * 0x100000001b3u;
    return h ^ (h >> 29);
}

static int32_t take_number(struct words *w, const tm_host *host, tm_doc *doc, struct number n,
                           const struct word_class *before, const struct word_class *before2) {
    uint8_t rounding = ROUND_NEAREST;
    const struct word_class *near[2] = {before, before2};
    for (int i = 1; i >= 0; i--)
        if (near[i] && near[i]->classes & (WORD_ABOVE | WORD_BELOW))
            rounding = near[i]->classes & WORD_ABOVE ? ROUND_DOWN : ROUND_UP;
    if (w->n_numbers == w->numbers_room) {
        uint32_t room = w->numbers_room ? w->numbers_room * 2 : 64;
        struct number *numbers = host->alloc(doc, room * sizeof *numbers);
        uint8_t *all = host->alloc(doc, room);
        if (w->n_numbers) {
            memcpy(numbers, w->numbers, w->n_numbers * sizeof *numbers);
            memcpy(all, w->rounding, w->n_numbers);
        }
        w->numbers = numbers;
        w->rounding = all;
        w->numbers_room = room;
    }
    w->numbers[w->n_numbers] = n;
    w->rounding[w->n_numbers] = rounding;
    return (int32_t)w->n_numbers++;
}

/* The number of a citation mark, [4]. */
static int is_citation(const char *text, const tm_tokens *t, uint32_t i) {
    uint32_t end = t->start[i] + t->length[i];
    return t->shape[i] & TM_SHAPE_NUMBER && t->length[i] <= 3 && t->start[i] > 0 && text[t->start[i] - 1] == '[' &&
           text[end] == ']';
}

void words_build(struct words *w, const struct lexicon *lexicon, const tm_host *host, tm_doc *doc, const tm_tokens *t,
                 const tm_sentences *s, const tm_blocks *b) {
    const char *text = host->text(doc).data;
    uint64_t room = (uint64_t)t->count + 1;
    struct dictionary d;
    memset(w, 0, sizeof *w);
    w->id = host->alloc(doc, room * 4);
    w->token = host->alloc(doc, room * 4);
    w->unit = host->alloc(doc, room * 4);
    w->number = host->alloc(doc, room * 4);
    w->flags = host->alloc(doc, room);
    uint64_t units = (uint64_t)s->count + t->count / UNIT_MOST + 2;
    w->unit_word = host->alloc(doc, units * 4);
    w->unit_block = host->alloc(doc, units * 4);
    w->block_word = host->alloc(doc, ((uint64_t)b->count + 1) * 4);
    w->id_lower = host->alloc(doc, room);
    memset(w->id_lower, 0, room);
    d.host = host;
    d.doc = doc;
    dictionary_room(&d, 1024);

    for (uint32_t block = 0; block < b->count; block++) {
        uint32_t body = b->start[block] + b->mark[block];
        w->block_word[block] = w->count;
        for (uint32_t sentence = b->sentence[block]; sentence < b->sentence[block + 1]; sentence++) {
            int due = 1; /* a capital is due here */
            uint32_t first = w->count, before_shape = 0;
            const struct word_class *before = NULL, *before2 = NULL;
            for (uint32_t i = s->token[sentence]; i < s->token[sentence + 1]; i++) {
                uint32_t shape = t->shape[i];
                if (t->start[i] < body || shape & TM_SHAPE_CLITIC || is_citation(text, t, i))
                    continue;
                if (shape & (TM_SHAPE_PUNCT | TM_SHAPE_EMOJI)) {
                    if (shape & TM_SHAPE_QUOTE || (shape & TM_SHAPE_COMMA && text[t->start[i]] == ':'))
                        due = 1;
                    before_shape = 0;
                    continue;
                }
                if (w->count == first || w->count - w->unit_word[w->n_units - 1] >= UNIT_MOST) {
                    w->unit_word[w->n_units] = w->count;
                    w->unit_block[w->n_units++] = block;
                }
                const struct word_class *class = lexicon_find(lexicon, t->hash[i]);
                uint64_t key = t->hash[i];
                uint32_t flags = 0, n = w->count;
                struct number number;
                w->number[n] = -1;
                if (class && class->classes & WORD_FUNCTION)
                    flags |= IS_FUNCTION;
                if (class && class->classes & WORD_NEGATION)
                    flags |= IS_NEGATION;
                if (shape & TM_SHAPE_DIGIT && number_parse(text + t->start[i], t->length[i], &number)) {
                    flags |= IS_NUMBER;
                    w->number[n] = take_number(w, host, doc, number, before, before2);
                } else if (class && class->classes & WORD_SCALE && n > first && w->number[n - 1] >= 0) {
                    number_scale(&w->numbers[w->number[n - 1]], class->value);
                } else if (class && class->classes & WORD_NUMBER) {
                    flags |= IS_NUMBER;
                    w->number[n] = take_number(w, host, doc, number_of(class->value), before, before2);
                } else if (shape & TM_SHAPE_IDEOGRAPH) {
                    if (before_shape & TM_SHAPE_IDEOGRAPH)
                        key = (key ^ (t->hash[i - 1] >> 7)) * 0x9e3779b97f4a7c15u;
                } else {
                    key = stem_key(text + t->start[i], t->length[i], key, (shape & TM_SHAPE_FIRST_UPPER) != 0);
                }
                if (shape & TM_SHAPE_FIRST_UPPER && !(flags & IS_FUNCTION))
                    flags |= !due || shape & (TM_SHAPE_ALL_UPPER | TM_SHAPE_MIXED) ? IS_NAME : IS_CAPITAL;
                if (shape & TM_SHAPE_LOWER)
                    flags |= IS_LOWER;
                w->id[n] = dictionary_id(&d, key, &w->n_ids);
                w->id_lower[w->id[n]] |= (flags & IS_LOWER) != 0;
                w->token[n] = i;
                w->unit[n] = w->n_units - 1;
                w->flags[n] = (uint8_t)flags;
                w->count++;
                due = 0;
                before2 = before;
                before = class;
                before_shape = shape;
            }
        }
    }
    w->block_word[b->count] = w->count;
    w->unit_word[w->n_units] = w->count;
}
