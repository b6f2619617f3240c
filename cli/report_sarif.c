/* report_sarif.c - one function an object of the standard, named after it. */
#include "report_sarif.h"

#include <string.h>

#include "document.h"
#include "hash.h"
#include "hazard_words.h"
#include "page.h"

#define SCHEMA "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"

/* Texts of messages must not be empty. */
static json_t *message(const char *string)
{
  return json_pack("{s:o}", "text", document_text(string[0] != '\0' ? string : "-"));
}

/* --- places ----------------------------------------------------------------------------------- */

static bool is_unreserved(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         (c != '\0' && strchr("-._~/", c) != NULL);
}

void report_sarif_uri(text *out, const char *path)
{
  text_puts(out, path[0] == '/' ? "file://" : "");
  for (; *path != '\0'; path++) {
    if (is_unreserved(*path)) {
      text_putc(out, *path);
    } else {
      text_printf(out, "%%%02X", (unsigned)(unsigned char)*path);
    }
  }
}

static json_t *location(const finding *f, const pack *p)
{
  const source *src = &p->migrations.items[f->migration].source;
  source_place place = source_find(src, f->at);
  text uri = {0};
  report_sarif_uri(&uri, src->path);
  json_t *out = json_pack("{s:{s:{s:s}, s:{s:I, s:I}}}", "physicalLocation", "artifactLocation",
                          "uri", text_string(&uri), "region", "startLine", (json_int_t)place.line,
                          "startColumn", (json_int_t)place.column);
  text_free(&uri);
  return out;
}

/* --- rules ------------------------------------------------------------------------------------ */

static json_t *reporting_descriptor(const rule *r)
{
  const char *body = page_of(r->name);
  json_t *help = message(body != NULL ? body : r->summary);
  json_object_set_new(help, "markdown", document_text(body != NULL ? body : r->summary));
  return json_pack("{s:s, s:o, s:o, s:{s:s}, s:{s:o, s:s, s:s}}", "id", r->name, "shortDescription",
                   message(r->summary), "help", help, "defaultConfiguration", "level",
                   severity_name(r->severity), "properties", "hazards", hazards_json(r->hazards),
                   "lock", lock_mode_name(r->lock), "work", work_name(r->work));
}

/* The rule's place in `rules`, to which it is added when it is not there. */
static size_t rule_index(json_t *rules, const rule *r)
{
  for (size_t i = 0; i < json_array_size(rules); i++) {
    const char *id = json_string_value(json_object_get(json_array_get(rules, i), "id"));
    if (id != NULL && strcmp(id, r->name) == 0) {
      return i;
    }
  }
  json_array_append_new(rules, reporting_descriptor(r));
  return json_array_size(rules) - 1;
}

/* --- results ---------------------------------------------------------------------------------- */

/* The same finding has the same one when lines are added above it. seen: how often each text of
 * this log had its turn. */
static json_t *partial_fingerprints(const finding *f, const pack *p, json_t *seen)
{
  text key = {0};
  text_printf(&key, "%s\n%s\n%s\n%s\n", f->rule->name, p->migrations.items[f->migration].tag,
              f->about, f->message);
  hash base = hash_bytes(text_string(&key), key.size);
  json_int_t times = json_integer_value(json_object_get(seen, base.hex));
  json_object_set_new(seen, base.hex, json_integer(times + 1));
  text_printf(&key, "%lld", (long long)times);
  hash whole = hash_bytes(text_string(&key), key.size);
  text_free(&key);
  return json_pack("{s:s}", "embark/v1", whole.hex);
}

static json_t *result(const selected *one, const pack *p, json_t *rules, json_t *seen)
{
  const finding *f = one->finding;
  json_t *out =
      json_pack("{s:s, s:I, s:s, s:o, s:[o], s:o}", "ruleId", f->rule->name, "ruleIndex",
                (json_int_t)rule_index(rules, f->rule), "level", severity_name(f->rule->severity),
                "message", message(f->message), "locations", location(f, p), "partialFingerprints",
                partial_fingerprints(f, p, seen));
  json_t *properties =
      json_pack("{s:o, s:I}", "tag", document_text(p->migrations.items[f->migration].tag),
                "statement", (json_int_t)f->statement + 1);
  if (f->better[0] != '\0') {
    json_object_set_new(properties, "better", document_text(f->better));
  }
  json_object_set_new(out, "properties", properties);
  if (one->reason != NULL) {
    json_object_set_new(
        out, "suppressions",
        json_pack("[{s:s, s:o}]", "kind", "inSource", "justification", document_text(one->reason)));
  }
  return out;
}

json_t *report_sarif(const selection *sel, const pack *p, const char *version)
{
  json_t *rules = json_array();
  json_t *results = json_array();
  json_t *seen = json_object();
  for (size_t i = 0; i < sel->count; i++) {
    json_array_append_new(results, result(&sel->items[i], p, rules, seen));
  }
  json_decref(seen);
  return json_pack("{s:s, s:s, s:[{s:{s:{s:s, s:s, s:o}}, s:s, s:o}]}", "$schema", SCHEMA,
                   "version", "2.1.0", "runs", "tool", "driver", "name", "embark", "version",
                   version, "rules", rules, "columnKind", "unicodeCodePoints", "results", results);
}
