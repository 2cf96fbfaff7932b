/* pattern.c: POSIX extended regular expressions to the steps that pattern_match.c runs. glibc's own take quadratic time
 * where nothing matches (20 s for 40 KB and x.*y), follow the locale and take a lock; a document must not be able to
 * stop the mill. So: code points of UTF-8, no locale, no back-references (there are none in POSIX either), time linear
 * in the text for every pattern. Besides POSIX: (?i) in front, \w \W \s \S \d \D \b \B, \n \r \t.
 */
#include "condition.h"

#include "../doc/text_unicode.h"
#include "../json/memory.h"
#include "pattern_room.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_STEPS = 10000, MOST_NESTED = 100, MOST_REPEATED = 1000, MOST_FOLDED = 4096, MOST_EMITTED = 200000 };

enum node_kind { NODE_STEP, NODE_SEQUENCE, NODE_ALTERNATIVES, NODE_REPEAT };

/* What was read: children by index, 0 is none. */
struct node {
    enum node_kind kind;
    uint32_t op, x;       /* NODE_STEP */
    uint32_t first, next; /* child, sister */
    uint32_t low, high;   /* NODE_REPEAT; high UINT32_MAX: no bound */
};

struct reader {
    const uint8_t *at, *end;
    struct tm_pattern *p;
    struct node *nodes;
    uint32_t n_nodes, nodes_room;
    unsigned depth;
    uint32_t room, emitted;
    const char *error;
};

static uint32_t new_node(struct reader *r, enum node_kind kind, uint32_t op, uint32_t x) {
    if (r->n_nodes == r->nodes_room) {
        r->nodes_room = r->nodes_room ? r->nodes_room * 2 : 64;
        r->nodes = memory_realloc(r->nodes, r->nodes_room * sizeof *r->nodes);
    }
    r->nodes[r->n_nodes] = (struct node){.kind = kind, .op = op, .x = x};
    return r->n_nodes++;
}

static uint32_t add(struct reader *r, uint32_t op, uint32_t x, uint32_t y) {
    struct tm_pattern *p = r->p;
    if (p->n_steps >= MOST_STEPS) {
        r->error = "it is too large";
        return 0;
    }
    if (p->n_steps == r->room) {
        r->room = r->room ? r->room * 2 : 64;
        p->steps = memory_realloc(p->steps, r->room * sizeof *p->steps);
    }
    p->steps[p->n_steps] = (struct pattern_step){op, x, y};
    return p->n_steps++;
}

/* --- sets --- */

static void set_range(struct reader *r, struct pattern_set *set, uint32_t low, uint32_t high) {
    for (uint32_t cp = low; cp <= high && cp < 128; cp++)
        set->ascii[cp / 64] |= UINT64_C(1) << cp % 64;
    if (high >= 128) {
        set->ranges = memory_realloc(set->ranges, (set->n_ranges + 1) * sizeof *set->ranges);
        set->ranges[set->n_ranges++] = (struct pattern_range){low < 128 ? 128 : low, high};
    }
    if (!r->p->ignores_case || high - low > MOST_FOLDED)
        return;
    for (uint32_t cp = low; cp <= high; cp++) {
        uint32_t folded = unicode_fold(cp);
        if (folded < 128) {
            set->ascii[folded / 64] |= UINT64_C(1) << folded % 64;
        } else if (folded < low || folded > high) {
            set->ranges = memory_realloc(set->ranges, (set->n_ranges + 1) * sizeof *set->ranges);
            set->ranges[set->n_ranges++] = (struct pattern_range){folded, folded};
        }
    }
}

static int is_ascii_class(uint32_t class, uint32_t cp) {
    int upper = cp >= 'A' && cp <= 'Z', lower = cp >= 'a' && cp <= 'z', digit = cp >= '0' && cp <= '9';
    int space = cp == ' ' || (cp >= '\t' && cp <= '\r'), word = upper || lower || digit || cp == '_';
    return ((class & PATTERN_CLASS_LETTER) && (upper || lower)) || ((class & PATTERN_CLASS_UPPER) && upper) ||
           ((class & PATTERN_CLASS_LOWER) && lower) || ((class & PATTERN_CLASS_DIGIT) && digit) ||
           ((class & PATTERN_CLASS_SPACE) && space) || ((class & PATTERN_CLASS_WORD) && word) ||
           ((class & PATTERN_CLASS_NOT_WORD) && !word) || ((class & PATTERN_CLASS_NOT_SPACE) && !space) ||
           ((class & PATTERN_CLASS_NOT_DIGIT) && !digit) ||
           ((class & PATTERN_CLASS_PUNCT) && cp > ' ' && cp < 127 && !(word && cp != '_'));
}

static void set_class(struct pattern_set *set, uint32_t class) {
    set->classes |= class;
    for (uint32_t cp = 0; cp < 128; cp++)
        if (is_ascii_class(class, cp))
            set->ascii[cp / 64] |= UINT64_C(1) << cp % 64;
}

static struct pattern_set *new_set(struct reader *r) {
    struct tm_pattern *p = r->p;
    p->sets = memory_realloc(p->sets, (p->n_sets + 1) * sizeof *p->sets);
    p->sets[p->n_sets] = (struct pattern_set){0};
    return &p->sets[p->n_sets++];
}

static int named_class(struct reader *r, struct pattern_set *set) {
    static const struct {
        const char *name;
        uint32_t classes;
        const char *ascii; /* what it has besides */
    } names[] = {{"alpha", PATTERN_CLASS_LETTER, ""},     {"upper", PATTERN_CLASS_UPPER, ""},
                 {"lower", PATTERN_CLASS_LOWER, ""},      {"digit", 0, "0123456789"},
                 {"xdigit", 0, "0123456789abcdefABCDEF"}, {"alnum", PATTERN_CLASS_LETTER | PATTERN_CLASS_DIGIT, ""},
                 {"space", PATTERN_CLASS_SPACE, ""},      {"blank", 0, " \t"},
                 {"punct", PATTERN_CLASS_PUNCT, ""}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t len = strlen(names[i].name);
        if ((size_t)(r->end - r->at) < len + 2 || memcmp(r->at, names[i].name, len) != 0 ||
            memcmp(r->at + len, ":]", 2) != 0)
            continue;
        uint32_t both = PATTERN_CLASS_UPPER | PATTERN_CLASS_LOWER;
        set_class(set, r->p->ignores_case && (names[i].classes & both) ? both : names[i].classes);
        for (const char *s = names[i].ascii; *s; s++)
            set_range(r, set, (uint8_t)*s, (uint8_t)*s);
        r->at += len + 2;
        return 0;
    }
    r->error = "no such class in [: :]; there are alpha, upper, lower, digit, xdigit, alnum, space, blank, punct";
    return -1;
}

/* Behind the opening bracket. */
static uint32_t read_set(struct reader *r) {
    struct pattern_set *set = new_set(r);
    uint32_t index = r->p->n_sets - 1;
    if (r->at < r->end && *r->at == '^') {
        set->is_negated = 1;
        r->at++;
    }
    for (int is_first = 1;; is_first = 0) {
        uint32_t low, high;
        if (r->at >= r->end) {
            r->error = "a [ without its ]";
            return 0;
        }
        if (*r->at == ']' && !is_first) {
            r->at++;
            break;
        }
        if (*r->at == '[' && r->end - r->at > 1 && strchr(":.=", r->at[1])) {
            int is_class = r->at[1] == ':';
            r->at += 2;
            if (!is_class)
                r->error = "collating elements ([. .] and [= =]) are not offered";
            if (!is_class || named_class(r, set) != 0)
                return 0;
            continue;
        }
        r->at += text_decode(r->at, r->end, &low);
        high = low;
        if (r->end - r->at >= 2 && r->at[0] == '-' && r->at[1] != ']') {
            r->at++;
            r->at += text_decode(r->at, r->end, &high);
            if (high < low) {
                r->error = "a range in [ ] that ends before it begins";
                return 0;
            }
        }
        set_range(r, set, low, high);
    }
    return new_node(r, NODE_STEP, PATTERN_SET, index);
}

/* --- expressions --- */

static uint32_t read_alternatives(struct reader *r);

static uint32_t read_char(struct reader *r, uint32_t cp) {
    return new_node(r, NODE_STEP, PATTERN_CHAR, r->p->ignores_case ? unicode_fold(cp) : cp);
}

/* Behind a backslash. */
static uint32_t read_escape(struct reader *r) {
    static const struct {
        char letter;
        uint32_t class;
    } classes[] = {{'w', PATTERN_CLASS_WORD},      {'W', PATTERN_CLASS_NOT_WORD}, {'s', PATTERN_CLASS_SPACE},
                   {'S', PATTERN_CLASS_NOT_SPACE}, {'d', PATTERN_CLASS_DIGIT},    {'D', PATTERN_CLASS_NOT_DIGIT}};
    uint32_t cp;
    if (r->at >= r->end) {
        r->error = "a backslash at its end";
        return 0;
    }
    r->at += text_decode(r->at, r->end, &cp);
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++)
        if (cp == (uint8_t)classes[i].letter) {
            set_class(new_set(r), classes[i].class);
            return new_node(r, NODE_STEP, PATTERN_SET, r->p->n_sets - 1);
        }
    if (cp == 'b' || cp == 'B')
        return new_node(r, NODE_STEP, cp == 'b' ? PATTERN_EDGE : PATTERN_NO_EDGE, 0);
    if (cp == 'n' || cp == 'r' || cp == 't')
        return read_char(r, cp == 'n' ? '\n' : cp == 'r' ? '\r' : '\t');
    if (cp >= '1' && cp <= '9')
        r->error = "back-references (\\1) are not offered";
    else if ((cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z') || cp == '0')
        r->error = "a backslash before a letter that has no meaning with it";
    return read_char(r, cp);
}

/* One atom and what repeats it. */
static uint32_t read_atom(struct reader *r, int *out_can_repeat) {
    uint32_t cp, inner;
    r->at += text_decode(r->at, r->end, &cp);
    *out_can_repeat = cp != '^' && cp != '$';
    switch (cp) {
    case '(':
        if (r->depth >= MOST_NESTED) {
            r->error = "its parentheses are nested too deep";
            return 0;
        }
        r->depth++;
        inner = read_alternatives(r);
        r->depth--;
        if (!r->error && (r->at >= r->end || *r->at++ != ')'))
            r->error = "a ( without its )";
        return inner;
    case '[':
        return read_set(r);
    case '.':
        return new_node(r, NODE_STEP, PATTERN_ANY, 0);
    case '^':
        return new_node(r, NODE_STEP, PATTERN_START, 0);
    case '$':
        return new_node(r, NODE_STEP, PATTERN_END, 0);
    case '\\':
        return read_escape(r);
    case '*':
    case '+':
    case '?':
        r->error = "a *, + or ? with nothing before it to repeat";
        return 0;
    default:
        return read_char(r, cp);
    }
}

/* "{m}", "{m,}", "{m,n}" at r->at: 1 and the bounds; 0 where it is no such thing, and stands for itself. */
static int read_bounds(struct reader *r, uint32_t *out_low, uint32_t *out_high) {
    uint32_t bounds[2] = {0, 0};
    int n = 0, has_digit[2] = {0, 0};
    const uint8_t *s = r->at + 1;
    for (; s < r->end && *s != '}'; s++) {
        if (*s == ',' && n == 0 && has_digit[0]) {
            n = 1;
        } else if (*s >= '0' && *s <= '9') {
            has_digit[n] = 1;
            bounds[n] = bounds[n] > MOST_REPEATED ? bounds[n] : bounds[n] * 10 + (uint32_t)(*s - '0');
        } else {
            return 0;
        }
    }
    if (s >= r->end || !has_digit[0])
        return 0;
    r->at = s + 1;
    *out_low = bounds[0];
    *out_high = n == 0 ? bounds[0] : has_digit[1] ? bounds[1] : UINT32_MAX;
    if (*out_low > MOST_REPEATED || (*out_high > MOST_REPEATED && *out_high != UINT32_MAX))
        r->error = "a repetition of more than 1000";
    else if (*out_high < *out_low)
        r->error = "a repetition {m,n} with m larger than n";
    return 1;
}

static uint32_t read_piece(struct reader *r) {
    int can_repeat;
    uint32_t piece = read_atom(r, &can_repeat);
    while (!r->error && r->at < r->end) {
        uint32_t low = 0, high = UINT32_MAX;
        uint8_t ch = *r->at;
        if (ch == '{') {
            if (!read_bounds(r, &low, &high))
                break;
        } else if (ch == '*' || ch == '+' || ch == '?') {
            low = ch == '+';
            high = ch == '?' ? 1 : UINT32_MAX;
            r->at++;
        } else {
            break;
        }
        if (!can_repeat && !r->error)
            r->error = "a *, + or ? with nothing before it to repeat";
        uint32_t node = new_node(r, NODE_REPEAT, 0, 0);
        r->nodes[node].first = piece;
        r->nodes[node].low = low;
        r->nodes[node].high = high;
        piece = node;
        if (++r->depth > MOST_NESTED)
            r->error = "its repetitions are nested too deep";
    }
    return piece;
}

/* Children of one node: pieces up to | or ), or alternatives up to ). */
static uint32_t read_children(struct reader *r, enum node_kind kind, uint32_t (*read)(struct reader *)) {
    uint32_t parent = new_node(r, kind, 0, 0), last = 0;
    unsigned depth = r->depth;
    int is_first = 1;
    while (!r->error) {
        if (kind == NODE_SEQUENCE && (r->at >= r->end || *r->at == '|' || *r->at == ')'))
            break;
        if (kind == NODE_ALTERNATIVES && !is_first) {
            if (r->at >= r->end || *r->at != '|')
                break;
            r->at++;
        }
        uint32_t child = read(r);
        r->depth = depth;
        if (last)
            r->nodes[last].next = child;
        else
            r->nodes[parent].first = child;
        last = child;
        is_first = 0;
    }
    return parent;
}

static uint32_t read_sequence(struct reader *r) {
    return read_children(r, NODE_SEQUENCE, read_piece);
}

static uint32_t read_alternatives(struct reader *r) {
    return read_children(r, NODE_ALTERNATIVES, read_sequence);
}

/* --- steps --- */

static void emit(struct reader *r, uint32_t index);

static void emit_repeat(struct reader *r, const struct node *n) {
    struct tm_pattern *p = r->p;
    uint32_t last = 0;
    for (uint32_t i = 0; i < n->low && !r->error; i++) {
        last = p->n_steps;
        emit(r, n->first);
    }
    if (n->high == UINT32_MAX && n->low > 0) { /* back to the last copy */
        add(r, PATTERN_SPLIT, last, p->n_steps + 1);
        return;
    }
    if (n->high == UINT32_MAX) {
        uint32_t split = add(r, PATTERN_SPLIT, p->n_steps + 1, 0);
        emit(r, n->first);
        add(r, PATTERN_JUMP, split, 0);
        p->steps[split].y = p->n_steps;
        return;
    }
    /* Each further one is optional, within the one before it. */
    uint32_t first_split = p->n_steps, count = 0;
    for (uint32_t i = n->low; i < n->high && !r->error; i++, count++) {
        add(r, PATTERN_SPLIT, p->n_steps + 1, UINT32_MAX);
        emit(r, n->first);
    }
    for (uint32_t i = first_split; count && i < p->n_steps; i++)
        if (p->steps[i].op == PATTERN_SPLIT && p->steps[i].y == UINT32_MAX)
            p->steps[i].y = p->n_steps;
}

static void emit_alternatives(struct reader *r, const struct node *n) {
    struct tm_pattern *p = r->p;
    uint32_t chain = UINT32_MAX; /* jumps to the end, each holding the one before it until the end is known */
    for (uint32_t child = n->first; child && !r->error; child = r->nodes[child].next) {
        if (!r->nodes[child].next) {
            emit(r, child);
            break;
        }
        uint32_t split = add(r, PATTERN_SPLIT, p->n_steps + 1, 0);
        emit(r, child);
        chain = add(r, PATTERN_JUMP, chain, 0);
        p->steps[split].y = p->n_steps;
    }
    while (chain != UINT32_MAX && !r->error) {
        uint32_t before = p->steps[chain].x;
        p->steps[chain].x = p->n_steps;
        chain = before;
    }
}

static void emit(struct reader *r, uint32_t index) {
    struct node n = r->nodes[index];
    if (r->error || !index)
        return;
    if (++r->emitted > MOST_EMITTED) { /* repetitions of nothing add no steps, but take their time */
        r->error = "it is too large";
        return;
    }
    switch (n.kind) {
    case NODE_STEP:
        add(r, n.op, n.x, 0);
        break;
    case NODE_SEQUENCE:
        for (uint32_t child = n.first; child; child = r->nodes[child].next)
            emit(r, child);
        break;
    case NODE_ALTERNATIVES:
        emit_alternatives(r, &n);
        break;
    case NODE_REPEAT:
        emit_repeat(r, &n);
        break;
    }
}

/* --- what a match can begin with --- */

static void find_first(struct tm_pattern *p) {
    uint8_t *seen = memory_zalloc(p->n_steps, 1);
    uint32_t *stack = memory_alloc((2u * p->n_steps + 1u) * sizeof *stack), n = 0;
    int is_free = 0; /* something can begin without a start of the text */
    stack[n++] = 0;
    while (n) {
        uint32_t at = stack[--n];
        if (seen[at])
            continue;
        seen[at] = 1;
        const struct pattern_step *s = &p->steps[at];
        uint8_t bytes[4];
        switch (s->op) {
        case PATTERN_SPLIT:
            stack[n++] = s->y;
            stack[n++] = s->x;
            break;
        case PATTERN_JUMP:
            stack[n++] = s->x;
            break;
        case PATTERN_START:
            break;
        case PATTERN_CHAR:
            is_free = 1;
            if (!p->ignores_case) {
                text_encode(s->x, bytes);
                p->first[bytes[0]] = 1;
                break;
            }
            for (uint32_t byte = 0; byte < 256; byte++) /* folding can lead from beyond ASCII into it */
                p->first[byte] |= byte >= 0x80 || unicode_fold(byte) == s->x;
            break;
        case PATTERN_SET:
            is_free = 1;
            for (uint32_t byte = 0; byte < 256; byte++)
                p->first[byte] |= byte >= 0x80 || pattern_set_has(&p->sets[s->x], byte) ||
                                  (p->ignores_case && pattern_set_has(&p->sets[s->x], unicode_fold(byte)));
            break;
        default: /* any character, or nothing at all */
            is_free = 1;
            memset(p->first, 1, sizeof p->first);
        }
    }
    p->is_anchored = !is_free;
    free(stack);
    free(seen);
}

struct tm_pattern *pattern_compile(const char *expression, struct buffer *why) {
    struct tm_pattern *p = memory_zalloc(1, sizeof *p);
    if (strncmp(expression, "(?i)", 4) == 0) {
        p->ignores_case = 1;
        expression += 4;
    }
    struct reader r = {
        .at = (const uint8_t *)expression, .end = (const uint8_t *)expression + strlen(expression), .p = p};
    new_node(&r, NODE_SEQUENCE, 0, 0); /* 0 is none */
    uint32_t root = read_alternatives(&r);
    if (!r.error && r.at < r.end)
        r.error = "a ) without its (";
    if (!r.error)
        emit(&r, root);
    if (!r.error)
        add(&r, PATTERN_MATCH, 0, 0);
    free(r.nodes);
    if (r.error) {
        buffer_addf(why, "%s (at byte %zu)", r.error, (size_t)(r.at - (const uint8_t *)expression));
        pattern_free(p);
        return NULL;
    }
    find_first(p);
    return p;
}

void pattern_free(struct tm_pattern *p) {
    if (!p)
        return;
    for (uint32_t i = 0; i < p->n_sets; i++)
        free(p->sets[i].ranges);
    free(p->sets);
    free(p->steps);
    free(p);
}
