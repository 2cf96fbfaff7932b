/* That the table made at start is whole. */
#include "check.h"
#include "window.h"

/* The table that is made at start looks only where a step changes something: no character may be forgotten. */
static void no_character_is_forgotten(void) {
    struct steps all = {1, 1, 1, 1, 1, 1, 1, 1, SPACES_PLAIN};
    unsigned forgotten = 0;
    for (uint32_t c = 0, k = 0; c < 0x10000; c++) {
        while (k < 6 && c >= window_pages[k].to)
            k++;
        forgotten += !(k < 6 && c >= window_pages[k].from) && window_changes(c, &all);
    }
    CHECK_INT(forgotten, 0);
}

int main(void) {
    RUN(no_character_is_forgotten);
    return check_end();
}
