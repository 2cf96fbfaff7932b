/* log.h: one line an event, to stderr: text for a terminal, or JSON lines. Stable keys; nothing of a document stands in
 * a line unescaped. Any thread: a line is one write. Lines that cannot be written are counted, never waited for. */
#ifndef TM_OBSERVE_LOG_H
#define TM_OBSERVE_LOG_H

#include <stdint.h>

enum log_level { LOG_ERROR = 1, LOG_WARNING, LOG_INFO, LOG_DEBUG };

struct log;

struct log *log_new(int fd, int as_json, enum log_level most);
void log_free(struct log *log);
int log_takes(const struct log *log, enum log_level level); /* 0: such lines are not written */
void log_line(struct log *log, enum log_level level, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* With stable keys: "key", "value" pairs, ended by NULL; values are escaped, those that are NULL left out. The value of
 * a "#key" is a number, and stands in JSON as one. */
void log_event(struct log *log, enum log_level level, const char *event, ...) __attribute__((sentinel));
/* A line that another process of ours has made for this log, in JSON: written as it is. 0 where it is none. */
int log_pass(struct log *log, const char *line, uint64_t len);
/* A message of a plugin: prefixed with its instance, escaped, rate-limited at WARNING and above a place. */
void log_plugin(struct log *log, enum log_level level, const char *instance, const char *message, uint64_t len);

#endif
