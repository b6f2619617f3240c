/* screen.c - terminals by what every one of them understands: a few colours of ECMA-48. */
#include "screen.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>

static int width_of(int fd)
{
#ifdef TIOCGWINSZ
  struct winsize size;
  if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    return size.ws_col;
  }
#endif
  (void)fd;
  return 80;
}

void screen_open(screen *s, FILE *file, bool no_color)
{
  const char *forbidden = getenv("NO_COLOR");
  const char *term = getenv("TERM");
  s->file = file;
  s->is_terminal = isatty(fileno(file)) == 1;
  s->width = s->is_terminal ? width_of(fileno(file)) : 80;
  s->has_color = s->is_terminal && !no_color && (forbidden == NULL || forbidden[0] == '\0') &&
                 term != NULL && strcmp(term, "dumb") != 0;
}

void screen_put(const screen *s, text *out, screen_style style, const char *string)
{
  static const char *const codes[] = {[STYLE_PLAIN] = "",  [STYLE_GOOD] = "32", [STYLE_BAD] = "31",
                                      [STYLE_WARN] = "33", [STYLE_DIM] = "2",   [STYLE_BOLD] = "1"};
  if (!s->has_color || style == STYLE_PLAIN) {
    text_puts(out, string);
    return;
  }
  text_printf(out, "\033[%sm%s\033[0m", codes[style], string);
}

int screen_flush(const screen *s, text *t)
{
  int status = fputs(text_string(t), s->file) < 0 || fflush(s->file) != 0 ? -1 : 0;
  text_free(t);
  return status;
}

/* East Asian wide and emoji blocks; what a terminal does about the rest is its own affair. */
static int is_wide(unsigned long c)
{
  return (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) ||
         (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
         (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
         (c >= 0x1f300 && c <= 0x1faff) || (c >= 0x20000 && c <= 0x3fffd);
}

int screen_columns(const char *string)
{
  int columns = 0;
  for (const unsigned char *p = (const unsigned char *)string; *p != '\0';) {
    int more = *p >= 0xf0 ? 3 : *p >= 0xe0 ? 2 : *p >= 0xc0 ? 1 : 0;
    unsigned long c = more == 0 ? *p : *p & (0x3fu >> more);
    for (p++; more > 0 && (*p & 0xc0) == 0x80; more--) {
      c = c << 6 | (*p++ & 0x3fu);
    }
    columns += is_wide(c) ? 2 : 1;
  }
  return columns;
}
