/* gen.c: writes the input of a measurement: articles as JSONL, one long document, or many small files. The same seed
 * gives the same bytes. Words are drawn by rank from vocabulary.h, so that few are frequent and most are seldom, with a
 * tail of words that no lexicon knows; around the text stand the lines that scraped pages have, captions, tags, and
 * bullets that repeat the body. With --samples the paragraphs of real sample articles are mixed instead.
 */
#include "vocabulary.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define COUNT(a) ((uint32_t)(sizeof(a) / sizeof *(a)))
#define DRAWS 4096u /* entries of a table that turns a number into a rank */
#define SHIFT 12.0  /* a word's frequency is as 1 / (rank + SHIFT) */
#define MOST_SENTENCES 512u

struct text {
    char *data;
    size_t len, room;
};

struct list {
    const char *const *words;
    uint16_t draw[DRAWS];
};

struct span {
    size_t start, len;
};

struct gen {
    uint64_t random;
    struct list nouns, verbs, adjectives, adverbs;
    struct text body;                      /* of the document that is being made */
    struct span sentences[MOST_SENTENCES]; /* of the body, for bullets */
    uint32_t n_sentences;
    struct text line;
    struct text samples; /* paragraphs of sample articles, one after the other */
    struct span *paragraphs;
    uint32_t n_paragraphs;
};

static void die(const char *what, const char *name) {
    fprintf(stderr, "bench_gen: %s%s%s\n", what, *name ? ": " : "", name);
    exit(2);
}

static void add(struct text *t, const char *data, size_t len) {
    if (t->room - t->len < len + 1) {
        t->room = 2 * (t->len + len + 1);
        t->data = realloc(t->data, t->room);
        if (!t->data)
            die("out of memory", "");
    }
    memcpy(t->data + t->len, data, len);
    t->len += len;
}

static void say(struct text *t, const char *words) {
    add(t, words, strlen(words));
}

static uint32_t below(struct gen *g, uint32_t n) {
    g->random ^= g->random << 13;
    g->random ^= g->random >> 7;
    g->random ^= g->random << 17;
    return (uint32_t)(((g->random >> 32) * n) >> 32);
}

static void list_init(struct list *l, const char *const *words, uint32_t n) {
    l->words = words;
    for (uint32_t i = 0; i < DRAWS; i++) {
        uint32_t rank = (uint32_t)(SHIFT * pow((n + SHIFT) / SHIFT, (i + 0.5) / DRAWS) - SHIFT);
        l->draw[i] = (uint16_t)(rank < n ? rank : n - 1);
    }
}

static void draw(struct gen *g, const struct list *l) {
    say(&g->body, l->words[l->draw[below(g, DRAWS)]]);
}

#define PICK(g, list) say(&(g)->body, list[below(g, COUNT(list))])

static void number(struct gen *g, uint32_t least, uint32_t most) {
    char digits[16];
    snprintf(digits, sizeof digits, "%u", least + below(g, most - least));
    say(&g->body, digits);
}

/* A word of no lexicon. */
static void rare_word(struct gen *g) {
    for (uint32_t n = 2 + below(g, 3); n; n--)
        PICK(g, syllables);
}

static void noun(struct gen *g) {
    if (below(g, 100) < 3)
        rare_word(g);
    else
        draw(g, &g->nouns);
    if (below(g, 4) == 0)
        say(&g->body, "s");
}

static void noun_phrase(struct gen *g) {
    static const char *const starts[] = {"the ", "the ", "a ", "its ", "their ", "this ", "every ", "one "};
    PICK(g, starts);
    if (below(g, 3) == 0) {
        draw(g, &g->adjectives);
        say(&g->body, " ");
    }
    noun(g);
    if (below(g, 3) == 0) {
        static const char *const links[] = {" of the ", " in the ", " for the ", " near the ", " and the "};
        PICK(g, links);
        noun(g);
    }
}

static void person(struct gen *g) {
    if (below(g, 2)) {
        PICK(g, first_names);
        say(&g->body, " ");
    } else if (below(g, 4) == 0) {
        say(&g->body, below(g, 2) ? "Dr. " : "Mr ");
    }
    PICK(g, last_names);
}

static void subject(struct gen *g) {
    switch (below(g, 6)) {
    case 0:
        person(g);
        break;
    case 1:
        PICK(g, organisations);
        break;
    default:
        noun_phrase(g);
    }
}

static void clause(struct gen *g) {
    subject(g);
    say(&g->body, below(g, 6) ? " " : " has not ");
    draw(g, &g->verbs);
    say(&g->body, " ");
    noun_phrase(g);
}

static void tail(struct gen *g) {
    switch (below(g, 8)) {
    case 0:
        say(&g->body, " in ");
        PICK(g, places);
        break;
    case 1:
        say(&g->body, ", ");
        draw(g, &g->adverbs);
        break;
    case 2:
        say(&g->body, " after ");
        number(g, 2, 40);
        say(&g->body, " years");
        break;
    case 3:
        say(&g->body, ", which ");
        draw(g, &g->verbs);
        say(&g->body, " ");
        noun_phrase(g);
        break;
    case 4:
        say(&g->body, " because it was ");
        draw(g, &g->adjectives);
        break;
    default:
        break;
    }
}

static void quote(struct gen *g) {
    int typographic = below(g, 2) == 0;
    say(&g->body, typographic ? "\xe2\x80\x9cWe " : "\"We ");
    draw(g, &g->verbs);
    say(&g->body, " ");
    noun_phrase(g);
    say(&g->body,
        typographic ? ", and it\xe2\x80\x99s not enough,\xe2\x80\x9d said " : ", and it's not enough,\" said ");
    person(g);
    say(&g->body, " of ");
    PICK(g, organisations);
}

static void sentence(struct gen *g) {
    struct text *t = &g->body;
    size_t start = t->len;
    switch (below(g, 10)) {
    case 0:
        quote(g);
        break;
    case 1:
        say(t, "in ");
        PICK(g, places);
        say(t, ", ");
        clause(g);
        break;
    case 2:
        say(t, "about ");
        number(g, 2, 99);
        say(t, below(g, 2) ? " per cent of " : ".5 million people saw that ");
        clause(g);
        break;
    case 3:
        clause(g);
        say(t, ", but ");
        clause(g);
        break;
    default:
        clause(g);
        tail(g);
    }
    if (below(g, 40) == 0)
        say(t, " [4]");
    say(t, below(g, 30) ? "." : "?");
    if (t->data[start] >= 'a' && t->data[start] <= 'z')
        t->data[start] = (char)(t->data[start] - 32);
    if (g->n_sentences < MOST_SENTENCES)
        g->sentences[g->n_sentences++] = (struct span){start, t->len - start};
}

static void paragraph(struct gen *g) {
    for (uint32_t n = 1 + below(g, 4); n; n--) {
        sentence(g);
        say(&g->body, n > 1 ? " " : "\n\n");
    }
}

/* One of the body's sentences once more, some with their first words left out. */
static void bullet(struct gen *g) {
    char copy[256];
    struct span s = g->sentences[below(g, g->n_sentences)];
    if (s.len >= sizeof copy)
        return;
    memcpy(copy, g->body.data + s.start, s.len);
    say(&g->body, "- ");
    add(&g->body, copy, s.len - 1);
    say(&g->body, "\n");
}

static void title(struct gen *g) {
    size_t start = g->body.len;
    clause(g);
    if (g->body.data[start] >= 'a' && g->body.data[start] <= 'z')
        g->body.data[start] = (char)(g->body.data[start] - 32);
}

/* An article of about `bytes` bytes; its title is the first line. */
static void article(struct gen *g, size_t bytes, size_t *out_title) {
    struct text *t = &g->body;
    t->len = 0;
    g->n_sentences = 0;
    title(g);
    *out_title = t->len;
    say(t, "\n\n");
    if (bytes > 1200) {
        PICK(g, junk);
        say(t, "\n");
        say(t, "By ");
        person(g);
        say(t, "\n\n");
    }
    size_t body_end = bytes > 1200 ? bytes - bytes / 8 : bytes;
    for (uint32_t n = 0; t->len < body_end; n++) {
        if (g->n_paragraphs) {
            struct span s = g->paragraphs[below(g, g->n_paragraphs)];
            add(t, g->samples.data + s.start, s.len);
            say(t, "\n\n");
            continue;
        }
        paragraph(g);
        if (n % 8 == 5) {
            say(t, "Photo: ");
            person(g);
            say(t, " / ");
            PICK(g, organisations);
            say(t, "\n\n");
        } else if (n % 16 == 11) {
            PICK(g, junk);
            say(t, "\n\n");
        }
    }
    if (bytes > 1200 && g->n_sentences) {
        say(t, "Key points\n");
        for (uint32_t n = 3; n; n--)
            bullet(g);
        say(t, "\n");
        PICK(g, junk);
        say(t, "\n");
        PICK(g, junk);
    }
}

static void json_string(struct text *out, const char *data, size_t len) {
    static const char hex[] = "0123456789abcdef";
    for (size_t i = 0, from = 0; i <= len; i++) {
        unsigned char c = i < len ? (unsigned char)data[i] : '"';
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        add(out, data + from, i - from);
        from = i + 1;
        if (i == len)
            break;
        char escape[6] = {'\\', (char)c, '0', '0', hex[c >> 4], hex[c & 15]};
        if (c == '\n')
            escape[1] = 'n';
        else if (c < 0x20)
            escape[1] = 'u';
        add(out, escape, c < 0x20 && c != '\n' ? 6 : 2);
    }
}

/* Breaks a record in one of four ways, all of which a strict reader refuses. */
static void break_line(struct text *t, uint64_t which) {
    size_t middle = t->len / 2;
    switch (which % 4) {
    case 0:
        t->data[middle] = (char)0xff;
        break;
    case 1:
        t->len = middle;
        break;
    case 2:
        t->data[middle] = '\x01';
        break;
    default:
        t->data[t->len - 1] = ',';
    }
}

static void write_records(struct gen *g, uint64_t bytes, size_t doc_bytes, uint64_t broken_each) {
    char head[160];
    uint64_t written = 0;
    for (uint64_t n = 0; written < bytes; n++) {
        size_t title_len, size = doc_bytes / 2 + below(g, (uint32_t)doc_bytes);
        article(g, size, &title_len);
        struct text *l = &g->line;
        l->len = 0;
        snprintf(
            head, sizeof head,
            "{\"id\":\"a%llu\",\"url\":\"https://news.example/%u/%llu\",\"published\":\"2024-%02u-%02uT08:%02u:00Z\",",
            (unsigned long long)n, below(g, 9000), (unsigned long long)n, 1 + below(g, 12), 1 + below(g, 28),
            below(g, 60));
        say(l, head);
        say(l, "\"words\":");
        snprintf(head, sizeof head, "%zu,\"title\":\"", g->body.len / 6);
        say(l, head);
        json_string(l, g->body.data, title_len);
        say(l, "\",\"text\":\"");
        json_string(l, g->body.data, g->body.len);
        say(l, "\"}");
        if (broken_each && n % broken_each == broken_each / 2)
            break_line(l, n / broken_each);
        say(l, "\n");
        fwrite(l->data, 1, l->len, stdout);
        written += l->len;
    }
}

static void write_files(struct gen *g, const char *folder, uint64_t count, size_t doc_bytes) {
    char path[4096];
    size_t title_len;
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        die("cannot make the folder", folder);
    for (uint64_t n = 0; n < count; n++) {
        article(g, doc_bytes, &title_len);
        snprintf(path, sizeof path, "%s/%06llu.txt", folder, (unsigned long long)n);
        FILE *f = fopen(path, "w");
        if (!f || fwrite(g->body.data, 1, g->body.len, f) != g->body.len || fclose(f) != 0)
            die("cannot write", path);
    }
}

static int is_name_of_text(const struct dirent *entry) {
    size_t n = strlen(entry->d_name);
    return n > 4 && strcmp(entry->d_name + n - 4, ".txt") == 0;
}

static void read_samples(struct gen *g, const char *folder) {
    struct dirent **names;
    char path[4096], chunk[4096];
    int n = scandir(folder, &names, is_name_of_text, alphasort);
    if (n <= 0)
        die("no .txt files in the folder", folder);
    for (int i = 0; i < n; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
        free(names[i]);
        FILE *f = fopen(path, "r");
        if (!f)
            die("cannot read", path);
        for (size_t got; (got = fread(chunk, 1, sizeof chunk, f)) > 0;)
            add(&g->samples, chunk, got);
        fclose(f);
        say(&g->samples, "\n\n");
    }
    free(names);
    g->samples.data[g->samples.len] = '\0';
    g->paragraphs = malloc(g->samples.len * sizeof *g->paragraphs);
    if (!g->paragraphs)
        die("out of memory", "");
    for (const char *p = g->samples.data; *p;) {
        const char *end = strstr(p, "\n\n");
        size_t len = end ? (size_t)(end - p) : strlen(p);
        if (len)
            g->paragraphs[g->n_paragraphs++] = (struct span){(size_t)(p - g->samples.data), len};
        p += len;
        while (*p == '\n')
            p++;
    }
}

/* "200M" as a number. */
static uint64_t size_of(const char *s) {
    char *end;
    double value = strtod(s, &end);
    uint64_t unit = *end == 'G' ? 1000000000u : *end == 'M' ? 1000000u : *end == 'K' ? 1000u : 1;
    if (end == s || value < 0 || (*end && unit == 1))
        die("not a size, such as 200M", s);
    return (uint64_t)(value * (double)unit);
}

int main(int argc, char **argv) {
    static struct gen g;
    const char *files = NULL, *samples = NULL;
    uint64_t bytes = 200000000u, count = 100000, seed = 1, broken = 10000, doc = 3300;
    int is_one = 0;
    for (int i = 1; i < argc; i++) {
        const char *name = argv[i];
        if (strcmp(name, "--one") == 0) {
            is_one = 1;
            continue;
        }
        if (i + 1 == argc)
            die("usage: bench_gen [--bytes 200M] [--doc 3300] [--seed 1] [--broken 10000] [--samples FOLDER] "
                "[--one | --files FOLDER --count N] > OUT",
                "");
        const char *value = argv[++i];
        if (strcmp(name, "--bytes") == 0)
            bytes = size_of(value);
        else if (strcmp(name, "--doc") == 0)
            doc = size_of(value);
        else if (strcmp(name, "--seed") == 0)
            seed = size_of(value);
        else if (strcmp(name, "--broken") == 0)
            broken = size_of(value);
        else if (strcmp(name, "--count") == 0)
            count = size_of(value);
        else if (strcmp(name, "--samples") == 0)
            samples = value;
        else if (strcmp(name, "--files") == 0)
            files = value;
        else
            die("no such option", name);
    }
    g.random = seed * 0x9e3779b97f4a7c15u + 1;
    list_init(&g.nouns, nouns, COUNT(nouns));
    list_init(&g.verbs, verbs, COUNT(verbs));
    list_init(&g.adjectives, adjectives, COUNT(adjectives));
    list_init(&g.adverbs, adverbs, COUNT(adverbs));
    if (samples)
        read_samples(&g, samples);
    if (is_one) {
        size_t title_len;
        article(&g, bytes + bytes / 4, &title_len); /* it stops well before */
        while (g.body.len > bytes || (g.body.len && g.body.data[g.body.len - 1] != '\n'))
            g.body.len--;
        fwrite(g.body.data, 1, g.body.len, stdout);
    } else if (files) {
        write_files(&g, files, count, doc);
    } else {
        write_records(&g, bytes, doc, broken);
    }
    free(g.body.data);
    free(g.line.data);
    free(g.samples.data);
    free(g.paragraphs);
    return fflush(stdout) == 0 ? 0 : 3;
}
