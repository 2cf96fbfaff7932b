/* store.c: see store.h. A row is its head, its packed signature with the keys, its id; rows stand one after the other
 * in chunks, which are freed when all their rows are gone. The index is one open table, filled to between two thirds
 * and five sixths; places are in the order of the keys, so that growing it reads and writes memory in order.
 */
#include "store.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES (1u << 20)
#define CHUNK_FIRST (1u << 15) /* while there are few */
#define VERIFY_MOST 8u         /* rows that one look-up compares with */
#define TALLY 512u
#define WHOLE 0.9999 /* nothing is nearer, and the earliest came first */
#define ID_MOST 65535u
#define CONTAINED_LEAST 20u /* values that containment is believed on */

/* Row flags. */
#define ROW_DEAD 1u
#define ROW_LOGGED 2u

struct row_head {
    uint64_t uid_hi, uid_lo;
    uint32_t time;
    uint16_t packed; /* bytes of the signature, the keys not counted */
    uint16_t id_len;
    uint8_t n_keys, flags;
    uint16_t reserved;
};

struct place {
    uint32_t key;
    uint32_t row; /* + 1; 0: empty */
};

struct chunk {
    uint8_t *bytes;
    uint32_t used, room;
    uint32_t last; /* row */
};

struct store {
    struct store_options options;
    uint32_t first, end; /* rows first <= r < end; those before are gone */
    uint64_t live;
    uint64_t *at; /* by row - at_base: chunk << 32 | offset */
    uint32_t at_base;
    uint64_t at_room;
    struct chunk *chunks;
    uint32_t chunk_base, n_chunks, chunk_room; /* chunk numbers from chunk_base */
    uint64_t chunk_bytes;
    struct place *places;
    uint64_t n_places, n_used;
};

struct store *store_new(const struct store_options *options) {
    struct store *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->options = *options;
    s->n_places = 1024;
    s->places = calloc(s->n_places, sizeof *s->places);
    if (!s->places) {
        free(s);
        return NULL;
    }
    return s;
}

void store_free(struct store *s) {
    if (!s)
        return;
    for (uint32_t i = 0; i < s->n_chunks; i++)
        free(s->chunks[i].bytes);
    free(s->chunks);
    free(s->at);
    free(s->places);
    free(s);
}

static uint8_t *row_bytes(const struct store *s, uint32_t row) {
    uint64_t at = s->at[row - s->at_base];
    return s->chunks[(uint32_t)(at >> 32) - s->chunk_base].bytes + (uint32_t)at;
}

static struct row_head row_head(const struct store *s, uint32_t row) {
    struct row_head h;
    memcpy(&h, row_bytes(s, row), sizeof h);
    return h;
}

static int is_live(const struct store *s, uint32_t row) {
    return row >= s->first && row < s->end && !(row_head(s, row).flags & ROW_DEAD);
}

static uint32_t row_size(const struct row_head *h) {
    return (uint32_t)sizeof *h + h->n_keys * 4u + h->packed + h->id_len;
}

/* Where a key's places begin. */
static uint64_t home(uint64_t n_places, uint32_t key) {
    return (n_places * key) >> 32;
}

static void put_place(struct store *s, uint32_t key, uint32_t row) {
    uint64_t i = home(s->n_places, key);
    while (s->places[i].row)
        i = i + 1 == s->n_places ? 0 : i + 1;
    s->places[i] = (struct place){key, row + 1};
    s->n_used++;
}

/* Room for KEYS + 1 more, leaving out the places of rows that are gone. */
static int grow_places(struct store *s) {
    if ((s->n_used + KEYS + 1) * 6 <= s->n_places * 5)
        return 1;
    uint64_t n = s->n_places, used = s->n_used;
    struct place *old = s->places;
    uint64_t want = (s->live + 1) * (KEYS + 1) * 2;
    uint64_t room = want > n + n / 4 ? n + n / 4 : want < 1024 ? 1024 : want;
    struct place *places = calloc(room, sizeof *places);
    if (!places)
        return (used + KEYS + 1) < n;
    s->places = places;
    s->n_places = room;
    s->n_used = 0;
    for (uint64_t i = 0; i < n; i++)
        if (old[i].row > s->first)
            put_place(s, old[i].key, old[i].row - 1);
    free(old);
    return 1;
}

static uint32_t uid_key(tm_uid uid) {
    uint64_t h = (uid.hi ^ (uid.lo >> 31)) * 0x9e3779b97f4a7c15u + uid.lo;
    h ^= h >> 32;
    h *= 0xbf58476d1ce4e5b9u;
    return (uint32_t)(h >> 32);
}

uint32_t store_row_of(struct store *s, tm_uid uid, tm_str packed) {
    uint32_t key = uid_key(uid), found = ROW_NONE;
    for (uint64_t i = home(s->n_places, key); s->places[i].row; i = i + 1 == s->n_places ? 0 : i + 1) {
        uint32_t row = s->places[i].row - 1;
        if (s->places[i].key != key || !is_live(s, row))
            continue;
        struct row_head h = row_head(s, row);
        if (h.uid_hi != uid.hi || h.uid_lo != uid.lo)
            continue;
        if (packed.len == h.packed && row < found &&
            memcmp(packed.data, row_bytes(s, row) + sizeof h + h.n_keys * 4u, h.packed) == 0)
            found = row;
    }
    return found;
}

struct tally {
    uint32_t row, count;
};

/* Counts, for each row that shares a key with the text, how many it shares. Returns their number, at most TALLY / 2. */
static uint32_t tally_rows(struct store *s, const struct signature *g, uint32_t before, struct tally *list) {
    uint16_t slot[TALLY];
    uint32_t n = 0;
    memset(slot, 0, sizeof slot);
    for (uint32_t k = 0; k < g->n_keys; k++)
        __builtin_prefetch(&s->places[home(s->n_places, g->keys[k])]);
    for (uint32_t k = 0; k < g->n_keys; k++) {
        uint32_t key = g->keys[k];
        for (uint64_t i = home(s->n_places, key); s->places[i].row; i = i + 1 == s->n_places ? 0 : i + 1) {
            uint32_t row = s->places[i].row - 1;
            if (s->places[i].key != key || row < s->first || row >= before)
                continue;
            uint32_t at = row * 0x9e3779b1u >> 23;
            while (slot[at] && list[slot[at] - 1].row != row)
                at = (at + 1) & (TALLY - 1);
            if (!slot[at]) {
                if (n == TALLY / 2)
                    continue;
                list[n] = (struct tally){row, 0};
                slot[at] = (uint16_t)++n;
            }
            list[slot[at] - 1].count++;
        }
    }
    return n;
}

static int is_near(const struct store *s, const struct signature *a, const struct signature *b,
                   const struct nearness *near) {
    double most = near->first_in_second > near->second_in_first ? near->first_in_second : near->second_in_first;
    if (near->jaccard >= s->options.jaccard) {
        /* A handful of words says little: then all of it has to be the same. */
        return near->least >= CONTAINED_LEAST || near->jaccard >= 0.8 ||
               (a->words == b->words && near->jaccard >= 0.99);
    }
    return most >= s->options.containment && near->least >= CONTAINED_LEAST;
}

int store_find(struct store *s, const struct signature *g, uint32_t before, struct match *out) {
    struct tally list[TALLY / 2];
    struct signature other;
    uint32_t n = tally_rows(s, g, before < s->end ? before : s->end, list);
    double best = -1;
    for (uint32_t round = 0; round < VERIFY_MOST && round < n; round++) {
        uint32_t top = round;
        for (uint32_t i = round + 1; i < n; i++)
            if (list[i].count > list[top].count || (list[i].count == list[top].count && list[i].row < list[top].row))
                top = i;
        struct tally t = list[top];
        list[top] = list[round];
        list[round] = t;
        /* So few shared keys beside a near one cannot be nearer. */
        if (best >= 0 && (t.count * 2 <= list[0].count || best > WHOLE))
            break;
        struct row_head h = row_head(s, t.row);
        const uint8_t *packed = row_bytes(s, t.row) + sizeof h + h.n_keys * 4u;
        if (h.flags & ROW_DEAD || !signature_unpack(packed, h.packed, &other))
            continue;
        struct nearness near = signature_compare(g, &other);
        if (!is_near(s, g, &other, &near))
            continue;
        /* A text in full within another is nearer than its Jaccard tells. */
        double most = near.first_in_second > near.second_in_first ? near.first_in_second : near.second_in_first;
        double value = near.jaccard + 0.001 * most;
        if (value > best + 1e-9 || (value > best - 1e-9 && t.row < out->row)) {
            best = value;
            out->row = t.row;
            out->near = near;
            memcpy(&out->signature, &other, sizeof other);
        }
    }
    return best >= 0;
}

/* Bytes for a new row; NULL without memory. */
static uint8_t *new_row(struct store *s, uint32_t size) {
    uint64_t n = s->end - s->at_base;
    if (n == s->at_room) {
        uint64_t gone = s->first - s->at_base;
        if (gone > n / 2) {
            memmove(s->at, s->at + gone, (n - gone) * sizeof *s->at);
            s->at_base = s->first;
            n -= gone;
        } else {
            uint64_t room = n < 1024 ? 1024 : n + n / 8;
            uint64_t *at = realloc(s->at, room * sizeof *at);
            if (!at)
                return NULL;
            s->at = at;
            s->at_room = room;
        }
    }
    struct chunk *c = s->n_chunks ? &s->chunks[s->n_chunks - 1] : NULL;
    if (!c || c->room - c->used < size) {
        if (s->n_chunks == s->chunk_room) {
            uint32_t room = s->chunk_room ? s->chunk_room * 2 : 16;
            struct chunk *chunks = realloc(s->chunks, room * sizeof *chunks);
            if (!chunks)
                return NULL;
            s->chunks = chunks;
            s->chunk_room = room;
        }
        c = &s->chunks[s->n_chunks];
        uint32_t usual = s->n_chunks < CHUNK_BYTES / CHUNK_FIRST ? CHUNK_FIRST : CHUNK_BYTES;
        *c = (struct chunk){NULL, 0, size > usual ? size : usual, 0};
        c->bytes = malloc(c->room);
        if (!c->bytes)
            return NULL;
        s->chunk_bytes += c->room;
        s->n_chunks++;
    }
    uint8_t *bytes = c->bytes + c->used;
    s->at[n] = (uint64_t)(s->chunk_base + s->n_chunks - 1) << 32 | c->used;
    c->used += size;
    c->last = s->end;
    return bytes;
}

/* Puts a row, whose bytes stand at the end, into the index. */
static void index_row(struct store *s, const struct row_head *h, const uint8_t *keys) {
    uint32_t row = s->end++;
    s->live++;
    put_place(s, uid_key((tm_uid){h->uid_hi, h->uid_lo}), row);
    for (uint32_t k = 0; k < h->n_keys; k++) {
        uint32_t key, same = 0;
        memcpy(&key, keys + 4 * k, 4);
        uint64_t i = home(s->n_places, key);
        for (; s->places[i].row && same < KEY_ROWS_MOST; i = i + 1 == s->n_places ? 0 : i + 1)
            same += s->places[i].key == key && s->places[i].row > s->first;
        if (same == KEY_ROWS_MOST)
            continue;
        s->places[i] = (struct place){key, row + 1};
        s->n_used++;
    }
}

uint32_t store_add(struct store *s, tm_uid uid, uint32_t time, tm_str id, const struct signature *g, tm_str packed) {
    struct row_head h = {.uid_hi = uid.hi, .uid_lo = uid.lo, .time = time};
    h.packed = (uint16_t)packed.len;
    h.id_len = (uint16_t)(id.len < ID_MOST ? id.len : ID_MOST);
    h.n_keys = (uint8_t)(g->n_keys < KEYS ? g->n_keys : KEYS);
    if (s->end >= ROW_NONE - 1 || !grow_places(s))
        return ROW_NONE;
    uint8_t *bytes = new_row(s, row_size(&h));
    if (!bytes)
        return ROW_NONE;
    memcpy(bytes, &h, sizeof h);
    memcpy(bytes + sizeof h, g->keys, h.n_keys * 4u);
    memcpy(bytes + sizeof h + h.n_keys * 4u, packed.data, h.packed);
    if (h.id_len)
        memcpy(bytes + sizeof h + h.n_keys * 4u + h.packed, id.data, h.id_len);
    index_row(s, &h, bytes + sizeof h);
    return s->end - 1;
}

static void drop_first(struct store *s) {
    s->live -= (uint64_t)is_live(s, s->first);
    s->first++;
    uint32_t n = 0;
    while (n < s->n_chunks && s->chunks[n].last < s->first && n + 1 < s->n_chunks) {
        free(s->chunks[n].bytes);
        s->chunk_bytes -= s->chunks[n].room;
        n++;
    }
    if (n) {
        memmove(s->chunks, s->chunks + n, (s->n_chunks - n) * sizeof *s->chunks);
        s->n_chunks -= n;
        s->chunk_base += n;
    }
}

static void set_flag(struct store *s, uint32_t row, uint8_t flag) {
    struct row_head h = row_head(s, row);
    h.flags |= flag;
    memcpy(row_bytes(s, row), &h, sizeof h);
}

int store_holds(const struct store *s, uint32_t row) {
    return is_live(s, row);
}

void store_remove(struct store *s, uint32_t row) {
    if (!is_live(s, row))
        return;
    set_flag(s, row, ROW_DEAD);
    s->live--;
}

void store_mark_logged(struct store *s, uint32_t row) {
    if (is_live(s, row))
        set_flag(s, row, ROW_LOGGED);
}

uint32_t store_trim(struct store *s, uint32_t now) {
    uint32_t logged = 0;
    while (s->first < s->end) {
        struct row_head h = row_head(s, s->first);
        int too_many = s->options.max_documents && s->live > s->options.max_documents;
        int too_old = s->options.max_age && h.time + s->options.max_age < now;
        if (!too_many && !too_old && !(h.flags & ROW_DEAD))
            break;
        logged += (h.flags & ROW_LOGGED) != 0;
        drop_first(s);
    }
    return logged;
}

tm_str store_id(const struct store *s, uint32_t row) {
    struct row_head h = row_head(s, row);
    return (tm_str){(const char *)row_bytes(s, row) + sizeof h + h.n_keys * 4u + h.packed, h.id_len};
}

uint32_t store_end(const struct store *s) {
    return s->end;
}

uint64_t store_count(const struct store *s) {
    return s->live;
}

uint64_t store_bytes(const struct store *s) {
    return s->chunk_bytes + s->at_room * sizeof *s->at + s->n_places * sizeof *s->places;
}

tm_str store_record(struct store *s, uint32_t row) {
    struct row_head h = row_head(s, row);
    return (tm_str){(const char *)row_bytes(s, row), row_size(&h)};
}

uint32_t store_load(struct store *s, tm_str record) {
    struct row_head h;
    static const size_t head = sizeof h;
    if (record.len < head)
        return ROW_NONE;
    memcpy(&h, record.data, head);
    if (h.n_keys > KEYS || h.flags || row_size(&h) != record.len || s->end >= ROW_NONE - 1 || !grow_places(s))
        return ROW_NONE;
    uint8_t *bytes = new_row(s, (uint32_t)record.len);
    if (!bytes)
        return ROW_NONE;
    memcpy(bytes, record.data, record.len);
    index_row(s, &h, bytes + head);
    set_flag(s, s->end - 1, ROW_LOGGED);
    return s->end - 1;
}
