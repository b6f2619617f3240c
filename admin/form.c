/* Forms: application/x-www-form-urlencoded, decoded. Knows no field's name. */
#include "form.h"

#include <stdlib.h>
#include <string.h>

#include "span.h"
#include "utf8.h"

/* Decode into `out`, which has room for s.size bytes and a NUL; each takes up no more than it did.
 */
static bool decode(span s, char *out)
{
  size_t size = 0;
  while (s.size > 0) {
    bool encoded = s.bytes[0] == '%';
    int c = encoded ? span_decode(s) : (unsigned char)s.bytes[0];
    if (c <= 0) {
      return false;
    }
    out[size++] = s.bytes[0] == '+' ? ' ' : (char)c;
    s.bytes += encoded ? 3 : 1;
    s.size -= encoded ? 3 : 1;
  }
  out[size] = '\0';
  return utf8_check(out, size) == size;
}

static form_result decode_new(span s, char **out)
{
  *out = malloc(s.size + 1);
  if (*out == NULL) {
    return FORM_MEMORY;
  }
  return decode(s, *out) ? FORM_OK : FORM_BAD;
}

static bool make_room(form *f)
{
  if (f->count < f->capacity) {
    return true;
  }
  size_t capacity = f->capacity == 0 ? 8 : f->capacity * 2;
  form_field *fields = realloc(f->fields, capacity * sizeof *fields);
  if (fields == NULL) {
    return false;
  }
  f->fields = fields;
  f->capacity = capacity;
  return true;
}

static form_result add_field(form *f, span piece)
{
  if (!make_room(f)) {
    return FORM_MEMORY;
  }
  span name = span_cut(&piece, '=');
  form_field *field = &f->fields[f->count];
  *field = (form_field){NULL, NULL};
  f->count++; /* whatever becomes of it, form_free() finds it */
  form_result result = decode_new(name, &field->name);
  return result == FORM_OK ? decode_new(piece, &field->value) : result;
}

form_result form_add(form *f, const char *bytes, size_t size)
{
  span rest = {bytes, size};
  while (rest.size > 0) {
    span piece = span_cut(&rest, '&');
    form_result result = piece.size > 0 ? add_field(f, piece) : FORM_OK;
    if (result != FORM_OK) {
      return result;
    }
  }
  return FORM_OK;
}

const char *form_value(const form *f, const char *name)
{
  for (size_t i = 0; i < f->count; i++) {
    if (strcmp(f->fields[i].name, name) == 0) {
      return f->fields[i].value;
    }
  }
  return NULL;
}

void form_free(form *f)
{
  for (size_t i = 0; i < f->count; i++) {
    free(f->fields[i].name);
    free(f->fields[i].value);
  }
  free(f->fields);
  *f = (form){NULL, 0, 0};
}
