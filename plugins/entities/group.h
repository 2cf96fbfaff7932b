/* group.h: names of one document put together by whom they name. */
#ifndef ENTITIES_GROUP_H
#define ENTITIES_GROUP_H

#include "names.h"

struct group {
    tm_str canonical;
    tm_str name; /* as it stands first in the text, the full form where there is one */
    tm_str type_name;
    tm_str id; /* of the user's gazetteer, or empty */
};

struct groups {
    struct group *groups;
    uint32_t count;
};

/* Sets the group of every name. */
void groups_make(struct work *w, struct groups *out);

#endif
