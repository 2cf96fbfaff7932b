/* inbox_room.h: what inbox.c and inbox_events.c share; seen by nobody else. */
#ifndef TM_WATCH_INBOX_ROOM_H
#define TM_WATCH_INBOX_ROOM_H

#include "inbox.h"

int inbox_is_ours(const char *name);
/* A new candidate, unless it is one already; is_whole: it was renamed in. 0 where there is no room: a scan is noted. */
int inbox_add(struct inbox *in, const char *path, int is_whole);
/* A folder below the inbox: watched, and scanned with the others. */
void inbox_add_folder(struct inbox *in, const char *path);
void inbox_drop_folder(struct inbox *in, size_t index);

#endif
