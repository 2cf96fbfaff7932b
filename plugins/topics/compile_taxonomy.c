/* compile_taxonomy.c: the build's own program that compiles the taxonomy: compile_taxonomy OUT SOURCE. */
#include "taxonomy.h"

#include <lines.h>

#include <textmill/embed.h>

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    char error[512] = "no memory";
    uint64_t len;
    uint32_t topics = 0;
    int status = 1;
    if (argc != 3) {
        fprintf(stderr, "usage: compile_taxonomy OUT SOURCE\n");
        return 2;
    }
    struct compile *c = taxonomy_compiler(textmill_host());
    char *text = c ? lines_read_file(argv[2], &len, error, sizeof error) : NULL;
    tm_str bytes = {NULL, 0};
    struct taxonomy t;
    if (text && taxonomy_compile(c, argv[2], (tm_str){text, len}, &topics, error, sizeof error) == 0)
        bytes = compile_finish(c);
    if (bytes.data && taxonomy_open(&t, bytes, textmill_host()->text_version, error, sizeof error) == 0) {
        FILE *out = fopen(argv[1], "wb");
        status = !out || fwrite(bytes.data, 1, bytes.len, out) != bytes.len;
        if (out && fclose(out) != 0)
            status = 1;
        snprintf(error, sizeof error, "cannot write %s", argv[1]);
        taxonomy_close(&t);
    }
    if (status)
        fprintf(stderr, "compile_taxonomy: %s\n", error);
    free(text);
    compile_free(c);
    return status;
}
