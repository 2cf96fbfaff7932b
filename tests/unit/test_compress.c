/* Compressed inputs: members, damage, bombs. The compressed bytes are made here with the libraries that read them. */
#include "reader.h"

#if defined(TEST_ZLIB) || defined(TEST_ZSTD)
static const struct source_options plain = {.block_bytes = 1 << 18, .block_items = 1000, .max_doc = 1 << 20};
#endif

#ifdef TEST_ZLIB
#include <zlib.h>

/* One gzip member into out; its length. */
static size_t pack_gzip(const char *data, size_t len, unsigned char *out, size_t room) {
    z_stream z = {0};
    CHECK(deflateInit2(&z, 9, Z_DEFLATED, 16 + 15, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    z.next_in = (Bytef *)(uintptr_t)data;
    z.avail_in = (uInt)len;
    z.next_out = out;
    z.avail_out = (uInt)room;
    CHECK(deflate(&z, Z_FINISH) == Z_STREAM_END);
    len = room - z.avail_out;
    deflateEnd(&z);
    return len;
}

static void gzip_members_and_damage(void) {
    unsigned char two[600];
    size_t first = pack_gzip("{\"a\":1}\n{\"b\"", 12, two, 300), all = first + pack_gzip(":2}\n", 4, two + first, 300);
    scratch_file("a.jsonl.gz", (char *)two, all);
    CHECK_INT(show_input("a.jsonl.gz", &plain), 0);
    CHECK_SHOWN("1:{\"a\":1}\n2:{\"b\":2}\n");
    scratch_file("noname", (char *)two, all);
    CHECK_INT(show_input("noname", &plain), 0);
    CHECK_SHOWN("1:{\"a\":1}\n2:{\"b\":2}\n");
    scratch_file("named.txt", (char *)two, all);
    CHECK_INT(show_input("named.txt", &plain), 0);
    CHECK(shows("0!not-text: this is gzip data"));
    scratch_file("cut.jsonl.gz", (char *)two, first + 12);
    CHECK_INT(show_input("cut.jsonl.gz", &plain), 0);
    CHECK_SHOWN("1:{\"a\":1}\n2!truncated-input: the compressed data end in the middle; get the whole file\n");
    scratch_file("cut.txt.gz", (char *)two, first - 1);
    CHECK_INT(show_input("cut.txt.gz", &plain), 0);
    CHECK(shows("0!truncated-input: "));
    scratch_file("empty.txt.gz", "", 0);
    CHECK_INT(show_input("empty.txt.gz", &plain), 0);
    CHECK(shows("0!truncated-input: "));
    memset(two + all, 0, 50);
    scratch_file("padded.jsonl.gz", (char *)two, all + 50);
    CHECK_INT(show_input("padded.jsonl.gz", &plain), 0);
    CHECK_SHOWN("1:{\"a\":1}\n2:{\"b\":2}\n");
    two[14] ^= 0x55;
    scratch_file("bad.jsonl.gz", (char *)two, all);
    CHECK_INT(show_input("bad.jsonl.gz", &plain), 0);
    CHECK(shows("!corrupt-input: "));
    scratch_text("lie.txt.gz", "not packed at all");
    CHECK_INT(show_input("lie.txt.gz", &plain), 0);
    CHECK(shows("0!corrupt-input: "));
}

static void gzip_bombs_are_stopped(void) {
    size_t size = 50 << 20;
    char *blank = calloc(1, size);
    unsigned char *packed = malloc(1 << 20);
    CHECK(blank && packed);
    memset(blank, 'a', size);
    size_t len = pack_gzip(blank, size, packed, 1 << 20);
    scratch_file("bomb.txt.gz", (char *)packed, len);
    scratch_file("bomb.jsonl.gz", (char *)packed, len);
    free(blank);
    free(packed);
    struct source_options guarded = plain;
    guarded.max_doc = 64 << 20;
    guarded.max_expand = 100;
    CHECK_INT(show_input("bomb.txt.gz", &guarded), 0);
    CHECK(shows("0!max-expand: "));
    CHECK_INT(show_input("bomb.jsonl.gz", &guarded), 0);
    CHECK(shows("1!max-expand: "));
    CHECK_INT(show_input("bomb.txt.gz", &plain), 0); /* without the guard the document's bound holds */
    CHECK(shows("0!too-long: "));
}
#endif

#ifdef TEST_ZSTD
#include <zstd.h>

static void zstd_frames_and_damage(void) {
    char two[600];
    size_t first = ZSTD_compress(two, 300, "{\"a\":1}\n{\"b\"", 12, 3);
    size_t all = first + ZSTD_compress(two + first, 300, ":2}\n", 4, 3);
    scratch_file("a.ndjson.zst", two, all);
    CHECK_INT(show_input("a.ndjson.zst", &plain), 0);
    CHECK_SHOWN("1:{\"a\":1}\n2:{\"b\":2}\n");
    scratch_file("cut.jsonl.zst", two, first + 6);
    CHECK_INT(show_input("cut.jsonl.zst", &plain), 0);
    CHECK_SHOWN("1:{\"a\":1}\n2!truncated-input: the compressed data end in the middle; get the whole file\n");
    scratch_text("lie.txt.zst", "not packed at all");
    CHECK_INT(show_input("lie.txt.zst", &plain), 0);
    CHECK(shows("0!corrupt-input: "));
}

static void zstd_bombs_are_stopped(void) {
    size_t size = 50 << 20, room = ZSTD_compressBound(size);
    char *blank = calloc(1, size), *packed = malloc(room);
    CHECK(blank && packed);
    memset(blank, 'a', size);
    scratch_file("bomb.txt.zst", packed, ZSTD_compress(packed, room, blank, size, 3));
    free(blank);
    free(packed);
    struct source_options guarded = plain;
    guarded.max_doc = 64 << 20;
    guarded.max_expand = 1000;
    CHECK_INT(show_input("bomb.txt.zst", &guarded), 0);
    CHECK(shows("0!max-expand: "));
}
#endif

int main(void) {
    scratch_begin();
#ifdef TEST_ZLIB
    RUN(gzip_members_and_damage);
    RUN(gzip_bombs_are_stopped);
#endif
#ifdef TEST_ZSTD
    RUN(zstd_frames_and_damage);
    RUN(zstd_bombs_are_stopped);
#endif
    scratch_end();
    reader_end();
    if (!check_cases) {
        puts("built without zlib and libzstd: nothing to test");
        return 77;
    }
    return check_end();
}
