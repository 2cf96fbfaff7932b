/* state.h: one Lua of one worker: what a script may do, how long and with how much memory. document.c gives it the
 * document.
 */
#ifndef LUA_STATE_H
#define LUA_STATE_H

#include <textmill/plugin.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

struct lua_field {
    tm_str name;
    tm_field field;
    int writes;
};

/* What all workers share; read-only. */
struct script {
    const tm_host *host;
    tm_instance *self;
    const char *path;
    const struct lua_field *fields;
    uint32_t n_fields;
    uint64_t memory, instructions;
};

struct state {
    lua_State *lua;
    const struct script *script;
    tm_doc *doc; /* while process runs */
    uint64_t used, left;
};

/* 0, or -1 with a line in why. */
int state_open(struct state *s, const struct script *script, char *why, size_t why_size);
void state_close(struct state *s);
int32_t state_process(struct state *s, tm_doc *doc);

/* document.c: pushes the library of documents: the global `null`, the type of `doc`; then the object. */
void document_library(lua_State *lua);
void document_push(lua_State *lua);

static inline struct state *state_of(lua_State *lua) {
    return *(struct state **)lua_getextraspace(lua);
}

#endif
