/* protocol.h - messages of PostgreSQL's protocol, version 3, as a server writes them. */
#ifndef EMBARK_FUZZ_PROTOCOL_H
#define EMBARK_FUZZ_PROTOCOL_H

#include <stddef.h>
#include <stdint.h>

/* Bytes in the making. */
typedef struct wire {
  unsigned char *bytes;
  size_t size, capacity;
} wire;

void wire_put(wire *w, const void *bytes, size_t size);
void wire_free(wire *w);

/* A whole message of type `type`. */
void wire_message(wire *w, char type, const void *body, size_t size);
void wire_text_message(wire *w, char type, const char *text);

void wire_error(wire *w, char type, const char *severity, const char *sqlstate, const char *text);
void wire_parameter(wire *w, const char *name, const char *value);
void wire_ready(wire *w, char status);

/* RowDescription of so many columns of type text. */
void wire_columns(wire *w, unsigned count);

/* A DataRow. A cell may be NULL. */
void wire_row(wire *w, unsigned count, const char *const *cells);

/* CopyInResponse, CopyOutResponse or CopyBothResponse. */
void wire_copy(wire *w, char type);

#endif
