/* rules.c: reads rules files and compiles their conditions. No document is known here; see judge.c for who asks the
 * tests. Errors name file and line. */
#include "rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int str_is(tm_str s, const char *word) {
    return s.len == strlen(word) && memcmp(s.data, word, s.len) == 0;
}

static int str_equal(tm_str a, tm_str b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/* The next word of *s, blanks before it skipped. */
static tm_str next_word(tm_str *s) {
    while (s->len && (*s->data == ' ' || *s->data == '\t')) {
        s->data++;
        s->len--;
    }
    tm_str w = {s->data, 0};
    while (s->len && *s->data != ' ' && *s->data != '\t') {
        s->data++;
        s->len--;
        w.len++;
    }
    return w;
}

static tm_str trim(tm_str s) {
    while (s.len && (*s.data == ' ' || *s.data == '\t')) {
        s.data++;
        s.len--;
    }
    while (s.len && (s.data[s.len - 1] == ' ' || s.data[s.len - 1] == '\t' || s.data[s.len - 1] == '\r'))
        s.len--;
    return s;
}

/* Room for one more in an array that grows by doubling. 0, or -1: no memory. */
static int make_room(void **array, uint32_t *room, uint32_t used, size_t size) {
    if (used < *room)
        return 0;
    uint32_t more = *room ? *room * 2 : 64;
    void *wider = realloc(*array, more * size);
    if (wider == NULL)
        return -1;
    *array = wider;
    *room = more;
    return 0;
}

static uint32_t chain_of(tm_str name) {
    uint32_t h = 2166136261u;
    for (uint64_t i = 0; i < name.len; i++)
        h = (h ^ (unsigned char)name.data[i]) * 16777619u;
    return (h ^ h >> 15) % RULE_CHAINS;
}

uint32_t ruleset_list(struct ruleset *s, tm_str name) {
    uint32_t *chain = &s->list_chain[chain_of(name)];
    for (uint32_t at = *chain; at; at = s->lists[at - 1].next)
        if (str_equal(s->lists[at - 1].name, name))
            return at - 1;
    if (s->n_lists == LISTS_MAX || make_room((void **)&s->lists, &s->room_lists, s->n_lists, sizeof *s->lists) != 0)
        return UINT32_MAX;
    s->lists[s->n_lists] = (struct rule_list){name, *chain};
    *chain = s->n_lists + 1;
    return s->n_lists++;
}

static const struct {
    const char *name;
    uint8_t op;
    uint8_t takes; /* 0: nothing, 1: lists, 2: a range */
} tests[] = {
    {"begins", T_BEGINS, 1},
    {"ends", T_ENDS, 1},
    {"has", T_HAS, 1},
    {"has2", T_HAS2, 1},
    {"lacks", T_LACKS, 1},
    {"soon", T_SOON, 1},
    {"is", T_IS, 1},
    {"label", T_LABEL, 1},
    {"words", T_WORDS, 2},
    {"open", T_OPEN, 0},
    {"closed", T_CLOSED, 0},
    {"top", T_TOP, 0},
    {"tail", T_TAIL, 0},
    {"edge", T_EDGE, 0},
    {"end", T_END, 0},
    {"near", T_NEAR, 0},
    {"item", T_ITEM, 0},
    {"noitem", T_NOITEM, 0},
    {"hashtags", T_HASHTAGS, 0},
    {"numbers", T_NUMBERS, 0},
    {"counter", T_COUNTER, 0},
    {"arrow", T_ARROW, 0},
    {"bars", T_BARS, 0},
    {"noquote", T_NOQUOTE, 0},
    {"nocolon", T_NOCOLON, 0},
    {"shouts", T_SHOUTS, 0},
    {"then", T_THEN, 1},
    {"email", T_EMAIL, 0},
    {"you", T_YOU, 0},
    {"number", T_NUMBER, 0},
    {"url", T_URL, 0},
    {"bracketed", T_BRACKETED, 0},
    {"names", T_NAMES, 0},
    {"notable", T_NOTABLE, 0},
    {"lone", T_LONE, 0},
    {"named", T_NAMED, 0},
    {"twice", T_TWICE, 0},
    {"aggressive", T_AGGRESSIVE, 0},

};

static int parse_test(struct ruleset *s, tm_str word, struct rule_test *out, char *error, uint64_t room) {
    tm_str name = word, value = {NULL, 0};
    for (uint64_t i = 0; i < word.len; i++)
        if (word.data[i] == ':') {
            name.len = i;
            value = (tm_str){word.data + i + 1, word.len - i - 1};
            break;
        }
    *out = (struct rule_test){0};
    for (size_t k = 0; k < sizeof tests / sizeof tests[0]; k++) {
        if (!str_is(name, tests[k].name))
            continue;
        out->op = tests[k].op;
        if ((tests[k].takes != 0) != (value.len != 0)) {
            snprintf(error, room, "the test '%s' %s", tests[k].name,
                     tests[k].takes ? "needs a value: NAME:VALUE" : "takes no value");
            return -1;
        }
        if (tests[k].takes == 1) {
            if (str_is(value, "none")) {
                out->none = 1;
                return 0;
            }
            while (value.len) {
                tm_str list = {value.data, 0};
                while (value.len && *value.data != ',') {
                    value.data++;
                    value.len--;
                    list.len++;
                }
                if (value.len) {
                    value.data++;
                    value.len--;
                }
                uint32_t number = ruleset_list(s, list);
                if (number == UINT32_MAX ||
                    make_room((void **)&s->further, &s->room_further, s->n_further, sizeof *s->further) != 0) {
                    snprintf(error, room, "no memory, or more than %d lists", LISTS_MAX);
                    return -1;
                }
                if (number >= LISTS_PLAIN) {
                    if (out->n_further++ == 0)
                        out->further = s->n_further;
                    s->further[s->n_further++] = number;
                }
                out->lists |= list_bit(number);
            }
        } else if (tests[k].takes == 2) {
            uint32_t n[2] = {0, 0};
            int side = 0, given[2] = {0, 0};
            for (uint64_t i = 0; i < value.len; i++) {
                char c = value.data[i];
                if (c >= '0' && c <= '9' && n[side] < 6000) {
                    n[side] = n[side] * 10 + (uint32_t)(c - '0');
                    given[side] = 1;
                } else if (c == '.' && side == 0 && i + 1 < value.len && value.data[i + 1] == '.') {
                    side = 1;
                    i++;
                } else {
                    snprintf(error, room, "a range is LOW..HIGH, not '%.*s'", (int)value.len, value.data);
                    return -1;
                }
            }
            out->a = (uint16_t)n[0];
            out->b = side == 0 ? out->a : given[1] ? (uint16_t)n[1] : UINT16_MAX;
        }
        return 0;
    }
    snprintf(error, room, "there is no test '%.*s'", (int)name.len, name.data);
    return -1;
}

static struct rule *find_rule(struct ruleset *s, tm_str name) {
    for (uint32_t at = s->chain[chain_of(name)]; at; at = s->rules[at - 1].next)
        if (str_equal(s->rules[at - 1].name, name))
            return &s->rules[at - 1];
    return NULL;
}

int ruleset_when(struct ruleset *s, tm_str name, tm_str kind, tm_str when, int first, char *error, uint64_t room) {
    struct rule *r = find_rule(s, name);
    if (r == NULL) {
        if (s->n_rules == RULES_MAX) {
            snprintf(error, room, "more than %d rules", RULES_MAX);
            return -1;
        }
        if (make_room((void **)&s->rules, &s->room_rules, s->n_rules, sizeof *s->rules) != 0)
            goto no_memory;
        uint32_t *chain = &s->chain[chain_of(name)];
        r = &s->rules[s->n_rules++];
        *r = (struct rule){.name = name, .next = *chain};
        *chain = s->n_rules;
        first = 1;
    }
    if (first) {
        r->when = s->n_whens;
        r->n_whens = 0;
    }
    r->kind = kind;
    if (make_room((void **)&s->whens, &s->room_whens, s->n_whens, sizeof *s->whens) != 0)
        goto no_memory;
    if (s->n_whens == UINT16_MAX) {
        snprintf(error, room, "more than %d lines of 'when'", UINT16_MAX);
        return -1;
    }
    struct rule_when *w = &s->whens[s->n_whens];
    *w = (struct rule_when){.text = when, .test = s->n_tests};
    for (tm_str word = next_word(&when); word.len; word = next_word(&when)) {
        if (w->n_tests == RULE_TESTS) {
            snprintf(error, room, "more than %d tests in one line", RULE_TESTS);
            return -1;
        }
        if (make_room((void **)&s->tests, &s->room_tests, s->n_tests, sizeof *s->tests) != 0)
            goto no_memory;
        if (parse_test(s, word, &s->tests[s->n_tests], error, room) != 0)
            return -1;
        s->n_tests++;
        w->n_tests++;
    }
    if (w->n_tests == 0) {
        snprintf(error, room, "a line of 'when' without tests");
        return -1;
    }
    s->n_whens++;
    r->n_whens++;
    return 0;
no_memory:
    snprintf(error, room, "out of memory");
    return -1;
}

void ruleset_off(struct ruleset *s, tm_str name) {
    struct rule *r = find_rule(s, name);
    if (r != NULL)
        r->n_whens = 0;
}

void ruleset_free(struct ruleset *s) {
    free(s->rules);
    free(s->whens);
    free(s->tests);
    free(s->lists);
    free(s->further);
    free(s->index);
    *s = (struct ruleset){0};
}

int rules_read(const struct rules_reader *r, const char *file, tm_str text, char *error, uint64_t room) {
    tm_str name = {0}, kind = {0};
    int in = 0, first = 0; /* in: 0 nothing, 1 list, 2 rule */
    uint32_t line = 0;
    char why[160] = "";
    while (text.len) {
        const char *feed = memchr(text.data, '\n', text.len);
        tm_str whole = {text.data, feed ? (uint64_t)(feed - text.data) : text.len};
        text.data += whole.len + (feed != NULL);
        text.len -= whole.len + (feed != NULL);
        line++;
        int indented = whole.len && (*whole.data == '\t' || *whole.data == ' ');
        tm_str rest = trim(whole);
        if (rest.len == 0 || *rest.data == '#')
            continue;
        int rc = 0;
        if (!indented) {
            tm_str word = next_word(&rest);
            name = next_word(&rest);
            kind = next_word(&rest);
            if (str_is(word, "list") && name.len && !kind.len)
                in = 1;
            else if (str_is(word, "rule") && name.len && kind.len)
                in = 2;
            else if (str_is(word, "off") && name.len) {
                in = 0;
                if (r->off)
                    rc = r->off(r->ctx, name, why, sizeof why);
                while (rc == 0 && r->off && kind.len) {
                    rc = r->off(r->ctx, kind, why, sizeof why);
                    kind = next_word(&rest);
                }
            } else {
                snprintf(why, sizeof why, "an entry is 'list NAME', 'rule NAME KIND' or 'off NAME...'");
                rc = -1;
            }
            first = 1;
        } else if (in == 1) {
            if (r->phrase)
                rc = r->phrase(r->ctx, name, rest, why, sizeof why);
        } else if (in == 2) {
            tm_str word = next_word(&rest);
            rest = trim(rest);
            if (str_is(word, "when")) {
                if (r->when)
                    rc = r->when(r->ctx, name, kind, rest, first, why, sizeof why);
                first = 0;
            } else if (str_is(word, "yes") || str_is(word, "no")) {
                if (r->example)
                    rc = r->example(r->ctx, name, rest, str_is(word, "yes"), why, sizeof why);
            } else {
                snprintf(why, sizeof why, "in a rule stand 'when', 'yes' and 'no', not '%.*s'", (int)word.len,
                         word.data);
                rc = -1;
            }
        } else {
            snprintf(why, sizeof why, "an indented line belongs to no entry");
            rc = -1;
        }
        if (rc != 0) {
            snprintf(error, room, "%s:%u: %s", file, line, why);
            return -1;
        }
    }
    return 0;
}
