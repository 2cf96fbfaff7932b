/* data.h: the plugin's data files and padded texts, for tests that call VADER without a host. */
#ifndef SENTIMENT_TESTS_DATA_H
#define SENTIMENT_TESTS_DATA_H

#include "emoji.h"
#include "lexicon.h"
#include "vader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct test_data {
    char *lexicon_text, *emoji_text;
    struct lexicon *lexicon;
    struct emoji *emoji;
    struct vader_work work;
};

/* The bytes of a file, padded; NULL where it is not there. */
static inline char *read_file(const char *path, uint64_t *out_len) {
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    char *bytes = calloc((size_t)size + TM_PAD, 1);
    *out_len = fread(bytes, 1, (size_t)size, file);
    fclose(file);
    return bytes;
}

static inline void test_data_open(struct test_data *d) {
    char error[256] = "";
    uint64_t len = 0;
    memset(d, 0, sizeof *d);
    d->lexicon_text = read_file(SENTIMENT_DATA "/vader_lexicon.tsv", &len);
    d->lexicon = lexicon_new("vader_lexicon.tsv", (tm_str){d->lexicon_text, len}, error, sizeof error);
    d->emoji_text = read_file(SENTIMENT_DATA "/emoji.tsv", &len);
    d->emoji = emoji_new("emoji.tsv", (tm_str){d->emoji_text, len}, error, sizeof error);
    if (!d->lexicon || !d->emoji) {
        fprintf(stderr, "the data cannot be read: %s\n", error);
        exit(1);
    }
}

static inline void test_data_close(struct test_data *d) {
    vader_work_free(&d->work);
    lexicon_free(d->lexicon);
    emoji_free(d->emoji);
    free(d->lexicon_text);
    free(d->emoji_text);
}

/* Scores a text of any length, which is copied so that reads beyond its padding are seen by a sanitizer. */
static inline struct vader_result test_score(struct test_data *d, const char *text, uint64_t len) {
    struct vader_result r;
    char *padded = calloc(len + TM_PAD, 1);
    memcpy(padded, text, len);
    if (vader_score(d->lexicon, d->emoji, (tm_str){padded, len}, &d->work, &r) != 0)
        exit(1);
    free(padded);
    return r;
}

/* As Python prints them: compound to 4 decimals, the others to 3. */
static inline void test_print(const struct vader_result *r, char *out, size_t room) {
    snprintf(out, room, "%.4f %.3f %.3f %.3f", r->compound + 0.0, r->pos, r->neu, r->neg);
    if (strncmp(out, "-0.0000", 7) == 0)
        memmove(out, out + 1, strlen(out));
}

#endif
