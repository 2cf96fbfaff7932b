/* compress.c: unpacks gzip (zlib) and zstd, streaming. A build without one of them refuses such inputs and names the
 * package. Several members one after the other are one input, as gzip and zstd have it; zeros behind the last (tape
 * padding) are passed over.
 */
#include "input.h"

#include "../json/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef HAVE_ZLIB
#define ZLIB_CONST
#include <zlib.h>
#endif
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

struct unpacker {
    enum compression compression;
    int is_between; /* no member is open */
    int has_any;    /* a first member was seen */
    int is_padding; /* only zeros may follow */
#ifdef HAVE_ZLIB
    z_stream gzip;
    int has_gzip;
#endif
#ifdef HAVE_ZSTD
    ZSTD_DStream *zstd;
#endif
};

void compression_versions(char *out, size_t room) {
    const char *gzip = "", *zstd = "";
#ifdef HAVE_ZLIB
    gzip = zlibVersion();
#endif
#ifdef HAVE_ZSTD
    zstd = ZSTD_versionString();
#endif
    snprintf(out, room, "%s%s%s%s%s", *gzip ? "zlib " : "", gzip, *gzip && *zstd ? ", " : "", *zstd ? "zstd " : "",
             zstd);
}

struct unpacker *unpacker_new(void) {
    return memory_zalloc(1, sizeof(struct unpacker));
}

void unpacker_free(struct unpacker *u) {
    if (!u)
        return;
#ifdef HAVE_ZLIB
    if (u->has_gzip)
        inflateEnd(&u->gzip);
#endif
#ifdef HAVE_ZSTD
    ZSTD_freeDStream(u->zstd);
#endif
    free(u);
}

const char *unpacker_begin(struct unpacker *u, enum compression compression, char *message, size_t room) {
    u->compression = compression;
    u->is_between = 1;
    u->has_any = u->is_padding = 0;
    if (compression == COMPRESSION_GZIP) {
#ifdef HAVE_ZLIB
        /* 16: the gzip format alone; 15: its largest window. */
        int r = u->has_gzip ? inflateReset2(&u->gzip, 16 + 15) : inflateInit2(&u->gzip, 16 + 15);
        if (r == Z_OK) {
            u->has_gzip = 1;
            return NULL;
        }
        snprintf(message, room, "zlib cannot start: %s", zError(r));
        return "no-decoder";
#else
        snprintf(message, room,
                 "this textmill was built without zlib; install zlib1g-dev and build again, or unpack with "
                 "gzip -d");
        return "no-decoder";
#endif
    }
#ifdef HAVE_ZSTD
    if (!u->zstd)
        u->zstd = ZSTD_createDStream();
    if (u->zstd && !ZSTD_isError(ZSTD_initDStream(u->zstd)))
        return NULL;
    snprintf(message, room, "libzstd cannot start");
#else
    snprintf(message, room,
             "this textmill was built without libzstd; install libzstd-dev and build again, or unpack with "
             "zstd -d");
#endif
    return "no-decoder";
}

#ifdef HAVE_ZLIB
static const char *run_gzip(struct unpacker *u, const char *in, size_t *in_len, char *out, size_t *out_len,
                            char *message, size_t room) {
    z_stream *z = &u->gzip;
    z->next_in = (const Bytef *)in;
    z->avail_in = (uInt)*in_len;
    z->next_out = (Bytef *)out;
    z->avail_out = (uInt)*out_len;
    int r = inflate(z, Z_NO_FLUSH);
    *in_len -= z->avail_in;
    *out_len -= z->avail_out;
    if (r == Z_STREAM_END) {
        u->is_between = 1;
        r = inflateReset(z);
    }
    if (r == Z_OK || r == Z_BUF_ERROR)
        return NULL;
    snprintf(message, room, "the gzip data are damaged (%s); get the file again", z->msg ? z->msg : zError(r));
    return "corrupt-input";
}
#endif

#ifdef HAVE_ZSTD
static const char *run_zstd(struct unpacker *u, const char *in, size_t *in_len, char *out, size_t *out_len,
                            char *message, size_t room) {
    ZSTD_inBuffer from = {in, *in_len, 0};
    ZSTD_outBuffer to = {out, *out_len, 0};
    size_t r = ZSTD_decompressStream(u->zstd, &to, &from);
    *in_len = from.pos;
    *out_len = to.pos;
    if (ZSTD_isError(r)) {
        snprintf(message, room, "the zstd data are damaged (%s); get the file again", ZSTD_getErrorName(r));
        return "corrupt-input";
    }
    if (r == 0)
        u->is_between = 1;
    return NULL;
}
#endif

const char *unpacker_run(struct unpacker *u, const char *in, size_t *in_len, char *out, size_t *out_len,
                         int *out_is_between, char *message, size_t room) {
    const char *code = NULL;
    size_t skipped = 0, left = *in_len;
    if (u->is_between && u->has_any) { /* between members: the next one, or padding */
        while (skipped < left && in[skipped] == '\0') {
            skipped++;
            u->is_padding = 1;
        }
        if (skipped < left && u->is_padding) {
            snprintf(message, room, "bytes that are no %s data follow the end; get the file again",
                     u->compression == COMPRESSION_GZIP ? "gzip" : "zstd");
            return "corrupt-input";
        }
    }
    in += skipped;
    left -= skipped;
    if (left || !u->is_between) {
        if (left) {
            u->is_between = 0;
            u->has_any = 1;
        }
        switch (u->compression) {
        case COMPRESSION_GZIP:
#ifdef HAVE_ZLIB
            code = run_gzip(u, in, &left, out, out_len, message, room);
#endif
            break;
        case COMPRESSION_ZSTD:
#ifdef HAVE_ZSTD
            code = run_zstd(u, in, &left, out, out_len, message, room);
#endif
            break;
        case COMPRESSION_NONE:
            break;
        }
    } else {
        *out_len = 0;
    }
    *in_len = skipped + left;
    *out_is_between = u->is_between && u->has_any; /* no member at all is no whole input either */
    return code;
}
