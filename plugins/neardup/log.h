/* log.h: records on disk, appended and never changed: a folder with `rows` (a head that names format and settings, then
 * records with length and check sum) and `lock`.
 *
 * What was flushed by log_sync survives the power; after a crash, what is torn at the end is cut off at the next
 * opening. Records that are no longer wanted stand at the beginning; when they are more than half, the rest is written
 * anew beside and takes the file's name. One process has the folder at a time. Not thread-safe.
 */
#ifndef NEARDUP_LOG_H
#define NEARDUP_LOG_H

#include <textmill/plugin.h>

#define LOG_FORMAT 1u

struct log_settings {
    uint32_t text_version, shingle, sketch, value_bits;
};

struct log;

/* Opens or makes the folder, waits at most wait_ns for another process that has it, and gives each record to take
 * (which returns 0 for a record that it cannot read: the log ends there). NULL with one line in why (NUL-terminated).
 */
struct log *log_open(const char *folder, const struct log_settings *settings, int64_t wait_ns,
                     int (*take)(void *context, tm_str record), void *context, char *why, size_t why_room);
void log_close(struct log *log);

/* Into memory, now and then to the file. -1 with errno set where the file cannot be written; it stays so. */
int log_append(struct log *log, tm_str record);
/* Everything appended is durable when this returns 0. */
int log_sync(struct log *log);

/* Records in the file, and dropping the first of them where that is worth it. */
uint64_t log_records(const struct log *log);
uint64_t log_bytes(const struct log *log);
int log_forget(struct log *log, uint64_t first_records);

#endif
