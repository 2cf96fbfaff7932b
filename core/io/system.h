/* system.h: the system calls of this room that tests put something else in the place of: reads and writes that are
 * short, interrupted, or fail. NULL always means the real one.
 */
#ifndef TM_IO_SYSTEM_H
#define TM_IO_SYSTEM_H

#include <stddef.h>
#include <sys/types.h>

typedef ssize_t (*io_read_fn)(int fd, void *data, size_t len);
typedef ssize_t (*io_write_fn)(int fd, const void *data, size_t len);

#endif
