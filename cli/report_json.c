/* report_json.c - writes what findings say, and nothing of what it means. */
#include "report_json.h"

#include "document.h"
#include "hazard_words.h"

json_t *report_json_rule(const rule *r)
{
  return json_pack("{s:s, s:s, s:o, s:s, s:s, s:s}", "name", r->name, "severity",
                   severity_name(r->severity), "hazards", hazards_json(r->hazards), "lock",
                   lock_mode_name(r->lock), "work", work_name(r->work), "summary", r->summary);
}

static json_t *finding_of(const selected *one, const pack *p)
{
  const finding *f = one->finding;
  const migration *m = &p->migrations.items[f->migration];
  source_place place = source_find(&m->source, f->at);
  json_t *out = json_pack("{s:s, s:s, s:o, s:o, s:I, s:I, s:I, s:o}", "rule", f->rule->name,
                          "severity", severity_name(f->rule->severity), "tag",
                          document_text(m->tag), "file", document_text(m->file), "statement",
                          (json_int_t)f->statement + 1, "line", (json_int_t)place.line, "column",
                          (json_int_t)place.column, "message", document_text(f->message));
  json_object_set_new(out, "better", document_text(f->better));
  json_object_set_new(out, "hazards", hazards_json(f->rule->hazards));
  json_object_set_new(out, "lock", json_string(lock_mode_name(f->rule->lock)));
  json_object_set_new(out, "work", json_string(work_name(f->rule->work)));
  json_object_set_new(out, "about", document_text(f->about));
  json_object_set_new(out, "allowed", document_text(one->reason));
  return out;
}

json_t *report_json_findings(const selection *sel, const pack *p)
{
  json_t *list = json_array();
  for (size_t i = 0; i < sel->count; i++) {
    json_array_append_new(list, finding_of(&sel->items[i], p));
  }
  return list;
}

json_t *report_json_counts(const selection *sel)
{
  return json_pack("{s:i, s:i, s:i, s:i}", "error", (int)sel->of[SEVERITY_ERROR], "warning",
                   (int)sel->of[SEVERITY_WARNING], "note", (int)sel->of[SEVERITY_NOTE], "allowed",
                   (int)sel->allowed);
}
