/* pack.c: signatures as compact bytes. The sorted values are Rice-coded by their gaps (about 8 bits a value for
 * articles); numbers are little-endian. What unpack accepts is in bounds and sorted, whatever the bytes are.
 */
#include "signature.h"

#include <string.h>

static void put(uint8_t **at, uint64_t value, uint32_t bytes) {
    for (uint32_t i = 0; i < bytes; i++)
        *(*at)++ = (uint8_t)(value >> (8 * i));
}

static uint32_t get(const uint8_t **at, uint32_t bytes) {
    uint32_t value = 0;
    for (uint32_t i = 0; i < bytes; i++)
        value |= (uint32_t) * (*at)++ << (8 * i);
    return value;
}

#define HEAD 22u

/* The number of low bits of a gap that are written as they are. */
static uint32_t rice_bits(const struct signature *s) {
    uint32_t mean = s->count ? (s->limit + s->count - 1) / s->count : 1, bits = 0;
    while (bits < VALUE_BITS && (mean * 7 / 10) >> (bits + 1))
        bits++;
    return bits;
}

uint32_t signature_pack(const struct signature *s, uint8_t *out) {
    uint8_t *at = out;
    uint32_t low = rice_bits(s);
    put(&at, s->words, 4);
    put(&at, s->limit, 2); /* VALUE_ALL fits */
    put(&at, s->count, 2);
    put(&at, low, 1);
    put(&at, (uint64_t)(s->numbers.all | s->names.all << 1), 1);
    put(&at, s->numbers.count, 1);
    put(&at, s->names.count, 1);
    put(&at, s->numbers.sum, 4);
    put(&at, s->names.sum, 4);
    put(&at, 0, 2);
    for (uint32_t i = 0; i < s->numbers.count; i++)
        put(&at, s->numbers.hash[i], 2);
    for (uint32_t i = 0; i < s->names.count; i++)
        put(&at, s->names.hash[i], 2);
    uint64_t bits = 0;
    uint32_t n_bits = 0, before = 0;
    for (uint32_t i = 0; i < s->count; i++) {
        uint32_t gap = s->values[i] - before - (i > 0), high = gap >> low;
        before = s->values[i];
        for (; high >= 32; high -= 32)
            for (n_bits += 32; n_bits >= 8; n_bits -= 8, bits >>= 8)
                *at++ = (uint8_t)bits;
        bits |= (uint64_t)1 << (n_bits + high);
        n_bits += high + 1;
        for (; n_bits >= 8; n_bits -= 8, bits >>= 8)
            *at++ = (uint8_t)bits;
        bits |= (uint64_t)(gap & ((1u << low) - 1)) << n_bits;
        n_bits += low;
        for (; n_bits >= 8; n_bits -= 8, bits >>= 8)
            *at++ = (uint8_t)bits;
    }
    if (n_bits > 0)
        *at++ = (uint8_t)bits;
    return (uint32_t)(at - out);
}

static int unpack_facts(struct facts *f, const uint8_t **at) {
    for (uint32_t i = 0; i < f->count; i++) {
        f->hash[i] = (uint16_t)get(at, 2);
        if (i > 0 && f->hash[i] <= f->hash[i - 1])
            return 0;
    }
    return f->all || f->count > 0;
}

int signature_unpack(const uint8_t *bytes, uint32_t len, struct signature *s) {
    const uint8_t *at = bytes, *end = bytes + len;
    if (len < HEAD)
        return 0;
    s->words = get(&at, 4);
    s->limit = get(&at, 2);
    s->count = get(&at, 2);
    uint32_t low = get(&at, 1), flags = get(&at, 1);
    s->numbers.all = flags & 1;
    s->names.all = flags >> 1 & 1;
    s->numbers.count = (uint16_t)get(&at, 1);
    s->names.count = (uint16_t)get(&at, 1);
    s->numbers.sum = get(&at, 4);
    s->names.sum = get(&at, 4);
    at += 2;
    s->n_keys = 0;
    if (s->limit > VALUE_ALL || s->count > SKETCH_MOST || low > VALUE_BITS || s->numbers.count > NUMBERS_MOST ||
        s->names.count > NAMES_MOST || (uint32_t)(end - at) < 2u * (s->numbers.count + s->names.count))
        return 0;
    if (!unpack_facts(&s->numbers, &at) || !unpack_facts(&s->names, &at))
        return 0;
    uint64_t bits = 0;
    uint32_t n_bits = 0, before = 0;
    for (uint32_t i = 0; i < s->count; i++) {
        uint32_t high = 0;
        for (;;) {
            while (n_bits <= 56 && at < end) {
                bits |= (uint64_t)*at++ << n_bits;
                n_bits += 8;
            }
            if (bits)
                break;
            high += n_bits;
            n_bits = 0;
            if (at == end)
                return 0;
        }
        uint32_t zeros = (uint32_t)__builtin_ctzll(bits);
        high += zeros;
        bits = bits >> zeros >> 1;
        n_bits -= zeros + 1;
        while (n_bits < low && at < end) {
            bits |= (uint64_t)*at++ << n_bits;
            n_bits += 8;
        }
        if (n_bits < low || high > VALUE_ALL)
            return 0;
        uint32_t value = before + (i > 0) + (high << low) + (uint32_t)(bits & ((1u << low) - 1));
        bits >>= low;
        n_bits -= low;
        if (value >= s->limit)
            return 0;
        s->values[i] = (uint16_t)value;
        before = value;
    }
    return 1;
}
