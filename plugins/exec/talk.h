/* talk.h: what is said to a program and what it answers: one line of JSON each.
 */
#ifndef EXEC_TALK_H
#define EXEC_TALK_H

#include <textmill/plugin.h>

/* A field by its name in JSON. */
struct named_field {
    tm_str name;
    tm_field field;
};

struct request {
    char *data;
    uint64_t len, room;
    int is_bad; /* no memory */
};

/* {"id": ..., "title": ..., "text": ..., fields that are sent} and a line end. */
void request_add(struct request *r, const tm_host *host, tm_doc *doc, const struct named_field *send, uint32_t n);
struct answer_rules {
    const struct named_field *receive;
    uint32_t n;
    int32_t may_rewrite; /* the member text is taken */
};

/* Takes a line into the document; changes the line, of which *out_text is a part where it has one. The verdict; fails
 * the document where the line is no answer. */
int32_t answer_take(const tm_host *host, tm_doc *doc, const struct answer_rules *rules, char *line, uint64_t len,
                    tm_str *out_text);

#endif
