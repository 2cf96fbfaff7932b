/* why.c: see why.h. Nothing of it runs where nobody asks; what the models did not keep is looked up again. */
#include "why.h"

#include <json_write.h>

#include <math.h>
#include <string.h>

void strongest_add(struct strongest *s, uint32_t index, double value) {
    double size = fabs(value);
    if (s->n == s->most && fabs(s->value[s->n - 1]) >= size)
        return;
    uint32_t at = s->n < s->most ? s->n++ : s->n - 1;
    for (; at > 0 && fabs(s->value[at - 1]) < size; at--) {
        s->index[at] = s->index[at - 1];
        s->value[at] = s->value[at - 1];
    }
    s->index[at] = index;
    s->value[at] = value;
}

static void write_key_number(const tm_host *h, tm_writer *w, const char *key, double x) {
    h->write_key(w, (tm_str){key, strlen(key)});
    h->write_number(w, x, 4);
}

static void write_rules(const tm_host *h, tm_writer *w, uint32_t rules) {
    static const char *const names[] = TONES_RULE_NAMES;
    h->write_key(w, TM_STR("rules"));
    h->write_array(w);
    for (uint32_t i = 0; i < sizeof names / sizeof *names; i++)
        if (rules >> i & 1)
            h->write_text(w, (tm_str){names[i], strlen(names[i])});
    h->write_close(w);
}

void why_news(const struct sentiment *s, tm_writer *w, const struct tones *t, tm_doc *doc) {
    const tm_host *h = s->host;
    tm_str text = h->text(doc);
    struct strongest best = {.most = WHY_OF_TEXT};
    for (uint32_t i = 0; i < t->tokens.count; i++)
        if (t->tone[i] != 0)
            strongest_add(&best, i, (double)t->tone[i]);
    h->write_key(w, TM_STR("why"));
    h->write_array(w);
    for (uint32_t k = 0; k < best.n; k++) {
        uint32_t first = best.index[k], length = 1;
        float valence = 0;
        tones_look_up(t, &s->news, first, &length, &valence);
        uint32_t start = t->tokens.start[first], last = first + length - 1;
        uint32_t end = t->tokens.start[last] + t->tokens.length[last];
        h->write_object(w);
        h->write_key(w, TM_STR("text"));
        h->write_text(w, (tm_str){text.data + start, end - start});
        h->write_key(w, TM_STR("start"));
        h->write_int(w, start);
        h->write_key(w, TM_STR("end"));
        h->write_int(w, end);
        write_key_number(h, w, "valence", (double)valence);
        write_key_number(h, w, "tone", best.value[k]);
        write_rules(h, w, tones_rules(t, first, valence, text));
        h->write_close(w);
    }
    h->write_close(w);
}

void why_vader(const struct sentiment *s, tm_writer *w, const struct vader_work *work, const struct vader_result *r) {
    const tm_host *h = s->host;
    struct strongest best = {.most = WHY_OF_TEXT};
    for (uint32_t k = 0; k < r->scored; k++)
        strongest_add(&best, k, work->scores[k]);
    h->write_key(w, TM_STR("why"));
    h->write_array(w);
    for (uint32_t k = 0; k < best.n; k++) {
        const struct lexicon_word *word = work->words.word[work->words.rated[best.index[k]]].entry;
        h->write_object(w);
        h->write_key(w, TM_STR("text"));
        h->write_text(w, (tm_str){word->text, word->len});
        write_key_number(h, w, "valence", word->valence);
        write_key_number(h, w, "tone", best.value[k]);
        h->write_close(w);
    }
    h->write_close(w);
}

static char *add_text(char *at, const char *text) {
    size_t len = strlen(text);
    return (char *)memcpy(at, text, len) + len;
}

uint32_t why_json(char *out, const struct strongest *of, const struct tones *t) {
    char *at = add_text(out, "[");
    for (uint32_t k = 0; k < of->n; k++) {
        uint32_t i = of->index[k];
        at = add_text(at, k ? ",{\"start\":" : "{\"start\":");
        at += kit_json_put_number(at, t->tokens.start[i]);
        at = add_text(at, ",\"end\":");
        at += kit_json_put_number(at, (double)t->tokens.start[i] + t->tokens.length[i]);
        at = add_text(at, ",\"tone\":");
        at += kit_json_put_number(at, of->value[k]);
        at = add_text(at, "}");
    }
    at = add_text(at, "]");
    return (uint32_t)(at - out);
}
