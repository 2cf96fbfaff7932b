/* textmill_table.c: the build's own program that compiles tables of text into one mapped file:
 *
 *     textmill-table -o OUT.table SOURCE.tsv...
 *
 * Exit status 0, or 1 with one line that names file and line. */
#include "../compile.h"
#include "../lines.h"

#include <textmill/embed.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv) {
    char error[512], part[4096];
    int status = 1;
    if (argc < 4 || strcmp(argv[1], "-o") != 0) {
        fprintf(stderr, "usage: textmill-table -o OUT.table SOURCE.tsv...\n");
        return 2;
    }
    struct compile *c = compile_new(textmill_host());
    FILE *out = NULL;
    for (int i = 3; c && i < argc; i++) {
        uint64_t len;
        char *text = lines_read_file(argv[i], &len, error, sizeof error);
        int done = text ? compile_text(c, argv[i], (tm_str){text, len}, error, sizeof error) : -1;
        free(text);
        if (done < 0) {
            fprintf(stderr, "textmill-table: %s\n", error);
            goto end;
        }
    }
    tm_str bytes = c ? compile_finish(c) : (tm_str){NULL, 0};
    if (!bytes.data) {
        fprintf(stderr, "textmill-table: no memory\n");
        goto end;
    }
    snprintf(part, sizeof part, "%s.part", argv[2]);
    out = fopen(part, "wb");
    if (!out || fwrite(bytes.data, 1, bytes.len, out) != bytes.len || fflush(out) != 0 || rename(part, argv[2]) != 0) {
        fprintf(stderr, "textmill-table: %s: %s\n", argv[2], strerror(errno));
        goto end;
    }
    status = 0;
end:
    if (out)
        fclose(out);
    compile_free(c);
    return status;
}
