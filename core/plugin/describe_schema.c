/* describe_schema.c: the JSON Schema of pipeline files: what is fixed is written down here, the options come from the
 * plugins' tables. It is built as compact JSON, read back and written over lines, so that it cannot be malformed.
 */
#include "describe.h"

#include "../json/config.h"
#include "../json/write.h"
#include "options_room.h"

#include <string.h>

static const char head[] =
    "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"title\":\"textmill pipeline\",\"type\":\"object\","
    "\"required\":[\"stages\"],\"additionalProperties\":false,\"properties\":{"
    "\"$schema\":{\"type\":\"string\"},"
    "\"name\":{\"type\":\"string\",\"description\":\"name of the pipeline\"},"
    "\"description\":{\"type\":\"string\",\"description\":\"what it is for\"},"
    "\"input\":{\"type\":\"object\",\"additionalProperties\":false,\"description\":\"where documents come "
    "from\",\"properties\":{"
    "\"format\":{\"enum\":[\"auto\",\"jsonl\",\"text\",\"csv\",\"tsv\"],\"default\":\"auto\"},"
    "\"text_field\":{\"type\":\"string\",\"default\":\"text\",\"description\":\"field or column that holds the text\"},"
    "\"id_field\":{\"type\":\"string\",\"default\":\"id\",\"description\":\"field or column that names the document\"},"
    "\"fields\":{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"description\":\"fields that every record brings "
    "along\"},"
    "\"files\":{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"description\":\"files, folders, globs, or - for "
    "standard "
    "input\"}}},"
    "\"outputs\":{\"type\":\"array\",\"description\":\"where results "
    "go\",\"items\":{\"type\":\"object\",\"required\":[\"path\"],"
    "\"additionalProperties\":false,\"properties\":{"
    "\"path\":{\"type\":\"string\",\"description\":\"a file, a folder with / at its end, or - for standard output\"},"
    "\"format\":{\"enum\":[\"jsonl\",\"text\",\"tsv\"]},\"when\":{\"$ref\":\"#/$defs/condition\"}}}},"
    "\"tests\":{\"type\":\"array\",\"description\":\"what textmill test checks\",\"items\":{\"$ref\":\"#/$defs/"
    "pipeline-test\"}},"
    "\"stages\":{\"type\":\"array\",\"description\":\"the stages, in order\",\"items\":{\"$ref\":\"#/$defs/stage\"}}},"
    "\"$defs\":{"
    "\"environment\":{\"type\":\"string\",\"pattern\":\"\\\\$\\\\{[A-Za-z_]\",\"description\":\"from the "
    "environment\"},"
    "\"scalar\":{\"type\":[\"string\",\"number\",\"boolean\",\"null\"]},"
    "\"condition\":{\"type\":\"object\",\"description\":\"holds where all of its members hold\",\"properties\":{"
    "\"any\":{\"$ref\":\"#/$defs/conditions\"},\"all\":{\"$ref\":\"#/$defs/conditions\"},"
    "\"none\":{\"$ref\":\"#/$defs/conditions\"}},"
    "\"additionalProperties\":{\"anyOf\":[{\"$ref\":\"#/$defs/scalar\"},{\"$ref\":\"#/$defs/test\"}]}},"
    "\"conditions\":{\"anyOf\":[{\"$ref\":\"#/$defs/condition\"},{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/"
    "condition\"}}]},"
    "\"test\":{\"type\":\"object\",\"minProperties\":1,\"additionalProperties\":false,\"properties\":{"
    "\"is\":{\"$ref\":\"#/$defs/scalar\"},\"not\":{\"$ref\":\"#/$defs/scalar\"},"
    "\"in\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/scalar\"}},"
    "\"lt\":{\"type\":[\"number\",\"string\"]},\"le\":{\"type\":[\"number\",\"string\"]},"
    "\"gt\":{\"type\":[\"number\",\"string\"]},\"ge\":{\"type\":[\"number\",\"string\"]},"
    "\"exists\":{\"type\":\"boolean\"},\"contains\":{\"$ref\":\"#/$defs/scalar\"},\"starts\":{\"type\":\"string\"},"
    "\"matches\":{\"type\":\"string\",\"description\":\"POSIX extended regular expression\"},"
    "\"has_any\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/scalar\"}}}},"
    "\"expectation\":{\"type\":\"object\",\"minProperties\":1,\"additionalProperties\":false,\"dependentRequi"
    "red\":{\"within\":[\"approx\"]},\"properties\":{\"equals\":{\"description\":\"the value is just this JSO"
    "N\"},\"absent\":{\"type\":\"boolean\"},\"count\":{\"type\":\"integer\",\"description\":\"elements of an "
    "array, members of an object\"},\"approx\":{\"type\":\"number\"},\"within\":{\"type\":\"number\",\"defaul"
    "t\":0.0001,\"description\":\"how far from approx it may be\"},\"is\":{\"$ref\":\"#/$defs/scalar\"},\"not"
    "\":{\"$ref\":\"#/$defs/scalar\"},\"in\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/scalar\"}},\"l"
    "t\":{\"type\":[\"number\",\"string\"]},\"le\":{\"type\":[\"number\",\"string\"]},\"gt\":{\"type\":[\"num"
    "ber\",\"string\"]},\"ge\":{\"type\":[\"number\",\"string\"]},\"exists\":{\"type\":\"boolean\"},\"contain"
    "s\":{\"$ref\":\"#/$defs/scalar\"},\"starts\":{\"type\":\"string\"},\"matches\":{\"type\":\"string\",\"de"
    "scription\":\"POSIX extended regular expression\"},\"has_any\":{\"type\":\"array\",\"items\":{\"$ref\":"
    "\"#/$defs/scalar\"}}}},"
    "\"pipeline-test\":{\"type\":\"object\",\"additionalProperties\":false,\"oneOf\":[{\"required\":[\"input"
    "\"]},{\"required\":[\"file\"]}],\"anyOf\":[{\"required\":[\"expect\"]},{\"required\":[\"snapshot\"]}],\""
    "properties\":{\"name\":{\"type\":\"string\"},\"input\":{\"type\":[\"string\",\"object\"],\"description\""
    ":\"a text, or a record\"},\"file\":{\"type\":\"string\",\"description\":\"the input; of a .json file a r"
    "ecord, else a text\"},\"before\":{\"type\":\"array\",\"items\":{\"type\":[\"string\",\"object\"]},\"desc"
    "ription\":\"inputs that are given first, for stages that remember\"},\"snapshot\":{\"type\":\"string\","
    "\"description\":\"a file that holds the whole record; --update writes it\"},\"expect\":{\"type\":\"objec"
    "t\",\"properties\":{\"removed\":{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"description\":\"th"
    "e kinds of all cuts\"},\"dropped\":{\"anyOf\":[{\"type\":\"string\"},{\"const\":true}],\"description\":"
    "\"the reason, or true for any\"},\"failed\":{\"anyOf\":[{\"type\":\"string\"},{\"const\":true}],\"descri"
    "ption\":\"the code, or true for any\"}},\"additionalProperties\":{\"anyOf\":[{\"$ref\":\"#/$defs/scalar"
    "\"},{\"type\":\"array\"},{\"$ref\":\"#/$defs/expectation\"}]}}}},"
    "\"stage\":{\"type\":\"object\",\"additionalProperties\":false,\"oneOf\":[{\"required\":[\"use\"]},{\"required\":["
    "\"include\"]}],"
    "\"properties\":{"
    "\"include\":{\"type\":\"string\",\"description\":\"a file whose stages stand in this place\"},"
    "\"id\":{\"type\":\"string\",\"pattern\":\"^[A-Za-z0-9_-]{1,64}$\",\"description\":\"name of the stage in this "
    "pipeline\"},"
    "\"when\":{\"$ref\":\"#/$defs/condition\"},"
    "\"on_error\":{\"enum\":[\"fail\",\"skip\",\"drop\"],\"default\":\"fail\",\"description\":\"what happens to a "
    "document that the "
    "stage cannot process\"},"
    "\"languages\":{\"type\":[\"array\",\"null\"],\"items\":{\"type\":\"string\"},\"description\":\"languages that it "
    "is for, instead "
    "of those of the plugin\"},"
    "\"with\":{\"type\":\"object\",\"description\":\"options of the plugin\"},";

static void key(struct buffer *out, const char *name) {
    json_write_text(out, name, strlen(name));
    buffer_add_char(out, ':');
}

static void quoted(struct buffer *out, const char *text) {
    json_write_text(out, text ? text : "", text ? strlen(text) : 0);
}

static void bounds(const tm_option *row, uint32_t type, struct buffer *out) {
    struct option_range range;
    if (option_range_parse(row, type, &range) != 0)
        return;
    if (range.has_low) {
        buffer_add_string(out, ",\"minimum\":");
        json_write_number(out, range.low, 17);
    }
    if (range.has_high) {
        buffer_add_string(out, ",\"maximum\":");
        json_write_number(out, range.high, 17);
    }
}

static void rows(const tm_option *table, uint32_t n, uint32_t row_size, struct buffer *out);

/* The members that say what a value of this type may be, without the braces. */
static void type_members(const tm_option *row, uint32_t type, struct buffer *out) {
    size_t len;
    const char *choice;
    switch (type) {
    case TM_T_INT:
    case TM_T_NUMBER:
        buffer_addf(out, "\"anyOf\":[{\"type\":\"%s\"", type == TM_T_INT ? "integer" : "number");
        bounds(row, type, out);
        buffer_add_string(out, "},{\"$ref\":\"#/$defs/environment\"}]");
        break;
    case TM_T_BOOL:
        buffer_add_string(out, "\"anyOf\":[{\"type\":\"boolean\"},{\"$ref\":\"#/$defs/environment\"}]");
        break;
    case TM_T_ENUM:
        buffer_add_string(out, "\"anyOf\":[{\"enum\":[");
        for (uint32_t i = 0; (choice = option_choice(row->range, i, &len)); i++) {
            if (i)
                buffer_add_char(out, ',');
            json_write_text(out, choice, len);
        }
        buffer_add_string(out, "]},{\"$ref\":\"#/$defs/environment\"}]");
        break;
    case TM_T_SIZE:
        buffer_add_string(out, "\"anyOf\":[{\"type\":\"number\",\"minimum\":0},{\"type\":\"string\",\"pattern\":"
                               "\"^[0-9]+(\\\\.[0-9]*)?([KMGTkmgt](iB|B)?|B)?$\"},{\"$ref\":\"#/$defs/environment\"}]");
        break;
    case TM_T_DURATION:
        buffer_add_string(out, "\"anyOf\":[{\"type\":\"number\",\"minimum\":0},{\"type\":\"string\",\"pattern\":"
                               "\"^[0-9]+(\\\\.[0-9]*)?(ns|us|ms|s|m|h|d)?$\"},{\"$ref\":\"#/$defs/environment\"}]");
        break;
    case TM_T_CONDITION:
        buffer_add_string(out, "\"$ref\":\"#/$defs/condition\"");
        break;
    case TM_T_JSON:
        buffer_add_string(out, "\"title\":\"any value\"");
        break;
    case TM_T_LIST:
        buffer_add_string(out, "\"type\":\"array\",\"items\":{");
        type_members(row, row->element, out);
        buffer_add_char(out, '}');
        break;
    case TM_T_MAP:
        buffer_add_string(out, "\"type\":\"object\",\"additionalProperties\":{");
        type_members(row, row->element, out);
        buffer_add_char(out, '}');
        break;
    case TM_T_TABLE:
        buffer_add_string(out, "\"type\":\"array\",\"items\":");
        rows(row->columns, row->n_columns, (uint32_t)sizeof(tm_option), out);
        break;
    default:
        buffer_add_string(out, "\"type\":\"string\"");
    }
}

/* An object with these rows as its members. */
static void rows(const tm_option *table, uint32_t n, uint32_t row_size, struct buffer *out) {
    struct buffer required;
    buffer_init(&required);
    buffer_add_string(out, "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{");
    for (uint32_t i = 0; i < n; i++) {
        const tm_option *row = options_row(table, row_size, i);
        int is_hidden = (row->flags & TM_OPT_HIDDEN) != 0, may_be_null = row->def && strcmp(row->def, "null") == 0;
        if (i)
            buffer_add_char(out, ',');
        key(out, row->name);
        if (is_hidden) { /* allowed, not told of */
            buffer_add_string(out, "true");
            continue;
        }
        buffer_add_char(out, '{');
        if (may_be_null) {
            buffer_add_string(out, "\"anyOf\":[{");
            type_members(row, row->type, out);
            buffer_add_string(out, "},{\"type\":\"null\"}]");
        } else {
            type_members(row, row->type, out);
        }
        buffer_add_string(out, ",\"description\":");
        quoted(out, row->help);
        if (row->def)
            buffer_addf(out, ",\"default\":%s", row->def);
        if (row->example)
            buffer_addf(out, ",\"examples\":[%s]", row->example);
        buffer_add_char(out, '}');
        if (!row->def) {
            if (required.len)
                buffer_add_char(&required, ',');
            quoted(&required, row->name);
        }
    }
    buffer_add_char(out, '}');
    if (required.len)
        buffer_addf(out, ",\"required\":[%.*s]", (int)required.len, required.data);
    buffer_add_char(out, '}');
    buffer_deinit(&required);
}

static int needs_options(const tm_plugin *d) {
    for (uint32_t i = 0; i < d->n_options; i++)
        if (!options_row(d->options, d->option_size, i)->def)
            return 1;
    return 0;
}

void describe_schema(struct loader *loader, struct buffer *out, struct buffer *left_out) {
    const char **names;
    size_t n = loader_names(loader, &names), found = 0;
    struct buffer b, uses, rules, defs;
    buffer_init(&b);
    buffer_init(&uses);
    buffer_init(&rules);
    buffer_init(&defs);
    for (size_t i = 0; i < n; i++) {
        const struct plugin *p = loader_get(loader, names[i], strlen(names[i]), left_out);
        if (!p)
            buffer_add_char(left_out, '\n');
        if (!p || p->descriptor.kind != TM_STAGE)
            continue;
        const char *comma = found++ ? "," : "";
        buffer_addf(&uses, "%s{\"const\":\"%s\",\"description\":", comma, p->name);
        quoted(&uses, p->descriptor.summary);
        buffer_add_char(&uses, '}');
        buffer_addf(&rules, "%s{\"if\":{\"required\":[\"use\"],\"properties\":{\"use\":{\"const\":\"%s\"}}},\"then\":{",
                    comma, p->name);
        if (needs_options(&p->descriptor))
            buffer_add_string(&rules, "\"required\":[\"with\"],");
        buffer_addf(&rules, "\"properties\":{\"with\":{\"$ref\":\"#/$defs/with-%s\"}}}}", p->name);
        buffer_addf(&defs, ",\"with-%s\":", p->name);
        rows(p->descriptor.options, p->descriptor.n_options, p->descriptor.option_size, &defs);
    }
    buffer_add_string(&b, head);
    buffer_add_string(&b, "\"use\":{\"description\":\"name of the plugin\",\"oneOf\":[");
    buffer_add(&b, uses.data, uses.len);
    buffer_add_string(&b, found ? "]}},\"allOf\":[" : "{\"type\":\"string\"}]}},\"allOf\":[");
    buffer_add(&b, rules.data, rules.len);
    buffer_add_string(&b, found ? "]}" : "true]}");
    buffer_add(&b, defs.data, defs.len);
    buffer_add_string(&b, "}}");

    struct problems problems;
    problems_init(&problems);
    struct config *c = config_parse("schema", b.data, b.len, &problems);
    if (c && !problems.errors)
        config_write_pretty(config_root(c), out);
    else
        problems_print(&problems, left_out);
    config_free(c);
    problems_deinit(&problems);
    buffer_deinit(&b);
    buffer_deinit(&uses);
    buffer_deinit(&rules);
    buffer_deinit(&defs);
}
