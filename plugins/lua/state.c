/* state.c: see state.h. The sandbox: no files, no programs, no loading of code, no bytecode; an allocator that counts;
 * a hook that counts instructions and cannot be caught by pcall for longer than one instruction.
 */
#include "state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HOOK_EVERY = 1000 };

static void *allocate(void *context, void *old, size_t old_size, size_t size) {
    struct state *s = context;
    uint64_t before = old ? old_size : 0;
    if (size == 0) {
        s->used -= before;
        free(old);
        return NULL;
    }
    if (size > before && s->used - before + size > s->script->memory)
        return NULL;
    void *now = realloc(old, size);
    if (now)
        s->used += size - before;
    return now;
}

static void count(lua_State *lua, lua_Debug *where) {
    struct state *s = state_of(lua);
    (void)where;
    if (s->left > HOOK_EVERY && !(s->doc && s->script->host->should_stop(s->doc))) {
        s->left -= HOOK_EVERY;
        return;
    }
    s->left = 0;
    lua_sethook(lua, count, LUA_MASKCOUNT, 1);
    luaL_error(lua, "too many instructions for one document");
}

static int print(lua_State *lua) {
    const struct script *script = state_of(lua)->script;
    size_t len;
    int n = lua_gettop(lua);
    luaL_Buffer line;
    luaL_buffinit(lua, &line);
    for (int i = 1; i <= n; i++) {
        if (i > 1)
            luaL_addchar(&line, ' ');
        luaL_tolstring(lua, i, NULL);
        luaL_addvalue(&line);
    }
    luaL_pushresult(&line);
    const char *text = lua_tolstring(lua, -1, &len);
    script->host->log(script->self, TM_LOG_INFO, (tm_str){text, len});
    return 0;
}

static int refuse_global(lua_State *lua) {
    return luaL_error(lua, "the global '%s' is new: a document must not depend on those before it; say local",
                      lua_tostring(lua, 2));
}

/* Runs protected. */
static int set_up(lua_State *lua) {
    static const luaL_Reg libraries[] = {{LUA_GNAME, luaopen_base},
                                         {LUA_STRLIBNAME, luaopen_string},
                                         {LUA_TABLIBNAME, luaopen_table},
                                         {LUA_MATHLIBNAME, luaopen_math},
                                         {LUA_UTF8LIBNAME, luaopen_utf8}};
    static const char *const refused[] = {"dofile", "loadfile", "load", "collectgarbage", "require"};
    for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++) {
        luaL_requiref(lua, libraries[i].name, libraries[i].func, 1);
        lua_pop(lua, 1);
    }
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        lua_pushnil(lua);
        lua_setglobal(lua, refused[i]);
    }
    lua_getglobal(lua, LUA_STRLIBNAME);
    lua_pushnil(lua);
    lua_setfield(lua, -2, "dump");
    lua_getglobal(lua, LUA_MATHLIBNAME); /* no chance: the same document gives the same result */
    lua_pushnil(lua);
    lua_setfield(lua, -2, "random");
    lua_pushnil(lua);
    lua_setfield(lua, -2, "randomseed");
    lua_pushcfunction(lua, print);
    lua_setglobal(lua, "print");
    document_library(lua);
    const struct script *script = state_of(lua)->script;
    if (luaL_loadfilex(lua, script->path, "t") != LUA_OK)
        return lua_error(lua);
    lua_call(lua, 0, 0);
    if (lua_getglobal(lua, "process") != LUA_TFUNCTION)
        return luaL_error(lua, "%s: there is no function process(doc)", script->path);
    lua_pushglobaltable(lua);
    lua_newtable(lua);
    lua_pushcfunction(lua, refuse_global);
    lua_setfield(lua, -2, "__newindex");
    lua_pushboolean(lua, 0);
    lua_setfield(lua, -2, "__metatable");
    lua_setmetatable(lua, -2);
    return 0;
}

static void begin(struct state *s) {
    s->left = s->script->instructions;
    lua_sethook(s->lua, count, LUA_MASKCOUNT, HOOK_EVERY);
}

int state_open(struct state *s, const struct script *script, char *why, size_t why_size) {
    *s = (struct state){.script = script};
    s->lua = lua_newstate(allocate, s);
    if (!s->lua) {
        snprintf(why, why_size, "there is no memory for Lua; give \"memory\" more");
        return -1;
    }
    *(struct state **)lua_getextraspace(s->lua) = s;
    begin(s);
    lua_pushcfunction(s->lua, set_up);
    if (lua_pcall(s->lua, 0, 0, 0) == LUA_OK)
        return 0;
    const char *message = lua_tostring(s->lua, -1);
    snprintf(why, why_size, "%s", message ? message : "the script failed without a message");
    state_close(s);
    return -1;
}

void state_close(struct state *s) {
    if (s->lua)
        lua_close(s->lua);
    s->lua = NULL;
}

static int call_process(lua_State *lua) {
    lua_getglobal(lua, "process");
    document_push(lua);
    lua_call(lua, 1, 2);
    if (!lua_isnoneornil(lua, -2) && lua_type(lua, -2) != LUA_TSTRING)
        return luaL_error(lua, "process returned a %s; nothing, \"drop\" or \"fail\" is expected",
                          luaL_typename(lua, -2));
    return 2;
}

static int is_word(tm_str s) {
    for (uint64_t i = 0; i < s.len; i++)
        if (s.data[i] != '-' && (s.data[i] < 'a' || s.data[i] > 'z'))
            return 0;
    return s.len > 0;
}

int32_t state_process(struct state *s, tm_doc *doc) {
    const tm_host *h = s->script->host;
    lua_State *lua = s->lua;
    int32_t verdict = TM_PASS;
    tm_str said = {"", 0}, why = {"", 0};
    size_t len = 0;
    begin(s);
    s->doc = doc;
    lua_settop(lua, 0);
    lua_pushcfunction(lua, call_process);
    if (lua_pcall(lua, 0, 2, 0) != LUA_OK) {
        why.data = lua_tolstring(lua, -1, &len);
        why = why.data ? (tm_str){why.data, len} : TM_STR("the script failed without a message");
        verdict = tm_fail(h, doc, TM_STR("script"), why, TM_NONE);
    } else if (lua_type(lua, 1) == LUA_TSTRING) {
        said.data = lua_tolstring(lua, 1, &len);
        said.len = len;
        len = 0;
        if (lua_type(lua, 2) == LUA_TSTRING)
            why.data = lua_tolstring(lua, 2, &len);
        why.len = len;
        if (said.len == 4 && memcmp(said.data, "drop", 4) == 0) {
            h->reason(doc, is_word(why) ? why : TM_STR("script"), why, TM_NONE);
            verdict = TM_DROP;
        } else if (said.len == 4 && memcmp(said.data, "fail", 4) == 0) {
            verdict = tm_fail(h, doc, TM_STR("script"), why, TM_NONE);
        } else {
            verdict = tm_fail(h, doc, TM_STR("script"), TM_STR("process returned a text that is neither drop nor fail"),
                              TM_NONE);
        }
    }
    lua_settop(lua, 0);
    s->doc = NULL;
    return verdict;
}
