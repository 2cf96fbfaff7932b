/* instance_room.h: the functions of tm_host on an instance, which host.c puts into the struct. Their contracts stand in
 * ../include/textmill/host.h. */
#ifndef TM_PLUGIN_INSTANCE_ROOM_H
#define TM_PLUGIN_INSTANCE_ROOM_H

#include "../include/textmill/host.h"

tm_field host_instance_field(tm_instance *self, tm_str name);
void host_instance_log(tm_instance *self, uint32_t level, tm_str message);
void host_instance_open_error(tm_instance *self, tm_str message);
tm_metric host_instance_counter(tm_instance *self, tm_str name);
tm_metric host_instance_histogram(tm_instance *self, tm_str name);
void host_instance_count(tm_instance *self, tm_metric which, double value);
tm_str host_instance_data_folder(tm_instance *self);
tm_str host_instance_state_folder(tm_instance *self);
int32_t host_instance_map_file(tm_instance *self, tm_str path, tm_str *out_bytes);
tm_str host_instance_id(tm_instance *self);

#endif
