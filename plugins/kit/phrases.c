/* phrases.c: builds a set of phrases. Owns the builder; matching stands in the header, to be inlined. Steps live in one
 * growing hash table; the values of a phrase are a chain while building and lie side by side in the end. */
#include "phrases.h"

#include <stdlib.h>
#include <string.h>

struct link {
    uint32_t value;
    uint32_t next; /* index + 1 of the next link, 0 = end */
    uint32_t last; /* in the first link of a chain: index + 1 of its last */
};

struct hashes {
    uint64_t *hash;
    uint32_t n, room;
};

struct phrase_builder {
    struct phrase_step *steps;
    uint32_t bits;
    uint32_t used;
    uint32_t states;
    struct hashes first;  /* of first tokens */
    struct hashes starts; /* of phrases of one token, and of pairs that longer ones begin with */
    struct link *links;
    uint32_t n_links, room_links;
    uint64_t *filter, *starts_filter;
    uint32_t *values;
};

static struct phrase_step *steps_new(uint32_t bits) {
    size_t bytes = sizeof(struct phrase_step) << bits;
    struct phrase_step *steps = aligned_alloc(PHRASE_GROUP * sizeof *steps, bytes);
    return steps ? memset(steps, 0, bytes) : NULL;
}

struct phrase_builder *phrase_builder_new(void) {
    struct phrase_builder *b = calloc(1, sizeof *b);
    if (!b)
        return NULL;
    b->bits = 8;
    b->steps = steps_new(b->bits);
    if (!b->steps) {
        free(b);
        return NULL;
    }
    return b;
}

void phrase_builder_free(struct phrase_builder *b) {
    if (!b)
        return;
    free(b->steps);
    free(b->links);
    free(b->first.hash);
    free(b->starts.hash);
    free(b->filter);
    free(b->starts_filter);
    free(b->values);
    free(b);
}

static struct phrase_step *place(struct phrase_step *steps, uint32_t bits, uint64_t key) {
    uint32_t mask = ((uint32_t)1 << bits) - 1;
    uint32_t at = (uint32_t)(key >> 20) & mask & ~(PHRASE_GROUP - 1);
    while (steps[at].key != 0 && steps[at].key != key)
        at = (at + 1) & mask;
    return &steps[at];
}

static int grow(struct phrase_builder *b) {
    struct phrase_step *wider = b->bits < 31 ? steps_new(b->bits + 1) : NULL;
    if (!wider)
        return -1;
    for (uint32_t i = 0; i < (uint32_t)1 << b->bits; i++)
        if (b->steps[i].key)
            *place(wider, b->bits + 1, b->steps[i].key) = b->steps[i];
    free(b->steps);
    b->steps = wider;
    b->bits++;
    return 0;
}

static int chain(struct phrase_builder *b, struct phrase_step *step, uint32_t value) {
    if (b->n_links == b->room_links) {
        if (b->room_links >= (uint32_t)1 << 30)
            return -1;
        uint32_t room = b->room_links ? b->room_links * 2 : 256;
        struct link *more = realloc(b->links, room * sizeof *more);
        if (!more)
            return -1;
        b->links = more;
        b->room_links = room;
    }
    uint32_t at = ++b->n_links;
    b->links[at - 1] = (struct link){value, 0, at};
    if (!step->values) {
        step->values = at;
    } else {
        struct link *first = &b->links[step->values - 1];
        b->links[first->last - 1].next = at;
        first->last = at;
    }
    return 0;
}

static int note(struct hashes *h, uint64_t hash) {
    if (h->n == h->room) {
        uint32_t room = h->room ? h->room * 2 : 256;
        uint64_t *more = realloc(h->hash, room * sizeof *more);
        if (!more)
            return -1;
        h->hash = more;
        h->room = room;
    }
    h->hash[h->n++] = hash;
    return 0;
}

/* A filter with room for sixteen bits a hash or more. */
static uint64_t *filter_new(const struct hashes *h, uint32_t *out_bits) {
    uint32_t bits = 12;
    while (bits < 24 && (uint64_t)1 << bits < (uint64_t)h->n * 16)
        bits++;
    *out_bits = bits;
    return calloc(((size_t)1 << bits) / 64, sizeof(uint64_t));
}

static uint64_t *filter_of_first(const struct hashes *h, uint32_t *out_bits) {
    uint64_t *filter = filter_new(h, out_bits);
    for (uint32_t i = 0; filter && i < h->n; i++) {
        uint64_t bit = h->hash[i] >> 7 & (((uint64_t)1 << *out_bits) - 1);
        filter[bit >> 6] |= (uint64_t)1 << (bit & 63);
    }
    return filter;
}

static uint64_t *filter_of_starts(const struct hashes *h, uint32_t *out_bits) {
    uint64_t *filter = filter_new(h, out_bits);
    for (uint32_t i = 0; filter && i < h->n; i++)
        filter[phrase_start_word(h->hash[i], *out_bits)] |= phrase_start_bits(h->hash[i]);
    return filter;
}

int phrase_builder_add(struct phrase_builder *b, const uint64_t *hash, uint32_t n, uint32_t value) {
    if (n == 0 || b->values)
        return -1;
    uint32_t state = 0;
    for (uint32_t i = 0; i < n; i++) {
        /* Small sets have places to spare: most look-ups are for what is not there, and end at the first free one. */
        if ((uint64_t)(b->used + 1) * 3 > (uint64_t)(b->bits < 14 ? 1 : 2) << b->bits && grow(b) < 0)
            return -1;
        uint64_t key = phrase_key(hash[i], state);
        struct phrase_step *step = place(b->steps, b->bits, key);
        if (!step->key) {
            if (i == 0 && note(&b->first, hash[0]) < 0)
                return -1;
            if (i == 1 && note(&b->starts, phrase_pair(hash[0], hash[1])) < 0)
                return -1;
            step->key = key;
            b->used++;
        }
        if (n == 1 && !step->values && note(&b->starts, hash[0]) < 0)
            return -1;
        if (i + 1 == n)
            return chain(b, step, value);
        if (!step->state)
            step->state = ++b->states;
        state = step->state;
    }
    return 0;
}

int phrase_builder_finish(struct phrase_builder *b, struct phrase_view *out_view) {
    if (b->values)
        return -1;
    uint32_t filter_bits, starts_bits, n_places = (uint32_t)1 << b->bits;
    b->filter = filter_of_first(&b->first, &filter_bits);
    b->starts_filter = filter_of_starts(&b->starts, &starts_bits);
    b->values = malloc(((size_t)b->n_links * 2 + 1) * sizeof *b->values);
    if (!b->filter || !b->starts_filter || !b->values)
        return -1;
    uint32_t n = 1;
    b->values[0] = 0;
    for (uint32_t i = 0; i < n_places; i++) {
        struct phrase_step *step = &b->steps[i];
        if (!step->key)
            continue;
        if (!step->values)
            continue;
        uint32_t head = n++, count = 0;
        for (uint32_t at = step->values; at; at = b->links[at - 1].next) {
            b->values[n++] = b->links[at - 1].value;
            count++;
        }
        b->values[head] = count;
        step->values = head;
    }
    *out_view = (struct phrase_view){b->steps,    b->filter,   b->starts_filter, b->values, b->bits,
                                     filter_bits, starts_bits, n_places,         n};
    return 0;
}
