/* explain_show.c: bytes of a document made harmless for a terminal and for a page. Control characters, what turns the
 * direction of writing, and what has no width and so could hide words are shown as marks.
 */
#include "explain.h"

#include <stdio.h>
#include <string.h>

/* One character; bytes that are no UTF-8 count as U+FFFD. */
static uint32_t decode(const char *data, size_t len, size_t *out_bytes) {
    const unsigned char *p = (const unsigned char *)data;
    unsigned n = p[0] < 0x80 ? 1 : p[0] >= 0xf0 && p[0] < 0xf8 ? 4 : p[0] >= 0xe0 ? 3 : p[0] >= 0xc2 ? 2 : 0;
    *out_bytes = 1;
    if (n == 1)
        return p[0];
    if (!n || p[0] >= 0xf8 || n > len)
        return 0xfffd;
    uint32_t c = p[0] & (0x7fu >> n);
    for (unsigned i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0xfffd;
        c = c << 6 | (p[i] & 0x3fu);
    }
    *out_bytes = n;
    return c;
}

struct range {
    uint32_t first, last;
};

static int is_in(const struct range *ranges, size_t n, uint32_t c) {
    for (size_t i = 0; i < n; i++)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return 1;
    return 0;
}

/* Joiners of scripts and emoji stay: 200c, 200d and variation selectors change no words. */
static int is_hidden(uint32_t c) {
    static const struct range hidden[] = {
        {0x00, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},     {0x61c, 0x61c},   {0x180e, 0x180e}, {0x200b, 0x200b},
        {0x200e, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe007f},
    };
    return is_in(hidden, sizeof hidden / sizeof *hidden, c);
}

unsigned explain_cells(const char *data, size_t len, size_t *out_bytes) {
    static const struct range none[] = {
        {0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},   {0x610, 0x61a},     {0x64b, 0x65f}, {0x93c, 0x93c},
        {0x941, 0x948},   {0x94d, 0x94d},   {0xe31, 0xe31},   {0xe34, 0xe3a},     {0xe47, 0xe4e}, {0x200c, 0x200d},
        {0x20d0, 0x20f0}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xe0100, 0xe01ef},
    };
    static const struct range wide[] = {
        {0x1100, 0x115f},   {0x231a, 0x231b},   {0x23e9, 0x23ec}, {0x25fd, 0x25fe},   {0x2614, 0x2615},
        {0x2e80, 0x303e},   {0x3041, 0xa4cf},   {0xa960, 0xa97c}, {0xac00, 0xd7a3},   {0xf900, 0xfaff},
        {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6}, {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff},
        {0x1f900, 0x1faff}, {0x20000, 0x3fffd},
    };
    uint32_t c = decode(data, len, out_bytes);
    if (c < 0x300)
        return c == '\t' ? 4 : is_hidden(c) && c >= 0x7f ? 6 : 1;
    if (is_hidden(c))
        return c > 0xffff ? 7 : 6;
    return is_in(none, sizeof none / sizeof *none, c) ? 0 : is_in(wide, sizeof wide / sizeof *wide, c) ? 2 : 1;
}

/* A hidden character as a mark: on a terminal a control picture, on a page, whose font may lack those, its short name;
 * else its number. */
static void put_mark(struct buffer *out, uint32_t c, int is_page) {
    static const char names[32][4] = {"NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS",  "HT",  "LF",
                                      "VT",  "FF",  "CR",  "SO",  "SI",  "DLE", "DC1", "DC2", "DC3", "DC4", "NAK",
                                      "SYN", "ETB", "CAN", "EM",  "SUB", "ESC", "FS",  "GS",  "RS",  "US"};
    char utf8[4];
    if (is_page && (c < 0x20 || c == 0x7f))
        buffer_add_string(out, c == 0x7f ? "DEL" : names[c]);
    else if (c < 0x20 || c == 0x7f)
        buffer_add(out, utf8, utf8_put(c == 0x7f ? 0x2421 : 0x2400 + c, utf8));
    else
        buffer_addf(out, "U+%04X", c);
}

enum form { FORM_PLAIN, FORM_HTML, FORM_ATTRIBUTE };

static void put(struct buffer *out, const char *data, size_t len, enum form form, int is_line) {
    for (size_t at = 0, bytes; at < len; at += bytes) {
        uint32_t c = decode(data + at, len - at, &bytes);
        if (c == '\r' && at + 1 < len && data[at + 1] == '\n')
            continue; /* part of a line end */
        if (c == '\n' || c == '\t') {
            buffer_add_char(out, is_line ? ' ' : (char)c);
        } else if (is_hidden(c)) {
            if (form == FORM_HTML)
                buffer_add_string(out, "<span class=\"ctl\">");
            put_mark(out, c, form == FORM_HTML);
            if (form == FORM_HTML)
                buffer_add_string(out, "</span>");
        } else if (form != FORM_PLAIN && c && c < 0x80 && strchr("<>&\"'", (int)c)) {
            buffer_addf(out, "&#%u;", c);
        } else if (c == 0xfffd) {
            buffer_add_string(out, "\xef\xbf\xbd");
        } else {
            buffer_add(out, data + at, bytes);
        }
    }
}

void explain_put_plain(struct buffer *out, const char *data, size_t len) {
    put(out, data, len, FORM_PLAIN, 0);
}

void explain_put_line(struct buffer *out, const char *data, size_t len) {
    put(out, data, len, FORM_PLAIN, 1);
}

void explain_put_html(struct buffer *out, const char *data, size_t len) {
    put(out, data, len, FORM_HTML, 0);
}

void explain_put_attribute(struct buffer *out, const char *data, size_t len) {
    put(out, data, len, FORM_ATTRIBUTE, 1);
}

void explain_put_time(struct buffer *out, uint64_t nanoseconds) {
    double us = (double)nanoseconds / 1000;
    if (us < 1000)
        buffer_addf(out, "%.*f us", us < 10 ? 1 : 0, us);
    else if (us < 1000000)
        buffer_addf(out, "%.*f ms", us < 10000 ? 2 : 1, us / 1000);
    else
        buffer_addf(out, "%.2f s", us / 1000000);
}
