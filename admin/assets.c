/* The page. Knows where the file has its gaps; knows nothing else of what stands in it. */
#include "assets.h"

#include <string.h>

static void put_escaped(text *out, const char *string)
{
  for (; *string != '\0'; string++) {
    switch (*string) {
    case '&':
      text_puts(out, "&amp;");
      break;
    case '<':
      text_puts(out, "&lt;");
      break;
    case '>':
      text_puts(out, "&gt;");
      break;
    case '"':
      text_puts(out, "&quot;");
      break;
    case '\'':
      text_puts(out, "&#39;");
      break;
    default:
      text_putc(out, *string);
    }
  }
}

/* Links are relative, so that they also lead here through a proxy that cuts off a part of the path.
 * What has a colon would be taken for one with a scheme. */
static void put_base(text *out, const char *part)
{
  text_puts(out, strchr(part, ':') != NULL ? "./" : "");
  put_escaped(out, part);
}

/* Whether the bytes begin with a mark. */
static bool is_at(const char *bytes, size_t left, const char *mark)
{
  return left >= strlen(mark) && memcmp(bytes, mark, strlen(mark)) == 0;
}

void assets_page(text *out, const char *part, const char *login)
{
  static const char base[] = "@BASE@", who[] = "@LOGIN@";
  const char *bytes = (const char *)asset_html.bytes;
  size_t left = asset_html.size;
  while (left > 0) {
    const char *mark = memchr(bytes, '@', left);
    size_t plain = mark != NULL ? (size_t)(mark - bytes) : left;
    text_put(out, bytes, plain);
    bytes += plain;
    left -= plain;
    size_t taken = left > 0;
    if (is_at(bytes, left, base)) {
      put_base(out, part);
      taken = sizeof base - 1;
    } else if (is_at(bytes, left, who)) {
      put_escaped(out, login);
      taken = sizeof who - 1;
    } else {
      text_put(out, bytes, taken);
    }
    bytes += taken;
    left -= taken;
  }
}
