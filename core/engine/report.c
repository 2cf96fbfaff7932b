/* report.c: what a run says of itself at its end: the closing table for people, the report as JSON for programs. Times
 * are there when timing was on; a stage's is its own, layers and records have rows of theirs.
 */
#include "engine.h"

#include "../json/write.h"

#include <stdio.h>
#include <string.h>

static double seconds(uint64_t ns) {
    return (double)ns / 1e9;
}

/* Three digits and a unit: 4.21 s, 310 ms, 87 us. */
static void add_time(struct buffer *out, uint64_t ns) {
    char text[32];
    if (ns >= 1000000000u)
        snprintf(text, sizeof text, "%.2f s", seconds(ns));
    else if (ns >= 1000000u)
        snprintf(text, sizeof text, "%.3g ms", (double)ns / 1e6);
    else
        snprintf(text, sizeof text, "%.3g us", (double)ns / 1e3);
    buffer_addf(out, "%10s", text);
}

static void add_bytes(struct buffer *out, uint64_t bytes) {
    if (bytes >= 1000000000u)
        buffer_addf(out, "%.2f GB", (double)bytes / 1e9);
    else if (bytes >= 1000000u)
        buffer_addf(out, "%.1f MB", (double)bytes / 1e6);
    else if (bytes >= 1000u)
        buffer_addf(out, "%.1f kB", (double)bytes / 1e3);
    else
        buffer_addf(out, "%llu B", (unsigned long long)bytes);
}

static int name_width(const struct engine_report *r) {
    size_t width = strlen("(records)");
    for (size_t i = 0; i < r->n_stages; i++)
        if (strlen(r->stages[i].id) > width)
            width = strlen(r->stages[i].id);
    return width < 40 ? (int)width : 40;
}

static int has_times(const struct engine_report *r) {
    uint64_t sum = r->layers_ns + r->record_ns;
    for (size_t i = 0; i < r->n_stages; i++)
        sum += r->stages[i].nanoseconds;
    return sum != 0;
}

/* Time, and what it is for each byte that came in. */
static void add_cost(struct buffer *out, uint64_t ns, uint64_t bytes) {
    add_time(out, ns);
    if (bytes)
        buffer_addf(out, " %8.2f", (double)ns / (double)bytes);
    else
        buffer_addf(out, " %8s", "-");
}

static void add_time_row(struct buffer *out, int width, const char *name, uint64_t ns, uint64_t bytes) {
    buffer_addf(out, "%-*s  ", width, name);
    add_cost(out, ns, bytes);
    buffer_add_char(out, '\n');
}

/* For people: a rule that cut nothing, and took less than a hundredth of the time of all, is left to the JSON. */
static int is_worth_a_row(const struct rule_report *s, uint64_t all_ns) {
    return s->edits || s->nanoseconds * 100 > all_ns;
}

static void add_rules(const struct engine_report *r, struct buffer *out) {
    size_t stage = 5, rule = 4;
    uint64_t all_ns = 0;
    for (size_t i = 0; i < r->n_rules; i++) {
        if (strlen(r->rules[i].stage) > stage)
            stage = strlen(r->rules[i].stage);
        if (strlen(r->rules[i].rule) > rule)
            rule = strlen(r->rules[i].rule);
        all_ns += r->rules[i].nanoseconds;
    }
    for (size_t i = 0; i < r->n_rules; i++) {
        const struct rule_report *s = &r->rules[i];
        if (!i)
            buffer_addf(out, "%-*s  %-*s  %10s %10s %10s %10s\n", (int)stage, "stage", (int)rule, "rule", "time",
                        "documents", "edits", "bytes");
        if (!is_worth_a_row(s, all_ns))
            continue;
        buffer_addf(out, "%-*s  %-*s  ", (int)stage, s->stage, (int)rule, s->rule);
        if (s->nanoseconds)
            add_time(out, s->nanoseconds);
        else
            buffer_addf(out, "%10s", "-");
        buffer_addf(out, " %10llu %10llu %10llu\n", (unsigned long long)s->documents, (unsigned long long)s->edits,
                    (unsigned long long)s->bytes);
    }
}

void engine_report_table(const struct engine_report *r, struct buffer *out) {
    int width = name_width(r), timed = has_times(r);
    if (r->n_stages) {
        buffer_addf(out, "%-*s  %s%10s %10s %8s %8s %8s\n", width, "stage", timed ? "      time     ns/B  " : "",
                    "documents", "cuts", "dropped", "failed", "skipped");
        for (size_t i = 0; i < r->n_stages; i++) {
            const struct stage_report *s = &r->stages[i];
            buffer_addf(out, "%-*.*s  ", width, width, s->id);
            if (timed) {
                add_cost(out, s->nanoseconds, r->bytes_in);
                buffer_add_string(out, "  ");
            }
            buffer_addf(out, "%10llu %10llu %8llu %8llu %8llu\n", (unsigned long long)s->documents,
                        (unsigned long long)s->cuts, (unsigned long long)s->dropped, (unsigned long long)s->failed,
                        (unsigned long long)s->skipped);
        }
    }
    if (timed) {
        add_time_row(out, width, "(layers)", r->layers_ns, r->bytes_in);
        add_time_row(out, width, "(records)", r->record_ns, r->bytes_in);
    }
    add_rules(r, out);
    double wall = seconds(r->wall_ns);
    buffer_addf(out, "%llu documents in %.2f s", (unsigned long long)r->read, wall);
    if (wall > 0) {
        buffer_addf(out, " (%.0f/s, ", (double)r->read / wall);
        add_bytes(out, (uint64_t)((double)r->bytes_in / wall));
        buffer_add_string(out, "/s)");
    }
    buffer_addf(out, ": %llu published, %llu dropped, %llu failed; ", (unsigned long long)r->published,
                (unsigned long long)r->dropped, (unsigned long long)r->failed);
    add_bytes(out, r->bytes_in);
    buffer_add_string(out, " in, ");
    add_bytes(out, r->bytes_out);
    buffer_add_string(out, " out\n");
}

static void add_count(struct buffer *out, const char *key, uint64_t n) {
    buffer_addf(out, ",\"%s\":%llu", key, (unsigned long long)n);
}

static void add_seconds(struct buffer *out, const char *key, uint64_t ns) {
    buffer_addf(out, ",\"%s\":", key);
    json_write_number(out, seconds(ns), 6);
}

void engine_report_json(const struct engine_report *r, struct buffer *out) {
    static const char *const ends[] = {"done", "stopped", "closed", "failed"};
    int timed = has_times(r);
    buffer_addf(out, "{\"end\":\"%s\"", ends[r->end]);
    if (r->why.len) {
        buffer_add_string(out, ",\"why\":");
        json_write_text(out, r->why.data, r->why.len);
    }
    add_count(out, "read", r->read);
    add_count(out, "published", r->published);
    add_count(out, "dropped", r->dropped);
    add_count(out, "failed", r->failed);
    add_count(out, "skipped", r->skipped);
    add_count(out, "cuts", r->cuts);
    add_count(out, "bytes_in", r->bytes_in);
    add_count(out, "bytes_out", r->bytes_out);
    add_count(out, "jobs", r->jobs);
    add_seconds(out, "seconds", r->wall_ns);
    if (timed) {
        add_seconds(out, "layers_seconds", r->layers_ns);
        add_seconds(out, "record_seconds", r->record_ns);
    }
    buffer_add_string(out, ",\"stages\":[");
    for (size_t i = 0; i < r->n_stages; i++) {
        const struct stage_report *s = &r->stages[i];
        buffer_add_string(out, i ? ",{\"stage\":" : "{\"stage\":");
        json_write_text(out, s->id, strlen(s->id));
        add_count(out, "documents", s->documents);
        add_count(out, "bytes", s->bytes);
        add_count(out, "cuts", s->cuts);
        add_count(out, "dropped", s->dropped);
        add_count(out, "failed", s->failed);
        add_count(out, "skipped", s->skipped);
        if (timed)
            add_seconds(out, "seconds", s->nanoseconds);
        buffer_add_char(out, '}');
    }
    buffer_add_char(out, ']');
    for (size_t i = 0; i < r->n_rules; i++) {
        const struct rule_report *s = &r->rules[i];
        buffer_add_string(out, i ? ",{\"stage\":" : ",\"rules\":[{\"stage\":");
        json_write_text(out, s->stage, strlen(s->stage));
        buffer_add_string(out, ",\"rule\":");
        json_write_text(out, s->rule, strlen(s->rule));
        add_count(out, "documents", s->documents);
        add_count(out, "edits", s->edits);
        add_count(out, "bytes", s->bytes);
        if (s->nanoseconds)
            add_seconds(out, "seconds", s->nanoseconds);
        buffer_add_string(out, i + 1 < r->n_rules ? "}" : "}]");
    }
    if (r->metrics) {
        buffer_add_string(out, ",\"counters\":");
        metrics_write(r->metrics, out);
    }
    buffer_add_string(out, "}\n");
}
