/* inline.c: finds what goes from within a block: [4], [1][2], [edit], [citation needed], but not [2024] or [sic]; a
 * credit behind the end of a sentence.
 */
#include "inline.h"

#include <string.h>

static int is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* The length of a citation mark at s, in bytes; 0 for none. */
static uint32_t citation_at(const char *s, uint32_t len) {
    static const char *const words[] = {
        "edit",  "citation needed", "note",    "better source needed", "clarification needed", "who?",
        "when?", "update",          "dubious", "failed verification"};
    uint32_t i = 1, digits = 0;
    if (len < 3 || s[0] != '[')
        return 0;
    for (size_t k = 0; k < sizeof words / sizeof words[0]; k++) {
        uint32_t n = (uint32_t)strlen(words[k]);
        if (1 + n < len && strncmp(s + 1, words[k], n) == 0) {
            if (s[1 + n] == ']')
                return n + 2;
            if (s[1 + n] == ' ' && strcmp(words[k], "note") == 0) {
                uint32_t t = 2 + n;
                while (t < len && is_digit(s[t]) && t < 6 + n)
                    t++;
                if (t > 2 + n && t < len && s[t] == ']')
                    return t + 1;
            }
        }
    }
    /* Numbers of at most three digits, parted by commas or dashes; or one small letter. */
    if (len > 2 && s[1] >= 'a' && s[1] <= 'z' && s[2] == ']')
        return 3;
    for (; i < len && i < 24; i++) {
        if (is_digit(s[i])) {
            if (++digits > 3)
                return 0;
        } else if (s[i] == ']') {
            return digits > 0 ? i + 1 : 0;
        } else if ((s[i] == ',' || s[i] == '-' || s[i] == ' ' || s[i] == '\xe2' || s[i] == '\x80' || s[i] == '\x93') &&
                   (digits > 0 || s[i - 1] == ',' || s[i] == '\x80' || s[i] == '\x93')) {
            digits = 0;
        } else {
            return 0;
        }
    }
    return 0;
}

/* What a citation mark may stand behind: the end of a word or sentence, or another mark. */
static int may_precede(const char *text, uint32_t at, uint32_t start) {
    if (at == start)
        return 0;
    unsigned char c = (unsigned char)text[at - 1];
    if (c >= 0x80)
        return 1;
    return is_digit((char)c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || strchr(".,;:!?\"')]%", c) != NULL;
}

static int may_follow(const char *text, uint32_t at, uint32_t end) {
    if (at >= end)
        return 1;
    unsigned char c = (unsigned char)text[at];
    return c >= 0x80 || c == ' ' || c == '\n' || c == '\t' || c == '\r' || strchr(".,;:!?\"')[", c) != NULL;
}

/* A small letter alone is a mark only right behind the end of a sentence, or another mark. */
static int letter_stands_well(const char *text, uint32_t at) {
    char c = text[at - 1];
    return c == '.' || c == ',' || c == ']' || c == '"';
}

int has_numbered_sources(struct page *p) {
    const char *at = memchr(p->text.data, '[', p->text.len), *end = p->text.data + p->text.len;
    int one = 0, two = 0;
    p->first_mark = at == NULL ? TM_NONE : (uint32_t)(at - p->text.data);
    for (; at != NULL && !(one && two); at = memchr(at + 1, '[', (size_t)(end - at - 1))) {
        one |= at[1] == '1' && at[2] == ']';
        two |= at[1] == '2' && at[2] == ']';
    }
    return one && two;
}

static void find_citations(const struct page *p, const struct block *b, int numbered, inline_cut *cut, void *ctx) {
    const char *text = p->text.data;
    uint32_t at = b->start, from = TM_NONE, to = 0;
    while (at < b->end && b->end > p->first_mark) {
        const char *open = memchr(text + at, '[', b->end - at);
        if (open == NULL)
            break;
        at = (uint32_t)(open - text);
        uint32_t len = citation_at(open, b->end - at);
        int chained = from != TM_NONE && to == at;
        int spaced = numbered && at > b->start + 1 && (text[at - 1] == ' ' || text[at - 1] == '\n') &&
                     is_digit(open[1]) && may_precede(text, at - 1, b->start);
        if (len == 0 || !(chained || spaced || may_precede(text, at, b->start)) ||
            !(may_follow(text, at + len, b->end) || (text[at + 1] == 'e' && len == 6)) ||
            (len == 3 && !is_digit(text[at + 1]) && !chained && !letter_stands_well(text, at))) {
            at++;
            continue;
        }
        if (chained) {
            to = at + len;
        } else {
            if (from != TM_NONE)
                cut(ctx, (tm_span){from, to}, KIND_CITATION, TM_STR("citation-mark"));
            from = at - (spaced ? 1u : 0u);
            to = at + len;
        }
        at += len;
    }
    if (from != TM_NONE)
        cut(ctx, (tm_span){from, to}, KIND_CITATION, TM_STR("citation-mark"));
}

void find_inline(const struct judge *j, struct block *b, inline_cut *cut, void *ctx) {
    const struct page *p = j->page;
    find_citations(p, b, j->numbered, cut, ctx);
    if (b->words <= 40 || (b->flags & B_GLUED))
        return;
    uint32_t t = glued_credit(j, b);
    if (t == TM_NONE || t <= b->tok)
        return;
    uint32_t start = p->tokens.start[t];
    /* "XiImage": the word before it stays. */
    static const char *const tails[] = {"Image", "Photo", "Photograph", "Picture", "Credit", "Credits", "Illustration"};
    tm_str w = token_text(p, t);
    for (size_t k = 0; k < sizeof tails / sizeof tails[0]; k++) {
        size_t n = strlen(tails[k]);
        if (w.len > n && memcmp(w.data + w.len - n, tails[k], n) == 0)
            start = p->tokens.start[t] + (uint32_t)(w.len - n);
    }
    while (start > b->start && p->text.data[start - 1] == ' ')
        start--;
    cut(ctx, (tm_span){start, b->end}, KIND_CAPTION, TM_STR("glued-credit"));
}
