/* main.c: the program's entry: finds the command's word and calls its file. */
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        puts("textmill " TEXTMILL_VERSION);
        return 0;
    }
    fputs("usage: textmill COMMAND [ARGUMENT...]\nTry 'textmill --help'.\n", stderr);
    return 2;
}
