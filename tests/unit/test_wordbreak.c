/* test_wordbreak.c: Unicode's own test of word boundaries (UAX 29), where Debian's unicode-data is installed, on the
 * cases that the token rule leaves alone. What the rule tailors is left out by character: see tailored() and the few
 * lines at its use; test_token.c holds those clauses. Skipped where the file is absent.
 */
#include "check.h"

#include "doc/text_unicode.h"
#include "doc/token.h"

#include <stdlib.h>

#define PATH "/usr/share/unicode/auxiliary/WordBreakTest.txt"

/* Characters that the token rule treats in a way of its own: underscore and colon, apostrophes, quotation marks that
 * join Hebrew, white space and invisible characters (no tokens), emoji, flags; commas and points are tokens in both. */
static int tailored(uint32_t cp) {
    uint32_t c = unicode_class(cp);
    return cp == '_' || cp == ':' || cp == '"' || (cp >= 0x5d0 && cp <= 0x5ea) || c == UC_CONNECT || c == UC_FLAG ||
           c == UC_EMOJI || c == UC_MODIFIER || c == UC_PICTOGRAPH || cp == ';';
}

static int at_boundary(const uint32_t *start, const uint32_t *length, uint32_t n, uint32_t at) {
    for (uint32_t i = 0; i < n; i++)
        if (start[i] == at || start[i] + length[i] == at)
            return 1;
    return 0;
}

static int inside_token(const uint32_t *start, const uint32_t *length, uint32_t n, uint32_t at) {
    for (uint32_t i = 0; i < n; i++)
        if (at > start[i] && at < start[i] + length[i])
            return 1;
    return 0;
}

static int tried, left_out;

static void word_break_test(void) {
    char line[4096];
    FILE *file = fopen(PATH, "rb");
    CHECK(file != NULL);
    while (fgets(line, sizeof line, file)) {
        uint8_t text[256];
        uint32_t at[64], n = 0, m = 0, start[64], length[64], last = 0;
        int must[64], out = 0;
        char *p = line;
        if (*p == '#')
            continue;
        while (*p && *p != '#') {
            if (memcmp(p, "\xc3\xb7", 2) == 0 || memcmp(p, "\xc3\x97", 2) == 0) {
                must[m] = (uint8_t)p[1] == 0xb7;
                at[m++] = n;
                p += 2;
            } else if (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n') {
                p++;
            } else {
                uint32_t cp = (uint32_t)strtoul(p, &p, 16);
                uint32_t c = unicode_class(cp);
                out |= tailored(cp);
                /* a mark behind white space, and runs of points, are the rule's own */
                out |= (c == UC_MARK || c == UC_FORMAT) &&
                       (m < 2 || unicode_class(last) == UC_SPACE || unicode_class(last) == UC_CONTROL);
                out |= cp == '.' && last == '.';
                last = cp;
                n += text_encode(cp, text + n);
            }
        }
        out |= last == '.';
        if (out) {
            left_out++;
            continue;
        }
        tm_token_buffer b = {64, 0, start, length, NULL, NULL};
        token_tokenize((tm_str){(const char *)text, n}, &b);
        tried++;
        for (uint32_t i = 1; i + 1 < m; i++) {
            int is_boundary = at_boundary(start, length, b.count, at[i]);
            int is_inside = inside_token(start, length, b.count, at[i]);
            if (must[i] ? is_inside : is_boundary)
                fprintf(stderr, "at byte %u of: %s", at[i], line);
            CHECK(must[i] ? !is_inside : !is_boundary);
        }
    }
    fclose(file);
    printf("%d cases, %d left out as tailored\n", tried, left_out);
    CHECK(tried > 300);
}

int main(void) {
    FILE *file = fopen(PATH, "rb");
    if (!file) {
        puts("skipped: " PATH " is not installed (Debian: unicode-data)");
        return 77;
    }
    fclose(file);
    RUN(word_break_test);
    return check_end();
}
