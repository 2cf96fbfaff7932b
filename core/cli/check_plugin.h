/* check_plugin.h: the parts of textmill check-plugin: the documents that a plugin is given, the child processes that
 * give them, and what is found. The parent never loads the plugin.
 */
#ifndef TM_CLI_CHECK_PLUGIN_H
#define TM_CLI_CHECK_PLUGIN_H

#include "../engine/engine.h"
#include "../testhost/drive.h"
#include <signal.h>

#include <stdatomic.h>

#define CHECK_NO_DOCUMENT UINT32_MAX

/* A hostile document. */
struct check_document {
    char *name;
    char *bytes;
    size_t len;
    int is_record;
    int is_bad; /* the plugin died of it: later rounds leave it out */
};

struct check_documents {
    struct check_document *list;
    size_t count;
    size_t ordinary; /* how many of the first are ordinary ones */
};

/* fields: those that the plugin reads; each is given values of every type. */
void check_documents_make(struct check_documents *d, const char *const *fields, size_t n_fields);
void check_documents_free(struct check_documents *d);

/* Where a child is; in memory that it shares with the parent. */
struct check_slot {
    _Atomic(const char *) function; /* of the plugin; constant */
    _Atomic(const char *) round;    /* constant; NULL: nothing to be said */
    _Atomic uint32_t document;
    _Atomic uint64_t beat;        /* counted up at every call */
    _Atomic uintptr_t fault;      /* address of a bad access, or 0 */
    _Atomic uintptr_t text, wall; /* of the document's input: its first byte, and what lies behind its pad */
};

struct finding {
    char *code, *message, *document, *file;
    unsigned count; /* of documents with the same */
};

struct check {
    const char *file, *options;
    unsigned workers;
    uint64_t timeout_ns;
    char *work; /* a folder of our own */
    char *name; /* of the plugin; NULL: not known yet */
    uint32_t flags;
    struct check_documents documents;
    struct check_slot *slot;
    struct engine_slot *slots; /* one a worker */
    char **fields;             /* that it reads */
    size_t n_fields;
    struct finding *findings;
    size_t n_findings;
    char *refused; /* why it cannot be loaded or opened */
    int has_saved;
    sigset_t stops, mask; /* signals that stop it, held back until the folder is gone; what was held back before */
    int is_stopped;
    /* In a child: */
    int to_parent, out;
    const struct plugin *plugin;
    struct loader *loader;
    struct log *log;
};

/* --- check_child.c: in the parent --- */
typedef void (*check_round)(struct check *c, uint32_t first);
/* Runs a round in a child of its own from document `first` on. 0 it came to its end; 1 it died: told, and the document
 * is in *out_document. */
int check_child_run(struct check *c, check_round round, uint32_t first, uint32_t *out_document);

/* --- check_child.c: in the child --- */
void check_tell(struct check *c, const char *code, uint32_t document, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The codes that are no findings. */
#define CHECK_REFUSED "(refused)" /* the plugin cannot be loaded or opened */
#define CHECK_NAME "(name)"       /* its name; document: its flags */
#define CHECK_FIELD "(field)"     /* one that it reads */
/* Loads the plugin and opens a stage of it; options: NULL for those of the command line. -1: told. */
int check_open(struct check *c, struct drive *d, const char *options);
void check_place(struct check *c, const char *round, uint32_t document);
/* Puts a document into the turn. 0 where it is none. */
int check_take(struct check *c, struct drive *d, struct drive_turn *t, uint32_t document);

/* --- the rounds --- */
void check_descriptor(struct check *c, uint32_t first); /* check_descriptor.c */
void check_contract(struct check *c, uint32_t first);   /* check_contract.c */
void check_order(struct check *c, uint32_t first);      /* check_order.c */
/* The document in a line of what the run with many workers is given. */
uint32_t check_document_of_line(const struct check *c, uint64_t line);
void check_workers(struct check *c, uint32_t first);
void check_leaks(struct check *c, uint32_t first); /* check_leaks.c */
void check_options(struct check *c, uint32_t first);

#endif
