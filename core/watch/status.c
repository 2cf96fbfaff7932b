/* status.c: what the watcher says of itself: JSON for /status and `textmill status`, Prometheus' text for /metrics, one
 * line for /healthz.
 */
#include "supervisor.h"

#include "../json/write.h"

#include <string.h>
#include <unistd.h>

static double seconds_since(uint64_t then) {
    uint64_t now = uv_hrtime();
    return then && now > then ? (double)(now - then) / 1e9 : 0;
}

static const char *breaker_name(const struct watcher *w) {
    return w->breaker == BREAKER_CLOSED ? "closed" : w->breaker == BREAKER_OPEN ? "open" : "trial";
}

const char *inbox_mode(const struct inbox *in) {
    return in->is_polling ? "poll" : "inotify";
}

const char *durability_name(const struct watcher *w) {
    return w->root.durability == DURABILITY_ORDERED  ? "ordered"
           : w->root.durability == DURABILITY_STRICT ? "strict"
                                                     : "none";
}

/* Since when the file waits that has waited longest, of those that are known: in the inbox, or claimed. */
static uint64_t oldest(const struct watcher *w) {
    const struct parcel_list *const lists[] = {&w->waiting, &w->alone};
    uint64_t since = inbox_oldest(&w->inbox);
    for (size_t i = 0; i < 2; i++)
        if (lists[i]->first && (!since || lists[i]->first->claimed < since))
            since = lists[i]->first->claimed;
    return since;
}

/* Why it is not well, or NULL. */
static const char *ailment(const struct watcher *w) {
    if (w->trouble_wait)
        return w->trouble_text;
    if (w->inbox.is_gone)
        return "the inbox is gone";
    if (w->breaker != BREAKER_CLOSED)
        return w->breaker_text;
    if (w->was_ready && w->respawn_wait)
        return "no worker comes up";
    return w->was_ready ? NULL : "starting";
}

int health_write(const struct watcher *w, struct buffer *out) {
    const char *why = ailment(w);
    buffer_addf(out, "{\"status\":\"%s\"", why ? "degraded" : "ok");
    if (why) {
        buffer_add_string(out, ",\"why\":");
        json_write_text(out, why, strlen(why));
    }
    buffer_add_string(out, "}\n");
    return !why;
}

static void add_number(struct buffer *out, const char *key, uint64_t n) {
    buffer_addf(out, ",\"%s\":%llu", key, (unsigned long long)n);
}

static void add_workers(const struct watcher *w, struct buffer *out) {
    static const char *const states[] = {"starting", "loaded", "opening", "ready", "gone"};
    int is_first = 1;
    buffer_add_string(out, ",\"workers\":[");
    for (const struct crew_member *m = w->crew; m; m = m->next) {
        if (m->state == CREW_GONE)
            continue;
        buffer_addf(out, "%s{\"pid\":%ld,\"state\":\"%s\",\"files\":%llu,\"batches\":%zu,\"private_bytes\":%llu}",
                    is_first ? "" : ",", (long)(m->pid ? m->pid : getpid()),
                    m->is_retiring ? "retiring" : states[m->state], (unsigned long long)m->files, m->n_batches,
                    (unsigned long long)crew_private_bytes(m));
        is_first = 0;
    }
    buffer_add_char(out, ']');
}

void status_write(const struct watcher *w, struct buffer *out) {
    const struct tally *t = &w->tally;
    const char *why = ailment(w);
    buffer_addf(out, "{\"pid\":%ld,\"version\":\"%s\",\"pipeline\":", (long)getpid(), TEXTMILL_VERSION);
    json_write_text(out, w->options->pipeline, strlen(w->options->pipeline));
    buffer_addf(out, ",\"status\":\"%s\",\"why\":", w->stops ? "stopping" : why ? "degraded" : "ok");
    if (why)
        json_write_text(out, why, strlen(why));
    else
        buffer_add_string(out, "null");
    buffer_addf(out, ",\"up_seconds\":%.0f,\"inbox\":", seconds_since(w->started));
    json_write_text(out, w->root.inbox_path, strlen(w->root.inbox_path));
    buffer_add_string(out, ",\"out\":");
    json_write_text(out, w->root.out_path, strlen(w->root.out_path));
    buffer_addf(out, ",\"mode\":\"%s\",\"file_system\":\"%s\",\"durability\":\"%s\",\"breaker\":\"%s\"",
                inbox_mode(&w->inbox), w->root.file_system, durability_name(w), breaker_name(w));
    add_number(out, "candidates", w->inbox.n);
    add_number(out, "waiting", w->waiting.n + w->alone.n);
    add_number(out, "working", w->in_hand);
    add_number(out, "finished", w->finished.n);
    buffer_addf(out, ",\"oldest_seconds\":%.3f", seconds_since(oldest(w)));
    add_number(out, "files", t->files);
    add_number(out, "published", t->published);
    add_number(out, "failed", t->failed);
    add_number(out, "dropped", t->dropped);
    add_number(out, "quarantined", t->refused);
    add_number(out, "bytes_in", t->bytes_in);
    add_number(out, "bytes_out", t->bytes_out);
    add_number(out, "commits", t->commits);
    add_number(out, "crashes", t->crashes);
    add_number(out, "timeouts", t->timeouts);
    add_number(out, "memory_kills", t->memory);
    add_number(out, "worker_ends", t->respawns);
    add_number(out, "reloads", t->reloads);
    add_number(out, "scans", w->inbox.scans);
    add_number(out, "overflows", w->inbox.overflows);
    add_number(out, "refused_entries", w->inbox.refused);
    add_workers(w, out);
    buffer_add_string(out, ",\"plugins\":");
    recipe_write(&w->recipe, out);
    buffer_add_string(out, "}\n");
}

static void metric(struct buffer *out, const char *name, const char *type, const char *help, double value) {
    buffer_addf(out, "# HELP textmill_%s %s\n# TYPE textmill_%s %s\ntextmill_%s ", name, help, name, type, name);
    json_write_number(out, value, 6);
    buffer_add_char(out, '\n');
}

static void add_histograms(const struct watcher *w, struct buffer *out) {
    buffer_add_string(out, "# HELP textmill_stage_seconds time of one document in one stage\n"
                           "# TYPE textmill_stage_seconds histogram\n");
    for (size_t i = 0; i < w->n_stages; i++) {
        uint64_t counts[ENGINE_TIMES + 1], sum = 0;
        memcpy(counts, w->gone_times[i], sizeof counts);
        for (const struct crew_member *m = w->crew; m; m = m->next) {
            if (m->state == CREW_GONE || m->generation != w->generation)
                continue;
            for (size_t j = 0; j < ENGINE_TIMES; j++)
                counts[j] += atomic_load(&m->shared->times[i].buckets[j]);
            counts[ENGINE_TIMES] += atomic_load(&m->shared->times[i].nanoseconds);
        }
        for (size_t j = 0; j < ENGINE_TIMES; j++) {
            sum += counts[j];
            buffer_addf(out, "textmill_stage_seconds_bucket{stage=\"%s\",le=\"", w->stages[i].id);
            if (j + 1 < ENGINE_TIMES)
                json_write_number(out, (double)engine_time_limits[j] / 1e9, 6);
            else
                buffer_add_string(out, "+Inf");
            buffer_addf(out, "\"} %llu\n", (unsigned long long)sum);
        }
        buffer_addf(out, "textmill_stage_seconds_sum{stage=\"%s\"} ", w->stages[i].id);
        json_write_number(out, (double)counts[ENGINE_TIMES] / 1e9, 6);
        buffer_addf(out, "\ntextmill_stage_seconds_count{stage=\"%s\"} %llu\n", w->stages[i].id,
                    (unsigned long long)sum);
    }
}

void metrics_text(const struct watcher *w, struct buffer *out) {
    const struct tally *t = &w->tally;
    const struct {
        const char *name, *type, *help;
        double value;
    } rows[] = {
        {"files_total", "counter", "files brought to their end", (double)t->files},
        {"documents_published_total", "counter", "documents published", (double)t->published},
        {"documents_failed_total", "counter", "documents that failed", (double)t->failed},
        {"documents_dropped_total", "counter", "documents that a stage dropped", (double)t->dropped},
        {"files_quarantined_total", "counter", "files put into quarantine", (double)t->refused},
        {"bytes_in_total", "counter", "bytes of inputs", (double)t->bytes_in},
        {"bytes_out_total", "counter", "bytes of results", (double)t->bytes_out},
        {"commits_total", "counter", "batches committed", (double)t->commits},
        {"worker_crashes_total", "counter", "workers brought down by a document", (double)t->crashes},
        {"worker_timeouts_total", "counter", "workers ended because a stage did not come back", (double)t->timeouts},
        {"worker_memory_kills_total", "counter", "workers ended because of their memory", (double)t->memory},
        {"worker_ends_total", "counter", "workers that ended, for whatever reason", (double)t->respawns},
        {"reloads_total", "counter", "pipelines taken over while running", (double)t->reloads},
        {"inotify_overflows_total", "counter", "bursts that inotify could not hold; a scan found the files",
         (double)w->inbox.overflows},
        {"scans_total", "counter", "scans of the inbox", (double)w->inbox.scans},
        {"refused_entries_total", "counter", "entries of the inbox that are no plain files", (double)w->inbox.refused},
        {"inbox_candidates", "gauge", "files in the inbox that are looked at", (double)w->inbox.n},
        {"queue_waiting", "gauge", "files claimed and waiting for a worker", (double)(w->waiting.n + w->alone.n)},
        {"queue_working", "gauge", "files that workers have", (double)w->in_hand},
        {"queue_finished", "gauge", "files waiting for their commit", (double)w->finished.n},
        {"oldest_waiting_seconds", "gauge", "how long the oldest file known has waited for a worker",
         seconds_since(oldest(w))},
        {"breaker_open", "gauge", "1 while the breaker is open", w->breaker != BREAKER_CLOSED},
        {"degraded", "gauge", "1 while /healthz says so", ailment(w) != NULL},
        {"poll_mode", "gauge", "1 where inotify does not serve", w->inbox.is_polling},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        metric(out, rows[i].name, rows[i].type, rows[i].help, rows[i].value);
    add_histograms(w, out);
}
