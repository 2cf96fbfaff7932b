/* why.c: keeps the places of all phrases while evidence is gathered, and writes for a topic the terms that add most to
 * its sum. Costs nothing where nobody asks: nobody calls it then.
 */
#include "why.h"

#include <math.h>
#include <string.h>

#define TERMS 10u /* of a topic */
#define WHERE 5u  /* of a term */

void why_init(struct why *w, const tm_host *host, tm_doc *doc) {
    *w = (struct why){.host = host, .doc = doc};
}

struct evidence_places *why_source(struct why *w, tm_str text, const uint32_t *start, const uint32_t *length,
                                   uint32_t tokens, const char *from) {
    w->text = text;
    w->start = start;
    w->length = length;
    w->from = from;
    w->found =
        (struct evidence_places){w->host->alloc(w->doc, ((uint64_t)tokens + 1) * sizeof *w->found.place), 0, tokens};
    return &w->found;
}

void why_take(struct why *w) {
    if (w->n + w->found.n > w->room) {
        uint32_t room = (w->n + w->found.n) * 2 + 16;
        struct why_place *more = w->host->alloc(w->doc, room * sizeof *more);
        if (w->n)
            memcpy(more, w->places, w->n * sizeof *more);
        w->places = more;
        w->room = room;
    }
    for (uint32_t i = 0; i < w->found.n; i++) {
        const struct evidence_place *p = &w->found.place[i];
        uint32_t last = p->first + p->tokens - 1, start = w->start[p->first];
        tm_str text = {w->text.data + start, w->start[last] + w->length[last] - start};
        w->places[w->n++] = (struct why_place){p->phrase, w->from ? TM_NONE : start, text, w->from};
    }
    w->found.n = 0;
}

/* The phrases that add most to a topic; returns their number. */
static uint32_t best_terms(const struct evidence *e, uint32_t topic, uint32_t *out, float *out_shares) {
    uint32_t n = 0;
    for (uint32_t k = 0; k < e->n_seen; k++) {
        float share = evidence_share(e, e->seen[k], topic), size = fabsf(share);
        if (size <= 0 || (n == TERMS && fabsf(out_shares[n - 1]) >= size))
            continue;
        uint32_t at = n < TERMS ? n++ : n - 1;
        for (; at > 0 && fabsf(out_shares[at - 1]) < size; at--) {
            out[at] = out[at - 1];
            out_shares[at] = out_shares[at - 1];
        }
        out[at] = e->seen[k];
        out_shares[at] = share;
    }
    return n;
}

/* One term: its text as it stands first, what it adds, how often it stands in the text, and where. */
static void write_term(const struct why *w, tm_writer *writer, uint32_t phrase, float share) {
    const tm_host *h = w->host;
    const struct why_place *first = NULL;
    uint32_t count = 0;
    for (uint32_t i = 0; i < w->n; i++) {
        if (w->places[i].phrase != phrase)
            continue;
        first = first ? first : &w->places[i];
        count += w->places[i].start != TM_NONE;
    }
    h->write_object(writer);
    h->write_key(writer, TM_STR("text"));
    h->write_text(writer, first ? first->text : (tm_str){"", 0});
    h->write_key(writer, TM_STR("weight"));
    h->write_number(writer, (double)share, 2);
    h->write_key(writer, TM_STR("count"));
    h->write_int(writer, count);
    h->write_key(writer, TM_STR("where"));
    h->write_array(writer);
    for (uint32_t i = 0, written = 0; i < w->n && written < WHERE; i++) {
        const struct why_place *p = &w->places[i];
        if (p->phrase != phrase)
            continue;
        h->write_object(writer);
        if (p->from) {
            h->write_key(writer, TM_STR("field"));
            h->write_text(writer, (tm_str){p->from, strlen(p->from)});
        } else {
            h->write_key(writer, TM_STR("start"));
            h->write_int(writer, p->start);
            h->write_key(writer, TM_STR("end"));
            h->write_int(writer, (int64_t)p->start + (int64_t)p->text.len);
        }
        h->write_close(writer);
        written++;
    }
    h->write_close(writer);
    h->write_close(writer);
}

void why_write(const struct why *w, tm_writer *writer, const struct evidence *e, uint32_t topic) {
    uint32_t terms[TERMS];
    float shares[TERMS];
    uint32_t n = best_terms(e, topic, terms, shares);
    w->host->write_key(writer, TM_STR("why"));
    w->host->write_array(writer);
    for (uint32_t i = 0; i < n; i++)
        write_term(w, writer, terms[i], shares[i]);
    w->host->write_close(writer);
}
