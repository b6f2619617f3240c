/* Writes protocol messages. Knows their layout; knows nothing of when they are due. */
#include "protocol.h"

#include <string.h>

#include "fuzz.h"

void wire_put(wire *w, const void *bytes, size_t size)
{
  if (w->size + size > w->capacity) {
    w->capacity = (w->size + size) * 2 + 256;
    w->bytes = realloc(w->bytes, w->capacity);
    FUZZ_EXPECT(w->bytes != NULL);
  }
  if (size > 0) {
    memcpy(w->bytes + w->size, bytes, size);
  }
  w->size += size;
}

void wire_free(wire *w)
{
  free(w->bytes);
  *w = (wire){0};
}

static void put_number(wire *w, uint32_t number, unsigned bytes)
{
  for (unsigned i = bytes; i > 0; i--) {
    unsigned char byte = (unsigned char)(number >> (8 * (i - 1)));
    wire_put(w, &byte, 1);
  }
}

void wire_message(wire *w, char type, const void *body, size_t size)
{
  wire_put(w, &type, 1);
  put_number(w, (uint32_t)size + 4, 4);
  wire_put(w, body, size);
}

void wire_text_message(wire *w, char type, const char *text)
{
  wire_message(w, type, text, strlen(text) + 1);
}

static void put_field(wire *w, char code, const char *text)
{
  if (text != NULL) {
    wire_put(w, &code, 1);
    wire_put(w, text, strlen(text) + 1);
  }
}

void wire_error(wire *w, char type, const char *severity, const char *sqlstate, const char *text)
{
  wire body = {0};
  put_field(&body, 'S', severity);
  put_field(&body, 'V', severity);
  put_field(&body, 'C', sqlstate);
  put_field(&body, 'M', text);
  wire_put(&body, "", 1);
  wire_message(w, type, body.bytes, body.size);
  wire_free(&body);
}

void wire_parameter(wire *w, const char *name, const char *value)
{
  wire body = {0};
  wire_put(&body, name, strlen(name) + 1);
  wire_put(&body, value, strlen(value) + 1);
  wire_message(w, 'S', body.bytes, body.size);
  wire_free(&body);
}

void wire_ready(wire *w, char status)
{
  wire_message(w, 'Z', &status, 1);
}

void wire_columns(wire *w, unsigned count)
{
  static const unsigned char type_text[] = {0,  0,    0,    0,    0,    0,    0,    0, 0,
                                            25, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0};
  wire body = {0};
  put_number(&body, count, 2);
  for (unsigned i = 0; i < count; i++) {
    wire_put(&body, "c", 2);
    wire_put(&body, type_text, sizeof type_text);
  }
  wire_message(w, 'T', body.bytes, body.size);
  wire_free(&body);
}

void wire_row(wire *w, unsigned count, const char *const *cells)
{
  wire body = {0};
  put_number(&body, count, 2);
  for (unsigned i = 0; i < count; i++) {
    size_t size = cells[i] != NULL ? strlen(cells[i]) : 0;
    put_number(&body, cells[i] != NULL ? (uint32_t)size : UINT32_MAX, 4);
    wire_put(&body, cells[i], size);
  }
  wire_message(w, 'D', body.bytes, body.size);
  wire_free(&body);
}

void wire_copy(wire *w, char type)
{
  static const unsigned char one_text_column[] = {0, 0, 1, 0, 0};
  wire_message(w, type, one_text_column, sizeof one_text_column);
}
