/* wrong.c: a plugin that is wrong in the one way that WRONG says. */
#include <textmill/plugin.h>

#define ABI_MAJOR 1
#define ABI_MINOR 2
#define SHORT 3
#define MISNAMED 4
#define IDLE 5
#define UNBOUND 6
#define OPTION 7
#define TOKEN_RULE 8
#define SINK 9
#define REFUSES 10
#define SILENT 11
#define NO_SYMBOL 12
#define KIND 13
#define UNNAMED 14

struct config {
    int64_t n;
};

static const tm_option options[] = {
    {.name = "n",
     .type = TM_T_INT,
     .offset = WRONG == OPTION ? (uint32_t)sizeof(struct config) : 0u,
     .def = "1",
     .help = "a number"},
};

#if WRONG == UNBOUND
extern void textmill_test_that_nobody_defines(void);
#endif

static int32_t open_stage(const tm_host *host, tm_instance *self, const void *config, void **out_stage) {
    (void)config;
    (void)out_stage;
    if (WRONG == REFUSES)
        host->open_error(self, TM_STR("its table is missing; make it with mill-table"));
    return WRONG == REFUSES || WRONG == SILENT ? TM_EIO : TM_OK;
}

static int32_t process(void *stage, void *thread, tm_doc *doc) {
    (void)stage;
    (void)thread;
    (void)doc;
#if WRONG == UNBOUND
    textmill_test_that_nobody_defines();
#endif
    return TM_PASS;
}

#if WRONG == NO_SYMBOL
#define DESCRIPTOR                                                                                                     \
    __attribute__((visibility("default"))) extern const tm_plugin something_else;                                      \
    const tm_plugin something_else
#else
#define DESCRIPTOR TM_PLUGIN
#endif

DESCRIPTOR = {
    .abi_major = WRONG == ABI_MAJOR ? 7 : TM_ABI_MAJOR,
    .abi_minor = WRONG == ABI_MINOR ? TM_ABI_MINOR + 3 : TM_ABI_MINOR,
    .size = WRONG == SHORT ? 40u : (uint32_t)sizeof(tm_plugin),
    .kind = WRONG == SINK   ? TM_SINK
            : WRONG == KIND ? 77u
                            : TM_STAGE,
    .name = WRONG == MISNAMED  ? "other"
            : WRONG == UNNAMED ? NULL
                               : NAME,
    .version = "1.0",
    .summary = "Is wrong in one way",
    .licence = "MIT",
    .text_version = WRONG == TOKEN_RULE ? 99 : 0,
    TM_OPTIONS(struct config, options),
    .open = open_stage,
    .process = WRONG == IDLE ? NULL : process,
};
