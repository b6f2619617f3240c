/* record.c - one event, written down. docs/json.md has what each says. */
#include "record.h"

#include "json.h"

static void put_planned(json *j, const embark_event *e, const embark_migration *m, int64_t us)
{
  (void)m;
  (void)us;
  json_put_number(j, "steps", e->steps);
  json_put_hazards(j, "hazards", e->hazards);
}

static void put_step(json *j, const embark_event *e)
{
  json_put_text(j, "tag", e->tag);
  json_put_count(j, "step", e->step);
  json_put_count(j, "steps", e->steps);
}

static void put_started(json *j, const embark_event *e, const embark_migration *m, int64_t us)
{
  (void)us;
  put_step(j, e);
  json_put_text(j, "file", m != NULL ? m->file : NULL);
  json_put_number(j, "statements", m != NULL ? m->statement_count : 0);
  json_put_hazards(j, "hazards", e->hazards);
}

static void put_statement(json *j, const embark_event *e, const embark_migration *m, int64_t us)
{
  (void)m;
  (void)us;
  put_step(j, e);
  json_put_number(j, "statement", e->statement);
  json_put_number(j, "statements", e->statements);
}

static void put_applied(json *j, const embark_event *e, const embark_migration *m, int64_t us)
{
  (void)m;
  put_step(j, e);
  json_put_duration(j, "duration_ms", us);
}

static void put_message(json *j, const embark_event *e)
{
  json_put_excerpt(j, "message", e->message, RECORD_MESSAGE_MOST);
}

static void put_notice(json *j, const embark_event *e, const embark_migration *m, int64_t us)
{
  (void)us;
  json_put_text(j, "tag", m != NULL ? m->tag : NULL);
  json_put_text(j, "severity", e->severity);
  json_put_text(j, "sqlstate", e->sqlstate);
  put_message(j, e);
}

static void put_lock_wait(json *j, const embark_event *e, const embark_migration *m, int64_t us)
{
  (void)m;
  (void)us;
  json_put_count(j, "holder_pid", e->holder_pid);
  put_message(j, e);
  json_put_number(j, "done", e->done);
  json_put_number(j, "total", e->total);
}

static void put_retry(json *j, const embark_event *e, const embark_migration *m, int64_t us)
{
  (void)m;
  (void)us;
  json_put_text(j, "tag", e->tag);
  put_message(j, e);
}

static void put_resumed(json *j, const embark_event *e, const embark_migration *m, int64_t us)
{
  (void)m;
  (void)us;
  json_put_text(j, "tag", e->tag);
  json_put_count(j, "statement", e->statement);
  put_message(j, e);
}

typedef struct kind {
  const char *name;
  void (*put)(json *j, const embark_event *e, const embark_migration *m, int64_t us);
} kind;

static const kind kinds[] = {
    [EMBARK_EVENT_PLANNED] = {"planned",   put_planned  },
    [EMBARK_EVENT_STARTED] = {"started",   put_started  },
    [EMBARK_EVENT_STATEMENT] = {"statement", put_statement},
    [EMBARK_EVENT_APPLIED] = {"applied",   put_applied  },
    [EMBARK_EVENT_NOTICE] = {"notice",    put_notice   },
    [EMBARK_EVENT_LOCK_WAIT] = {"lock_wait", put_lock_wait},
    [EMBARK_EVENT_RETRY] = {"retry",     put_retry    },
    [EMBARK_EVENT_DONE] = {NULL,        NULL         },
    [EMBARK_EVENT_RESUMED] = {"resumed",   put_resumed  },
};

static void put_frame(text *out, const char *name, const text *data)
{
  text_printf(out, "event: %s\ndata: ", name);
  out->failed = out->failed || data->failed;
  text_put(out, text_string(data), data->size);
  text_puts(out, "\n\n");
}

void record_put(text *out, const embark_event *event, const embark_migration *m,
                int64_t duration_us)
{
  size_t type = (size_t)event->type;
  json j = {0};
  if (type >= sizeof kinds / sizeof kinds[0] || kinds[type].name == NULL) {
    return;
  }
  json_begin(&j, NULL);
  kinds[type].put(&j, event, m, duration_us);
  json_put_number(&j, "elapsed_ms", event->elapsed_ms);
  json_end(&j);
  put_frame(out, kinds[type].name, &j.out);
  json_free(&j);
}

void record_put_warning(text *out, int64_t elapsed_ms, const char *message)
{
  embark_event event = {.type = EMBARK_EVENT_NOTICE,
                        .elapsed_ms = elapsed_ms,
                        .severity = "WARNING",
                        .message = message};
  record_put(out, &event, NULL, -1);
}

void record_put_result(text *out, const text *document)
{
  put_frame(out, "result", document);
}
