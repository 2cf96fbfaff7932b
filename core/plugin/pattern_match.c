/* pattern_match.c: runs a pattern's steps over a text: all ways to match at once, one pass, no step twice at one place.
 * The match that begins first wins, of those the longest. Ways are kept in the order of their beginnings, so the first
 * that comes to a step is the one to keep.
 */
#include "condition.h"

#include "../doc/text_unicode.h"
#include "../json/memory.h"
#include "pattern_room.h"

#include <stdlib.h>
#include <string.h>

enum { STEPS_AT_HAND = 256 };

int pattern_set_has(const struct pattern_set *set, uint32_t cp) {
    int has = 0;
    if (cp < 128) {
        has = (int)(set->ascii[cp / 64] >> cp % 64 & 1);
    } else {
        for (uint32_t i = 0; i < set->n_ranges && !has; i++)
            has = cp >= set->ranges[i].low && cp <= set->ranges[i].high;
        if (!has && set->classes) {
            uint32_t properties = unicode_properties(cp), class = UNICODE_CLASS(properties), c = set->classes;
            int letter = class == UC_LETTER || class == UC_RUNLETTER || class == UC_KATAKANA || class == UC_HIRAGANA ||
                         class == UC_IDEOGRAPH;
            int digit = class == UC_DIGIT, space = class == UC_SPACE, word = letter || digit || class == UC_MARK;
            int other = class == UC_CONTROL || class == UC_FORMAT || class == UC_NUMBER;
            has = ((c & PATTERN_CLASS_LETTER) && letter) || ((c & PATTERN_CLASS_UPPER) && (properties & UF_UPPER)) ||
                  ((c & PATTERN_CLASS_LOWER) && (properties & UF_LOWER)) || ((c & PATTERN_CLASS_DIGIT) && digit) ||
                  ((c & PATTERN_CLASS_SPACE) && space) || ((c & PATTERN_CLASS_WORD) && word) ||
                  ((c & PATTERN_CLASS_NOT_WORD) && !word) || ((c & PATTERN_CLASS_NOT_SPACE) && !space) ||
                  ((c & PATTERN_CLASS_NOT_DIGIT) && !digit) || ((c & PATTERN_CLASS_PUNCT) && !word && !space && !other);
        }
    }
    return has != set->is_negated;
}

struct way {
    uint32_t step;
    uint32_t start;
};

struct ways {
    struct way *list;
    uint32_t count;
};

struct run {
    const struct tm_pattern *p;
    const uint8_t *text;
    uint32_t len;
    uint32_t *seen; /* a step's last round */
    uint32_t round;
    uint32_t *stack;
    int has_match;
    uint32_t start, end;
};

static int is_word_at(const struct run *r, uint32_t at, int is_before) {
    uint32_t cp;
    if (is_before ? at == 0 : at >= r->len)
        return 0;
    if (is_before)
        text_decode_back(r->text, r->text + at, &cp);
    else
        text_decode(r->text + at, r->text + r->len, &cp);
    if (cp < 128)
        return (cp >= '0' && cp <= '9') || (cp >= 'A' && cp <= 'Z') || (cp >= 'a' && cp <= 'z') || cp == '_';
    uint32_t class = unicode_class(cp);
    return class == UC_LETTER || class == UC_RUNLETTER || class == UC_KATAKANA || class == UC_HIRAGANA ||
           class == UC_IDEOGRAPH || class == UC_DIGIT || class == UC_MARK;
}

/* A way that has come to a step, and on through all that takes no character. */
static void add_way(struct run *r, struct ways *ways, uint32_t step, uint32_t start, uint32_t at) {
    uint32_t n = 0;
    r->stack[n++] = step;
    while (n) {
        step = r->stack[--n];
        if (r->seen[step] == r->round)
            continue;
        r->seen[step] = r->round;
        const struct pattern_step *s = &r->p->steps[step];
        int holds = 1;
        switch (s->op) {
        case PATTERN_JUMP:
            r->stack[n++] = s->x;
            continue;
        case PATTERN_SPLIT:
            r->stack[n++] = s->y;
            r->stack[n++] = s->x;
            continue;
        case PATTERN_START:
            holds = at == 0;
            break;
        case PATTERN_END:
            holds = at == r->len;
            break;
        case PATTERN_EDGE:
        case PATTERN_NO_EDGE:
            holds = (is_word_at(r, at, 1) != is_word_at(r, at, 0)) == (s->op == PATTERN_EDGE);
            break;
        case PATTERN_MATCH:
            if (!r->has_match || start < r->start || (start == r->start && at > r->end)) {
                r->has_match = 1;
                r->start = start;
                r->end = at;
            }
            continue;
        default:
            ways->list[ways->count++] = (struct way){step, start};
            continue;
        }
        if (holds)
            r->stack[n++] = step + 1;
    }
}

static int takes(const struct tm_pattern *p, const struct pattern_step *s, uint32_t cp, uint32_t folded) {
    switch (s->op) {
    case PATTERN_CHAR:
        return s->x == (p->ignores_case ? folded : cp);
    case PATTERN_SET:
        if (!p->ignores_case)
            return pattern_set_has(&p->sets[s->x], cp);
        if (p->sets[s->x].is_negated)
            return pattern_set_has(&p->sets[s->x], cp) && pattern_set_has(&p->sets[s->x], folded);
        return pattern_set_has(&p->sets[s->x], cp) || pattern_set_has(&p->sets[s->x], folded);
    default:
        return 1;
    }
}

static void search(struct run *r, struct ways now, struct ways next, uint32_t from, int wants_place) {
    const struct tm_pattern *p = r->p;
    for (uint32_t at = from;;) {
        if (!r->has_match) {
            if (now.count == 0) {
                /* Nothing is under way: on to where something can begin. */
                if (p->is_anchored && at > 0)
                    return;
                while (at > 0 && at < r->len && !p->first[r->text[at]])
                    at++;
                r->round++;
            }
            add_way(r, &now, 0, at, at);
        }
        if ((r->has_match && (!wants_place || now.count == 0)) || at >= r->len)
            return;
        uint32_t cp, size = text_decode(r->text + at, r->text + r->len, &cp);
        uint32_t folded = p->ignores_case ? unicode_fold(cp) : cp;
        at += size;
        r->round++;
        next.count = 0;
        for (uint32_t i = 0; i < now.count; i++) {
            struct way w = now.list[i];
            if (r->has_match && w.start > r->start)
                break;
            if (takes(p, &p->steps[w.step], cp, folded))
                add_way(r, &next, w.step + 1, w.start, at);
        }
        struct ways swap = now;
        now = next;
        next = swap;
    }
}

int pattern_match(const struct tm_pattern *p, tm_str text, uint64_t from, uint64_t *out_start, uint64_t *out_end) {
    if (from > text.len || text.len > TM_MAX_DOC)
        return 0;
    uint32_t at_hand[STEPS_AT_HAND * 7 + 1];
    uint32_t n = p->n_steps, *memory = n <= STEPS_AT_HAND ? at_hand : memory_alloc((7u * n + 1u) * sizeof *memory);
    struct run r = {
        .p = p, .text = (const uint8_t *)(text.data ? text.data : ""), .len = (uint32_t)text.len, .round = 1};
    r.seen = memory;
    r.stack = memory + n;
    memset(r.seen, 0, n * sizeof *r.seen);
    /* The stack holds a step's two ways on at most once a round: 2n + 1. */
    struct ways now = {(struct way *)(void *)(memory + 3u * n + 1u), 0};
    struct ways next = {now.list + n, 0};
    search(&r, now, next, (uint32_t)from, out_start || out_end);
    if (memory != at_hand)
        free(memory);
    if (!r.has_match)
        return 0;
    if (out_start)
        *out_start = r.start;
    if (out_end)
        *out_end = r.end;
    return 1;
}
