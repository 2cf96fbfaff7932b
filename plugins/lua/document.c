/* document.c: the document as a script sees it. Places count as string.find counts them: from 1, the end included.
 */
#include "state.h"

#include <math.h>
#include <string.h>

#define TYPE "textmill.document"

enum { MOST_DEPTH = 32 };

static tm_doc *current(lua_State *lua) {
    tm_doc *doc = state_of(lua)->doc;
    luaL_checkudata(lua, 1, TYPE);
    if (!doc)
        luaL_error(lua, "there is no document outside of process");
    return doc;
}

static void push(lua_State *lua, tm_str text) {
    if (text.data)
        lua_pushlstring(lua, text.data, text.len);
    else
        lua_pushnil(lua);
}

static void push_value(lua_State *lua, const tm_host *h, tm_doc *doc, const tm_value *v, int depth) {
    tm_cursor cursor;
    tm_value member;
    tm_str key;
    luaL_checkstack(lua, 4, "a value");
    switch (v->type) {
    case TM_V_ABSENT:
        lua_pushnil(lua);
        return;
    case TM_V_NULL:
        lua_pushlightuserdata(lua, NULL);
        return;
    case TM_V_BOOL:
        lua_pushboolean(lua, v->integer != 0);
        return;
    case TM_V_INT:
        lua_pushinteger(lua, v->integer);
        return;
    case TM_V_NUMBER:
        lua_pushnumber(lua, v->number);
        return;
    case TM_V_TEXT:
        push(lua, v->text);
        return;
    default:
        break;
    }
    if (h->value_cursor(doc, v, &cursor) != TM_OK) { /* a number of too many digits: as text */
        push(lua, v->text);
        return;
    }
    if (depth == MOST_DEPTH)
        luaL_error(lua, "a value is nested more than %d deep", MOST_DEPTH);
    lua_newtable(lua);
    for (lua_Integer i = 1; h->next(&cursor, &key, &member); i++) {
        if (cursor.is_object)
            push(lua, key);
        push_value(lua, h, doc, &member, depth + 1);
        if (cursor.is_object)
            lua_rawset(lua, -3);
        else
            lua_rawseti(lua, -2, i);
    }
}

static tm_field find_field(lua_State *lua, int writes) {
    const struct script *script = state_of(lua)->script;
    size_t len;
    const char *name = luaL_checklstring(lua, 2, &len);
    for (uint32_t i = 0; i < script->n_fields; i++) {
        const struct lua_field *f = &script->fields[i];
        if (f->name.len == len && memcmp(f->name.data, name, len) == 0 && (f->writes || !writes))
            return f->field;
    }
    luaL_error(lua, "the field '%s' is not named by \"%s\" of the stage", name, writes ? "writes" : "reads");
    return 0;
}

static int get(lua_State *lua) {
    const tm_host *h = state_of(lua)->script->host;
    tm_doc *doc = current(lua);
    tm_value v;
    h->get(doc, find_field(lua, 0), &v);
    push_value(lua, h, doc, &v, 0);
    return 1;
}

static void write_value(lua_State *lua, const tm_host *h, tm_writer *w, int depth) {
    size_t len;
    luaL_checkstack(lua, 4, "a value");
    switch (lua_type(lua, -1)) {
    case LUA_TSTRING: {
        const char *text = lua_tolstring(lua, -1, &len);
        h->write_text(w, (tm_str){text, len});
        return;
    }
    case LUA_TNUMBER:
        if (lua_isinteger(lua, -1))
            h->write_int(w, lua_tointeger(lua, -1));
        else
            h->write_number(w, lua_tonumber(lua, -1), 6);
        return;
    case LUA_TBOOLEAN:
        h->write_bool(w, lua_toboolean(lua, -1));
        return;
    case LUA_TLIGHTUSERDATA:
        h->write_null(w);
        return;
    case LUA_TTABLE:
        break;
    default:
        luaL_error(lua, "a %s is no value of a field", luaL_typename(lua, -1));
    }
    if (depth == MOST_DEPTH)
        luaL_error(lua, "a value is nested more than %d deep", MOST_DEPTH);
    lua_Integer n = (lua_Integer)lua_rawlen(lua, -1);
    int table = lua_gettop(lua), is_array = 1;
    lua_pushnil(lua);
    if (n == 0 && lua_next(lua, table)) {
        is_array = 0;
        lua_pop(lua, 2);
    } else if (n > 0) {
        lua_pop(lua, 1);
    }
    if (is_array) {
        h->write_array(w);
        for (lua_Integer i = 1; i <= n; i++) {
            lua_rawgeti(lua, table, i);
            write_value(lua, h, w, depth + 1);
            lua_pop(lua, 1);
        }
    } else {
        const char *key, *before = NULL;
        h->write_object(w);
        for (;;) { /* in the order of the names: that of the table differs from process to process */
            key = NULL;
            for (lua_pushnil(lua); lua_next(lua, table); lua_pop(lua, 1)) {
                if (lua_type(lua, -2) != LUA_TSTRING)
                    luaL_error(lua, "a table has names and numbers, or a number as a name");
                const char *name = lua_tostring(lua, -2);
                if ((!before || strcmp(name, before) > 0) && (!key || strcmp(name, key) < 0))
                    key = name;
            }
            if (!key)
                break;
            h->write_key(w, (tm_str){key, strlen(key)});
            lua_getfield(lua, table, key);
            write_value(lua, h, w, depth + 1);
            lua_pop(lua, 1);
            before = key;
        }
    }
    h->write_close(w);
}

static int set(lua_State *lua) {
    const tm_host *h = state_of(lua)->script->host;
    tm_doc *doc = current(lua);
    tm_field field = find_field(lua, 1);
    const tm_value absent = {.type = TM_V_ABSENT};
    luaL_checkany(lua, 3);
    lua_settop(lua, 3);
    if (lua_isnil(lua, 3)) {
        h->set(doc, field, &absent);
        return 0;
    }
    tm_writer *w = h->write_begin(doc, field);
    write_value(lua, h, w, 0);
    if (h->write_end(w) != TM_OK)
        return luaL_error(lua, "the field '%s' could not be set", lua_tostring(lua, 2));
    return 0;
}

static tm_str word(lua_State *lua, int at, const char *otherwise) {
    size_t len;
    const char *text = luaL_optlstring(lua, at, otherwise, &len);
    return (tm_str){text, len};
}

static int edit(lua_State *lua, int has_text) {
    const tm_host *h = state_of(lua)->script->host;
    tm_doc *doc = current(lua);
    lua_Integer start = luaL_checkinteger(lua, 2), end = luaL_checkinteger(lua, 3);
    uint64_t len = h->text(doc).len;
    if (start < 1 || end < start - 1 || (uint64_t)end > len)
        return luaL_error(lua, "the place %d..%d is not in the text of %d bytes", (int)start, (int)end, (int)len);
    tm_edit e = {.size = sizeof e, .start = (uint32_t)start - 1, .end = (uint32_t)end, .score = NAN};
    if (has_text)
        e.text = word(lua, 4, "");
    e.kind = word(lua, has_text ? 5 : 4, "script");
    e.rule = word(lua, has_text ? 6 : 5, "script");
    if (h->edit(doc, &e) != TM_OK)
        return luaL_error(lua, "the edit of %d..%d was refused: does it cross another, or part a character?",
                          (int)start, (int)end);
    return 0;
}

static int cut(lua_State *lua) {
    return edit(lua, 0);
}

static int replace(lua_State *lua) {
    return edit(lua, 1);
}

static int tokens(lua_State *lua) {
    const tm_host *h = state_of(lua)->script->host;
    tm_doc *doc = current(lua);
    tm_tokens t = tm_tokens_get(h, doc);
    tm_str text = h->text(doc);
    lua_createtable(lua, (int)(t.count < 1000000 ? t.count : 1000000), 0);
    for (uint32_t i = 0; i < t.count; i++) {
        lua_createtable(lua, 0, 4);
        lua_pushlstring(lua, text.data + t.start[i], t.length[i]);
        lua_setfield(lua, -2, "text");
        lua_pushinteger(lua, (lua_Integer)t.start[i] + 1);
        lua_setfield(lua, -2, "first");
        lua_pushinteger(lua, (lua_Integer)t.start[i] + t.length[i]);
        lua_setfield(lua, -2, "last");
        lua_pushboolean(lua, (t.shape[i] & TM_SHAPE_WORD) != 0);
        lua_setfield(lua, -2, "is_word");
        lua_rawseti(lua, -2, (lua_Integer)i + 1);
    }
    return 1;
}

static int index_document(lua_State *lua) {
    const tm_host *h = state_of(lua)->script->host;
    tm_doc *doc = current(lua);
    const char *name = luaL_checkstring(lua, 2);
    if (strcmp(name, "text") == 0)
        push(lua, h->text(doc));
    else if (strcmp(name, "title") == 0)
        push(lua, h->title(doc));
    else if (strcmp(name, "id") == 0)
        push(lua, h->id(doc));
    else {
        luaL_getmetatable(lua, TYPE);
        lua_getfield(lua, -1, name);
        if (lua_isnil(lua, -1))
            return luaL_error(lua, "doc has no '%s'; fields are read by doc:get", name);
    }
    return 1;
}

void document_library(lua_State *lua) {
    static const luaL_Reg methods[] = {{"get", get},         {"set", set},       {"cut", cut},
                                       {"replace", replace}, {"tokens", tokens}, {"__index", index_document},
                                       {NULL, NULL}};
    luaL_newmetatable(lua, TYPE);
    luaL_setfuncs(lua, methods, 0);
    lua_pushboolean(lua, 0);
    lua_setfield(lua, -2, "__metatable");
    lua_pop(lua, 1);
    lua_pushlightuserdata(lua, NULL);
    lua_setglobal(lua, "null");
}

void document_push(lua_State *lua) {
    lua_newuserdatauv(lua, 1, 0);
    luaL_setmetatable(lua, TYPE);
}
