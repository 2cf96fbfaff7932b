/* How long a decision takes and how much a document costs, for a store of any size: documents are made up (words by
 * their rank, as in real text; every 50th is a near-copy of an earlier one), so that a million of them need no disk.
 *
 *     bench_neardup [documents] [folder]     without a folder: in memory only
 *
 * Prints nanoseconds a document of signature (process), of the decision (commit) and of the log with its flushes (every
 * 256 documents), and bytes a document. */
#include "../store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WORDS_MOST 2048u
#define SYNC_EVERY 256u

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static uint64_t next(uint64_t *state) {
    uint64_t x = *state += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

static uint64_t word_hash(uint64_t rank) {
    uint64_t state = rank * 77;
    return next(&state);
}

struct text {
    uint64_t hash[WORDS_MOST];
    uint32_t shape[WORDS_MOST], sentence[WORDS_MOST], start[WORDS_MOST], length[WORDS_MOST], bytes;
    tm_tokens tokens;
};

/* Document n; near-copies leave out one word in forty of the one that they copy. */
static void make_text(struct text *t, uint64_t n) {
    uint64_t state = n % 50 == 49 ? n - 40 : n, noise = n;
    uint32_t words = 200 + (uint32_t)(next(&state) % 400), count = 0;
    for (uint32_t i = 0; i < words; i++) {
        uint64_t r = next(&state);
        uint64_t rank = r % 3 == 0 ? r / 3 % 100 : r % 3 == 1 ? r / 3 % 5000 : r / 3 % 200000;
        if (n % 50 == 49 && next(&noise) % 40 == 0)
            continue;
        t->hash[count] = word_hash(rank);
        t->shape[count] = TM_SHAPE_WORD | (r >> 40 & 15 ? TM_SHAPE_LOWER : TM_SHAPE_FIRST_UPPER) |
                          (r >> 50 & 31 ? 0 : TM_SHAPE_DIGIT);
        count++;
    }
    t->bytes = count * 6;
    t->tokens = (tm_tokens){.count = count,
                            .hash = t->hash,
                            .shape = t->shape,
                            .sentence = t->sentence,
                            .start = t->start,
                            .length = t->length};
}

static uint32_t loaded;

static int take(void *context, tm_str record) {
    loaded++;
    return store_load(context, record) != ROW_NONE;
}

static int run(uint64_t documents, const char *folder) {
    static struct text text;
    static struct signature signature;
    static struct match match;
    static uint8_t room[SIGNATURE_BYTES_MOST];
    static const struct fact_words no_words;
    const struct store_options options = {0, 0, 0.53, 0.87};
    const struct log_settings settings = {TM_TEXT_VERSION, 5, 320, VALUE_BITS};
    struct store *store = store_new(&options);
    void *scratch = malloc(signature_scratch(WORDS_MOST));
    uint64_t made = 0, decided = 0, logged = 0, found = 0, bytes = 0;
    char why[512];
    struct log *log = NULL;
    if (folder && !(log = log_open(folder, &settings, 0, take, store, why, sizeof why))) {
        fprintf(stderr, "%s\n", why);
        return 1;
    }
    for (uint64_t n = 0; n < documents && store && scratch; n++) {
        char id[32];
        make_text(&text, n);
        bytes += text.bytes;
        uint64_t a = now();
        signature_of(&text.tokens, &no_words, 5, 320, scratch, &signature);
        tm_str packed = {(const char *)room, signature_pack(&signature, room)};
        uint64_t b = now();
        tm_uid uid = {n * 0x9e3779b97f4a7c15u, n};
        uint32_t row = store_row_of(store, uid, packed);
        found += (uint64_t)store_find(store, &signature, row, &match);
        tm_str name = {id, (uint64_t)snprintf(id, sizeof id, "news/2026/%010lu.txt", (unsigned long)n)};
        if (row == ROW_NONE)
            row = store_add(store, uid, 0, name, &signature, packed);
        uint64_t c = now();
        if (log && (log_append(log, store_record(store, row)) != 0 || (n % SYNC_EVERY == 0 && log_sync(log) != 0)))
            return 1;
        uint64_t d = now();
        made += b - a;
        decided += c - b;
        logged += d - c;
    }
    double n = (double)documents;
    printf(
        "%8lu documents: process %6.2f us, commit %6.2f us, log %6.2f us; %.0f MB/s in memory, %.0f on disk; %lu near; "
        "%.0f bytes a document in memory, %.0f on disk\n",
        (unsigned long)documents, (double)made / n / 1e3, (double)decided / n / 1e3, (double)logged / n / 1e3,
        (double)bytes * 1e3 / (double)(made + decided), (double)bytes * 1e3 / (double)(made + decided + logged),
        (unsigned long)found, (double)store_bytes(store) / n, log ? (double)log_bytes(log) / n : 0.0);
    log_close(log);
    store_free(store);
    free(scratch);
    return found + 1 < documents / 60;
}

int main(int count, char **words) {
    if (count > 1)
        return run(strtoull(words[1], NULL, 10), count > 2 ? words[2] : NULL);
    return run(2000, NULL);
}
