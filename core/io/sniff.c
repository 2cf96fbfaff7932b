/* sniff.c: see sniff.h. */
#include "sniff.h"

#include "input.h"

#include <string.h>
#include <strings.h>

struct magic {
    const char *bytes;
    size_t len, at;
    int has_nul; /* so short or so much like text that a NUL must stand near */
    const char *name, *cure;
};

#define MAGIC(literal, at, has_nul, name, cure)                                                                        \
    { literal, sizeof(literal) - 1, at, has_nul, name, cure }

static const char unpack[] = "unpack it first";
static const char extract[] = "extract its text first";
static const char no_text[] = "give text files";

static const struct magic magics[] = {
    MAGIC("%PDF-", 0, 0, "a PDF document", "extract its text first, e.g. with pdftotext"),
    MAGIC("PK\3\4", 0, 0, "a zip archive (docx, odt, epub and xlsx are such)",
          "extract its text first, e.g. with pandoc -t plain"),
    MAGIC("PK\5\6", 0, 0, "an empty zip archive", no_text),
    MAGIC("\x7f"
          "ELF",
          0, 0, "an ELF program or library", no_text),
    MAGIC("\x89PNG\r\n", 0, 0, "a PNG image", no_text),
    MAGIC("\xff\xd8\xff", 0, 0, "a JPEG image", no_text),
    MAGIC("GIF87a", 0, 0, "a GIF image", no_text),
    MAGIC("GIF89a", 0, 0, "a GIF image", no_text),
    MAGIC("II*\0", 0, 0, "a TIFF image", no_text),
    MAGIC("MM\0*", 0, 0, "a TIFF image", no_text),
    MAGIC("RIFF", 0, 1, "a RIFF file (WebP, WAV, AVI)", no_text),
    MAGIC("OggS\0", 0, 0, "an Ogg file", no_text),
    MAGIC("fLaC\0", 0, 0, "a FLAC file", no_text),
    MAGIC("ID3", 0, 1, "an MP3 file", no_text),
    MAGIC("ftyp", 4, 1, "an MP4 file", no_text),
    MAGIC("\x1f\x8b\x08", 0, 0, "gzip data", "give the name .gz to it, e.g. a.txt.gz"),
    MAGIC("\x28\xb5\x2f\xfd", 0, 0, "zstd data", "give the name .zst to it, e.g. a.txt.zst"),
    MAGIC("\xfd"
          "7zXZ\0",
          0, 0, "xz data", "unpack it first, with xz -d"),
    MAGIC("BZh91AY&SY", 0, 0, "bzip2 data", "unpack it first, with bzip2 -d"),
    MAGIC("7z\xbc\xaf\x27\x1c", 0, 0, "a 7z archive", unpack),
    MAGIC("Rar!\x1a\x07", 0, 0, "a RAR archive", unpack),
    MAGIC("ustar", 257, 1, "a tar archive", "unpack it first, with tar -xf"),
    MAGIC("!<arch>\n", 0, 0, "an ar archive or Debian package", unpack),
    MAGIC("SQLite format 3\0", 0, 0, "an SQLite database",
          "write its rows as JSONL first, e.g. with sqlite3 -json and jq -c"),
    MAGIC("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0, 0, "an old Office document", extract),
    MAGIC("{\\rtf", 0, 0, "an RTF document", extract),
    MAGIC("PAR1", 0, 1, "a Parquet file", "write its rows as JSONL first"),
    MAGIC("%!PS-Adobe", 0, 0, "a PostScript document", extract),
    MAGIC("AT&TFORM", 0, 0, "a DjVu document", extract),
    MAGIC("\0asm", 0, 0, "a WebAssembly module", no_text),
    MAGIC("MZ", 0, 1, "a Windows program", no_text),
    MAGIC("\xcf\xfa\xed\xfe", 0, 0, "a Mach-O program", no_text),
    MAGIC("\xca\xfe\xba\xbe", 0, 0, "a Java class or Mach-O program", no_text),
};

const char *sniff_binary(const char *data, size_t len, const char **out_cure) {
    size_t near = len < 512 ? len : 512;
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++) {
        const struct magic *m = &magics[i];
        if (len < m->at + m->len || memcmp(data + m->at, m->bytes, m->len) != 0)
            continue;
        if (m->has_nul && !memchr(data, '\0', near))
            continue;
        *out_cure = m->cure;
        return m->name;
    }
    return NULL;
}

static size_t skip_blank(const char *data, size_t len) {
    size_t at = len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    while (at < len && (data[at] == ' ' || data[at] == '\t' || data[at] == '\r' || data[at] == '\n'))
        at++;
    return at;
}

int sniff_is_html(const char *data, size_t len) {
    size_t at = skip_blank(data, len);
    data += at;
    len -= at;
    return (len >= 14 && strncasecmp(data, "<!doctype html", 14) == 0) ||
           (len >= 6 && strncasecmp(data, "<html", 5) == 0 && (data[5] == '>' || data[5] == ' ' || data[5] == '\n'));
}

int sniff_is_jsonl(const char *data, size_t len) {
    size_t at = skip_blank(data, len);
    if (at == len || data[at] != '{')
        return 0;
    const char *line_end = memchr(data + at, '\n', len - at);
    if (line_end) {
        while (line_end[-1] == ' ' || line_end[-1] == '\r' || line_end[-1] == '\t')
            line_end--;
        return line_end[-1] == '}' && line_end - 1 > data + at;
    }
    /* The line goes on behind what we see, or ends there without its newline: a key must come first, or nothing. */
    for (at++; at < len && (data[at] == ' ' || data[at] == '\t');)
        at++;
    return at < len && (data[at] == '"' || data[at] == '}');
}

int sniff_is_json(const char *data, size_t len) {
    size_t at = skip_blank(data, len);
    return at < len && (data[at] == '{' || data[at] == '[');
}

static int has_suffix(const char *name, size_t len, const char *suffix) {
    size_t n = strlen(suffix);
    return len > n && strncasecmp(name + len - n, suffix, n) == 0;
}

struct name_kind name_kind_of(const char *name) {
    static const struct {
        const char *suffix;
        enum input_format format;
    } suffixes[] = {
        {".jsonl", INPUT_JSONL}, {".ndjson", INPUT_JSONL}, {".txt", INPUT_TEXT}, {".text", INPUT_TEXT},
        {".md", INPUT_TEXT},     {".csv", INPUT_CSV},      {".tsv", INPUT_TSV},
    };
    static const char *const html[] = {".html", ".htm", ".xhtml", ".mhtml"};
    struct name_kind kind = {.format = INPUT_AUTO, .compression = COMPRESSION_NONE};
    size_t len = strlen(name);
    if (has_suffix(name, len, ".gz")) {
        kind.compression = COMPRESSION_GZIP;
        len -= 3;
    } else if (has_suffix(name, len, ".zst")) {
        kind.compression = COMPRESSION_ZSTD;
        len -= 4;
    }
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (has_suffix(name, len, suffixes[i].suffix))
            kind.format = suffixes[i].format;
    for (size_t i = 0; i < sizeof html / sizeof *html; i++)
        if (has_suffix(name, len, html[i]))
            kind.is_html = 1;
    kind.is_json = has_suffix(name, len, ".json");
    return kind;
}
