/* but.c: see but.h. Told straight (search the first equal score, for each score) the rule is quadratic. Here the
 * positions of each value form a heap whose root is the first of them: skew heaps (D. Sleator and R. Tarjan,
 * Self-adjusting heaps, 1986), because positions move from one value's heap to another's.
 */
#include "but.h"

#include <stdlib.h>
#include <string.h>

/* Below this many scores the straight way is faster. */
#define FEW 48

struct node { /* position of a score that is not 0; index 0 means none */
    uint32_t left, right;
    uint32_t position;
    uint32_t reserved;
};

struct value {
    double value; /* 0: a free place */
    uint64_t root;
};

static double changed(double score, uint64_t position, uint64_t before, uint64_t behind) {
    if (position < before)
        return score * 0.5;
    return position >= behind ? score * 1.5 : score;
}

static void few(double *scores, uint64_t n, uint64_t before, uint64_t behind) {
    for (uint64_t i = 0; i < n; i++) {
        uint64_t first = 0;
        while (scores[first] != scores[i])
            first++;
        scores[first] = changed(scores[first], first, before, behind);
    }
}

/* Melds two heaps, without recursion: walks down the right sides and swaps children on the way. */
static uint32_t meld(struct node *nodes, uint32_t a, uint32_t b) {
    uint32_t root = 0, *hook = &root;
    while (a && b) {
        if (nodes[b].position < nodes[a].position) {
            uint32_t other = a;
            a = b;
            b = other;
        }
        *hook = a;
        uint32_t right = nodes[a].right;
        nodes[a].right = nodes[a].left;
        hook = &nodes[a].left;
        a = right;
    }
    *hook = a ? a : b;
    return root;
}

static struct value *value_of(struct value *values, uint64_t mask, double wanted) {
    uint64_t bits;
    memcpy(&bits, &wanted, sizeof bits);
    bits *= 0xff51afd7ed558ccdu;
    uint64_t at = (bits ^ bits >> 32) & mask;
    while (values[at].value != 0 && values[at].value != wanted)
        at = (at + 1) & mask;
    values[at].value = wanted;
    return &values[at];
}

int but_rule(double *scores, uint64_t n, uint64_t before, uint64_t behind, void **memory, uint64_t *room) {
    if (n <= FEW) {
        few(scores, n, before, behind);
        return 0;
    }
    uint64_t rated = 0;
    for (uint64_t i = 0; i < n; i++)
        rated += scores[i] != 0;
    uint64_t places = 64; /* every change can bring a new value: at most twice as many values as scores */
    while (places < rated * 4)
        places *= 2;
    uint64_t need = places * sizeof(struct value) + (rated + 1) * sizeof(struct node);
    if (need > *room) {
        void *grown = realloc(*memory, need);
        if (!grown)
            return -1;
        *memory = grown;
        *room = need;
    }
    struct value *values = *memory;
    struct node *nodes = (struct node *)(values + places);
    memset(values, 0, places * sizeof *values);
    memset(nodes, 0, sizeof *nodes);
    uint32_t count = 0;
    for (uint64_t i = 0; i < n; i++) {
        if (scores[i] == 0)
            continue;
        nodes[++count] = (struct node){.position = (uint32_t)i};
        struct value *v = value_of(values, places - 1, scores[i]);
        v->root = meld(nodes, (uint32_t)v->root, count);
    }
    for (uint64_t i = 0; i < n; i++) {
        if (scores[i] == 0)
            continue;
        struct value *from = value_of(values, places - 1, scores[i]);
        uint32_t first = (uint32_t)from->root;
        uint64_t position = nodes[first].position;
        from->root = meld(nodes, nodes[first].left, nodes[first].right);
        scores[position] = changed(scores[position], position, before, behind);
        nodes[first].left = nodes[first].right = 0;
        if (scores[position] != 0) {
            struct value *to = value_of(values, places - 1, scores[position]);
            to->root = meld(nodes, (uint32_t)to->root, first);
        }
    }
    return 0;
}
