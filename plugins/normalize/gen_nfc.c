/* gen_nfc.c: writes nfc_ranges.inc: the characters that may not simply stay as they are in normalization form C: those
 * that decompose, that combine with what stands before them, or that may have to change places with it. Run by the
 * build, so that the table fits the Unicode version of utf8proc. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <utf8proc.h>

int main(void) {
    uint8_t *flag = calloc(0x110000, 1);
    if (flag == NULL)
        return 1;
    for (int32_t c = 0x80; c < 0x110000; c++) {
        int32_t full[8];
        int last = 0;
        if (c >= 0xd800 && c < 0xe000)
            continue;
        const utf8proc_property_t *p = utf8proc_get_property(c);
        if (p->combining_class != 0)
            flag[c] = 1;
        utf8proc_ssize_t n = utf8proc_decompose_char(c, full, 8, UTF8PROC_DECOMPOSE | UTF8PROC_STABLE, &last);
        for (utf8proc_ssize_t i = 1; i < n && i < 8; i++)
            if (full[i] >= 0x80)
                flag[full[i]] = 1;
        if (n >= 1 && n < 8 && (n > 1 || full[0] != c)) {
            utf8proc_ssize_t m = utf8proc_normalize_utf32(full, n, UTF8PROC_COMPOSE | UTF8PROC_STABLE);
            if (m != 1 || full[0] != c)
                flag[c] = 1;
        }
    }
    for (int32_t c = 0x1161; c < 0x1176; c++)
        flag[c] = 1;
    for (int32_t c = 0x11a8; c < 0x11c3; c++)
        flag[c] = 1;
    for (int32_t c = 0; c < 0x110000; c++) {
        if (!flag[c])
            continue;
        int32_t from = c;
        while (c + 1 < 0x110000 && flag[c + 1])
            c++;
        printf("{0x%x, 0x%x},\n", (unsigned)from, (unsigned)c);
    }
    free(flag);
    return 0;
}
