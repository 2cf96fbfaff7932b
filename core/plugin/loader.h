/* loader.h: finding, checking and loading plugins: dlopen's only home.
 *
 * A name is found as NAME/NAME.so in the folders of the search path, in order: --plugin-dir, TEXTMILL_PLUGIN_PATH, the
 * installed folder (relative to the program where it was moved). Before dlopen the file must be safe: links resolved,
 * file, folder and parents owned by root or the caller and writable by no one else (sticky parents pass); the ELF
 * header read: class, machine, shared object, segment ends within the file. Then RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE,
 * by the resolved path; the descriptor is data and is checked before anything of it is called. Main thread only.
 */
#ifndef TM_PLUGIN_LOADER_H
#define TM_PLUGIN_LOADER_H

#include "../include/textmill/plugin.h"
#include "../json/buffer.h"

struct loader;
struct pins;

struct plugin {
    struct loader *loader;
    const char *name;
    const char *path;     /* of the .so, resolved */
    const char *folder;   /* its data folder */
    tm_plugin descriptor; /* a copy, as long as both sides know it; what the plugin lacks is zero */
};

struct loader *loader_new(void);
void loader_free(struct loader *l);
/* Folders are searched in the order of the calls. */
void loader_add_folder(struct loader *l, const char *folder);
void loader_add_path_list(struct loader *l, const char *list); /* a:b:c */
/* The plugin of that name, loaded once a process. NULL with one line in *why (no line end): which file, what is wrong,
 * the cure. */
const struct plugin *loader_get(struct loader *l, const char *name, size_t len, struct buffer *why);
/* The plugin in that file, wherever it lies: its name is the file's without .so. From then on loader_get gives this one
 * for the name. Else as loader_get. */
const struct plugin *loader_get_file(struct loader *l, const char *file, struct buffer *why);
/* Told right before a plugin gets hold of the process: while it is loaded (id NULL), or an instance of it is opened or
 * closed: so that whoever shares memory with this process knows what brought it down. doing is constant. */
typedef void (*loader_watcher)(void *context, const char *doing, const char *path, const char *id);
void loader_watch(struct loader *l, loader_watcher watcher, void *context);
void loader_step(const struct loader *l, const char *doing, const char *path, const char *id);
/* A file mapped read-only with TM_PAD zero bytes behind it, once for each device and inode; it stays mapped until
 * loader_free. The path is absolute; the file must be as safe as a plugin. TM_OK, or TM_ENOENT, TM_EINVAL, TM_EIO with
 * one line in why. */
int loader_map_file(struct loader *l, const char *path, tm_str *out_bytes, struct buffer *why);
/* From here on files that are pinned are taken from there, and those that are read are pinned. */
void loader_use_pins(struct loader *l, struct pins *pins);
/* Names of all that can be found (not loaded), sorted, for listings and the nearest right name. */
size_t loader_names(struct loader *l, const char ***out_names); /* owned by the loader */

#endif
