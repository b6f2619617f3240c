/* form.h - what follows the path, and a form's body: names and values, decoded. */
#ifndef EMBARK_ADMIN_FORM_H
#define EMBARK_ADMIN_FORM_H

#include <stdbool.h>
#include <stddef.h>

typedef struct form_field {
  char *name;
  char *value; /* "" when it has none */
} form_field;

typedef struct form {
  form_field *fields;
  size_t count;
  size_t capacity;
} form;

typedef enum form_result { FORM_OK, FORM_BAD, FORM_MEMORY } form_result;

/* Add the fields of `size` bytes. FORM_BAD: a '%' without two digits, a NUL, no UTF-8. */
form_result form_add(form *f, const char *bytes, size_t size);

/* The value of the first field of that name; NULL: there is none. */
const char *form_value(const form *f, const char *name);

void form_free(form *f);

#endif
