/* plugin.h: the whole of what the author of a plugin needs to know.
 *
 * A plugin is a shared object that exports one constant, a descriptor:
 *
 *     TM_PLUGIN = { TM_DESCRIPTOR, .name = "shout", .version = "1.0", ..., .process = shout };
 *
 * textmill reads it before it calls anything. The life of a stage:
 *
 *     open(host, self, config)       once for each place in a pipeline; may read files; fails with open_error
 *       thread_open(stage)           once for each worker that will call process
 *         process(stage, thread, doc)   in parallel on many documents; each document on one thread at a time
 *         commit(stage, doc)            optional: one at a time, in input order, after process of the same document;
 * for stages that remember documents. May set fields and give a verdict, not edit. settle(stage, doc, outcome)
 * optional: one at a time, in input order, how the document ended (uid and slot only) checkpoint(stage) optional: make
 * what settled durable; called before results are published flush(stage, doc)             optional: once, after the
 * last document, on one thread; doc is an empty parent on which children can be emitted thread_close(stage, thread)
 *     close(stage)
 *
 * Because commit runs in input order, results are the same, byte for byte, for every number of workers: process must
 * depend on nothing but its document and what open made. A stage that keeps something between documents does so in
 * commit.
 *
 * process_many and commit_many take a batch instead of one document, for stages that gain by it; where both are given
 * the batch form is called. Callbacks return a verdict:
 *
 *     TM_PASS    the document goes on
 *     TM_DROP    it leaves without a result; say why with reason
 *     TM_FAIL    it cannot be processed; say why with reason. What happens then is the pipeline's on_error.
 *     TM_RETRY   try again (after 0.1, 1 and 10 s, keeping its place; then it fails)
 *     TM_LATER   the answer comes by complete, from any thread; needs the flag TM_ASYNC. Until then the document is the
 *                plugin's to keep, not to touch: its memory is its neighbours', too. Where complete says TM_PASS and
 * the plugin has resume, that is called with the document as process was, on some worker, and its verdict counts: there
 * what the answer brought is set. TM_BROKEN  the stage itself cannot go on: the run stops
 *
 * The header compiles as C11 and as C++11 to C++20. A plugin is built with hidden visibility, so that the descriptor is
 * all that it exports.
 */
#ifndef TEXTMILL_PLUGIN_H
#define TEXTMILL_PLUGIN_H

#include "host.h"
#include "layers.h"
#include "options.h"
#include "types.h"

#define TM_PASS 0
#define TM_DROP 1
#define TM_FAIL 2
#define TM_RETRY 3
#define TM_LATER 4
#define TM_BROKEN 5

/* How a document ended, for settle. */
#define TM_PUBLISHED 0u
#define TM_DROPPED 1u
#define TM_FAILED 2u

/* kind */
#define TM_STAGE 1u
#define TM_SOURCE 2u /* reserved */
#define TM_SINK 3u   /* reserved */

/* flags */
#define TM_EDITS (1u << 0)         /* edits the text */
#define TM_MAY_DROP (1u << 1)      /* may return TM_DROP */
#define TM_EMITS (1u << 2)         /* emits children */
#define TM_REMEMBERS (1u << 3)     /* keeps something from one document to the next (in commit) */
#define TM_DETERMINISTIC (1u << 4) /* the same document and configuration give the same result */
#define TM_WHOLE_STREAM (1u << 5)  /* gives its result only in flush */
#define TM_ASYNC (1u << 6)         /* may return TM_LATER */

/* needs */
#define TM_NEEDS_STATE (1u << 0) /* a folder to keep state in */
#define TM_NEEDS_NETWORK (1u << 1)
#define TM_NEEDS_SPAWN (1u << 2) /* starts other programs */

typedef struct tm_plugin {
    /* Head: never changes. */
    uint16_t abi_major;
    uint16_t abi_minor;
    uint32_t size; /* sizeof(tm_plugin) */
    uint32_t kind; /* TM_STAGE */
    uint32_t flags;

    const char *name;      /* [a-z0-9_-]+, the name of its file and folder */
    const char *version;   /* of the plugin */
    const char *summary;   /* one line: what it does */
    const char *licence;   /* SPDX expression, of code and data together */
    const char *languages; /* ISO 639-1 codes it works for, with spaces between; NULL: any */
    const char *reads;     /* fields it reads, with spaces between, besides the text; NULL: none */
    const char *writes;    /* fields it writes; NULL: none */
    uint32_t needs;
    uint32_t text_version; /* the token rule it was made for; 0 where it does not matter */

    uint32_t config_size; /* size of the configuration struct; the host clears and fills it */
    uint32_t n_options;
    uint32_t option_size;   /* sizeof(tm_option) */
    uint32_t max_in_flight; /* of documents in TM_LATER; 0: the host's default */
    const tm_option *options;

    /* The stage. open returns TM_OK or an error after open_error; config lives as long as the instance. */
    int32_t (*open)(const tm_host *host, tm_instance *self, const void *config, void **out_stage);
    void (*close)(void *stage);
    int32_t (*thread_open)(void *stage, void **out_thread);
    void (*thread_close)(void *stage, void *thread);
    int32_t (*process)(void *stage, void *thread, tm_doc *doc);
    int32_t (*process_many)(void *stage, void *thread, tm_batch *batch);
    int32_t (*commit)(void *stage, tm_doc *doc);
    int32_t (*commit_many)(void *stage, tm_batch *batch);
    void (*settle)(void *stage, tm_doc *doc, uint32_t outcome);
    int32_t (*checkpoint)(void *stage);
    int32_t (*flush)(void *stage, tm_doc *doc);
    int32_t (*resume)(void *stage, void *thread, tm_doc *doc);
} tm_plugin;

#if defined(__cplusplus)
#define TM_EXTERN_C extern "C"
#else
#define TM_EXTERN_C extern
#endif

/* The one exported symbol. */
#define TM_PLUGIN_SYMBOL "textmill_plugin"
TM_EXTERN_C __attribute__((visibility("default"))) const tm_plugin textmill_plugin;
#define TM_PLUGIN const tm_plugin textmill_plugin

/* The head of a descriptor, and its table of options. */
#define TM_DESCRIPTOR                                                                                                  \
    .abi_major = TM_ABI_MAJOR, .abi_minor = TM_ABI_MINOR, .size = (uint32_t)sizeof(tm_plugin), .kind = TM_STAGE
#define TM_OPTIONS(Config, table)                                                                                      \
    .config_size = (uint32_t)sizeof(Config), .n_options = (uint32_t)(sizeof(table) / sizeof((table)[0])),              \
    .option_size = (uint32_t)sizeof(tm_option), .options = (table)

#ifdef __cplusplus
/* In C++, which has designators from C++20 on only: a descriptor with head and options filled in; the rest is assigned:
 *
 *     static TM_CONSTEXPR tm_plugin describe() {
 *         tm_plugin p = tm_describe<config>(options);
 *         p.name = "shout";
 *         ...
 *         return p;
 *     }
 *     TM_PLUGIN = describe();
 *
 * No exception may leave a function that the host calls. */
#if __cplusplus >= 201402L
#define TM_CONSTEXPR constexpr
#else
#define TM_CONSTEXPR inline
#endif
template <class Config, size_t N> TM_CONSTEXPR tm_plugin tm_describe(const tm_option (&table)[N]) {
    tm_plugin p = tm_plugin();
    p.abi_major = TM_ABI_MAJOR;
    p.abi_minor = TM_ABI_MINOR;
    p.size = static_cast<uint32_t>(sizeof(tm_plugin));
    p.kind = TM_STAGE;
    p.config_size = static_cast<uint32_t>(sizeof(Config));
    p.n_options = static_cast<uint32_t>(N);
    p.option_size = static_cast<uint32_t>(sizeof(tm_option));
    p.options = table;
    return p;
}
#endif

/* Says why and gives the verdict in one: return tm_fail(h, doc, "too-long", "the text has more than 10 MB", TM_NONE);
 */
static inline int32_t tm_fail(const tm_host *h, tm_doc *doc, tm_str code, tm_str message, uint32_t offset) {
    h->reason(doc, code, message, offset);
    return TM_FAIL;
}

static inline int32_t tm_drop(const tm_host *h, tm_doc *doc, tm_str why) {
    h->reason(doc, why, why, TM_NONE);
    return TM_DROP;
}

#endif
