/* Long documents: what a stage takes goes with its turn, old layers and texts are freed before new ones are made, and
 * what comes out is what a short document would give. */
#include "doc_kit.h"

#define LEN ((size_t)3 << 20)

static char *lines_of(size_t len) {
    char *text = malloc(len);
    CHECK(text != NULL);
    for (size_t i = 0; i < len; i++)
        text[i] = "The council met, again. It approved one bridge of the old town!\n"[i % 64];
    return text;
}

static void turn(tm_doc *doc, uint32_t index, uint32_t line, uint64_t bytes) {
    uint32_t n;
    kit_stage.index = index;
    doc_stage_begin(doc, &kit_stage);
    CHECK(host_doc_column(doc, TM_TOKEN_HASH, &n) != NULL);
    memset(host_doc_alloc(doc, bytes), 1, bytes);
    CHECK_INT(kit_edit(doc, line * 64, line * 64 + 64, NULL), TM_OK);
    CHECK_INT(doc_stage_end(doc), 0);
}

static void memory_is_bounded(void) {
    char *text = lines_of(LEN);
    tm_doc *doc = kit_text(text, LEN);
    for (uint32_t i = 0; i < 4; i++) {
        turn(doc, i, 10 * i, 4 * LEN);
        /* What a stage took serves the next one: nothing is added. */
        CHECK(arena_bytes(kit_arena) < 14 * LEN);
    }
    CHECK_INT(doc_text(doc).len, LEN - 4 * 64);
    uint32_t n;
    CHECK(host_doc_column(doc, TM_TOKEN_HASH, &n) != NULL);
    CHECK(arena_bytes(kit_arena) < 14 * LEN);
    kit_write(doc);
    CHECK(arena_bytes(kit_arena) < 4 * LEN);
    free(text);
}

/* A stage's array that grows leaves nothing behind, and what is given up serves the next one. */
static void a_stage_resizes_its_memory(void) {
    char *text = lines_of(LEN);
    tm_doc *doc = kit_text(text, LEN);
    doc_stage_begin(doc, &kit_stage);
    uint64_t room = 1000;
    unsigned char *array = memset(host_doc_alloc(doc, room), 5, room);
    size_t before = arena_bytes(kit_arena);
    while (room < 8 * LEN) {
        array = host_doc_resize(doc, array, room, 2 * room);
        CHECK(array[0] == 5 && array[room - 1] == 5);
        memset(array + room, 5, room);
        room *= 2;
        CHECK(arena_bytes(kit_arena) - before < room + LEN);
    }
    CHECK(host_doc_resize(doc, array, room, 0) == NULL);
    memset(host_doc_alloc(doc, 8 * LEN), 6, 8 * LEN);
    CHECK(arena_bytes(kit_arena) - before < room + LEN);
    CHECK_INT(doc_stage_end(doc), 0);
    free(text);
}

/* The original of a long record is not held beside the text that came of it, and there when somebody asks. */
static void an_original_is_read_again(void) {
    struct buffer line = {0};
    buffer_add_string(&line, "{\"text\":\"");
    for (int i = 0; i < 20000; i++)
        buffer_add_string(&line, "The \\u0041uthority said \\\"no\\\".\\n");
    buffer_add_string(&line, "\"}");
    tm_doc *doc = kit_bytes(line.data, line.len);
    size_t len = doc_text(doc).len, before = arena_bytes(kit_arena);
    CHECK_INT(len, 20000 * 25);
    doc_stage_begin(doc, &kit_stage);
    CHECK_INT(kit_edit(doc, 0, 25, NULL), TM_OK);
    CHECK_INT(doc_stage_end(doc), 0);
    arena_trim(kit_arena);
    CHECK(arena_bytes(kit_arena) < before + len / 2);
    CHECK_INT(doc_text(doc).len, len - 25);
    tm_str original = doc_original(doc);
    CHECK_INT(original.len, len);
    CHECK_BYTES(original.data + len - 25, 25, "The Authority said \"no\".\n");
    doc_stage_begin(doc, &kit_stage);
    CHECK_INT(kit_edit(doc, 0, 25, NULL), TM_OK);
    CHECK_INT(doc_stage_end(doc), 0);
    CHECK(doc_original(doc).data == original.data);
    buffer_deinit(&line);
}

static void what_a_slot_points_to_stays(void) {
    char *text = lines_of(LEN);
    tm_doc *doc = kit_text(text, LEN);
    kit_stage.index = 1;
    doc_stage_begin(doc, &kit_stage);
    char *kept = host_doc_alloc(doc, 5 << 20);
    memset(kept, 7, 5 << 20);
    *host_doc_slot(doc) = (uint64_t)(uintptr_t)kept;
    CHECK_INT(doc_stage_end(doc), 0);
    turn(doc, 2, 3, 1 << 20);
    kit_stage.index = 1;
    doc_stage_begin(doc, &kit_stage);
    CHECK(*host_doc_slot(doc) == (uint64_t)(uintptr_t)kept);
    CHECK_INT(kept[0], 7);
    CHECK_INT(kept[(5 << 20) - 1], 7);
    doc_stage_undo(doc);
    free(text);
}

/* Every column of the edited document is that of the same text read anew. */
static void layers_are_those_of_a_new_document(void) {
    char *text = lines_of(LEN);
    tm_doc *doc = kit_text(text, LEN);
    turn(doc, 0, 5, 64);
    turn(doc, 1, 9, 64);
    tm_str now = doc_text(doc);
    tm_doc *fresh = kit_text(now.data, now.len);
    static const uint32_t columns[] = {TM_TOKEN_START,    TM_TOKEN_HASH,  TM_TOKEN_SHAPE,   TM_TOKEN_SENTENCE,
                                       TM_TOKEN_LINE,     TM_LINE_START,  TM_BLOCK_START,   TM_BLOCK_FLAGS,
                                       TM_SENTENCE_START, TM_BLOCK_LINES, TM_SENTENCE_BLOCK};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        uint32_t n, m;
        const void *a = host_doc_column(doc, columns[i], &n), *b = host_doc_column(fresh, columns[i], &m);
        CHECK_INT(n, m);
        CHECK(memcmp(a, b, n * (columns[i] == TM_TOKEN_HASH ? 8u : 4u)) == 0);
    }
    free(text);
}

int main(void) {
    KIT_CASE(memory_is_bounded);
    KIT_CASE(an_original_is_read_again);
    KIT_CASE(a_stage_resizes_its_memory);
    KIT_CASE(what_a_slot_points_to_stays);
    KIT_CASE(layers_are_those_of_a_new_document);
    return check_end();
}
