/* The growing buffer. */
#include "check.h"

#include "json/buffer.h"

static void grows_and_keeps_its_bytes(void) {
    struct buffer b;
    buffer_init(&b);
    for (int i = 0; i < 1000; i++)
        buffer_addf(&b, "%d,", i);
    CHECK_INT(b.len, 3890);
    CHECK_BYTES(b.data + b.len - 4, 4, "999,");
    CHECK_BYTES(b.data, 6, "0,1,2,");
    buffer_deinit(&b);
    CHECK(b.data == NULL);
}

static void adds_nothing_for_nothing(void) {
    struct buffer b;
    buffer_init(&b);
    buffer_add(&b, NULL, 0);
    buffer_add_string(&b, "");
    CHECK_INT(b.len, 0);
    buffer_add_char(&b, '\0');
    CHECK_INT(b.len, 1);
    buffer_deinit(&b);
}

int main(void) {
    RUN(grows_and_keeps_its_bytes);
    RUN(adds_nothing_for_nothing);
    return check_end();
}
