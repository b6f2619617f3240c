/* Media types in headers. Knows qualities (RFC 9110, 12.4.2); does not know any type. */
#include "accept.h"

#include "span.h"

#define QUALITY_MOST 1000

/* A quality in thousandths: "0", "1", each with up to three digits behind a point. What is none is
 * 0: nobody asked for that. */
static int quality_of(span q)
{
  if (q.size == 0 || q.size > 5 || (q.bytes[0] != '0' && q.bytes[0] != '1') ||
      (q.size > 1 && q.bytes[1] != '.')) {
    return 0;
  }
  int value = (q.bytes[0] - '0') * QUALITY_MOST;
  int unit = QUALITY_MOST;
  for (size_t i = 2; i < q.size; i++) {
    if (q.bytes[i] < '0' || q.bytes[i] > '9') {
      return 0;
    }
    unit /= 10;
    value += (q.bytes[i] - '0') * unit;
  }
  return value > QUALITY_MOST ? 0 : value;
}

/* How glad one element of the list is of `type`. */
static int element_quality(span element, const char *type)
{
  if (!span_is(span_trim(span_cut(&element, ';')), type)) {
    return 0;
  }
  while (element.size > 0) {
    span parameter = span_cut(&element, ';');
    if (span_is(span_trim(span_cut(&parameter, '=')), "q")) {
      return quality_of(span_trim(parameter));
    }
  }
  return QUALITY_MOST;
}

static int list_quality(const char *accept, const char *type)
{
  int best = 0;
  span list = span_of(accept);
  while (list.size > 0) {
    int quality = element_quality(span_cut(&list, ','), type);
    best = quality > best ? quality : best;
  }
  return best;
}

bool accept_prefers(const char *accept, const char *type, const char *other)
{
  int quality = list_quality(accept, type);
  return quality > 0 && quality >= list_quality(accept, other);
}

bool content_is_form(const char *content_type)
{
  span s = span_of(content_type);
  return span_is(span_trim(span_cut(&s, ';')), "application/x-www-form-urlencoded");
}
