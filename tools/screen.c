/* screen.c - terminals by what every one of them understands: a few colours of ECMA-48. */
#include "screen.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>

#include "utf8.h"

/* --- streams ---------------------------------------------------------------------------------- */

void screen_measure(screen *s)
{
#ifdef TIOCGWINSZ
  struct winsize size;
  if (s->is_terminal && ioctl(fileno(s->file), TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    s->width = size.ws_col;
  }
#else
  (void)s;
#endif
}

void screen_open(screen *s, FILE *file, bool no_color)
{
  const char *forbidden = getenv("NO_COLOR");
  const char *term = getenv("TERM");
  s->file = file;
  s->width = 80;
  s->is_terminal = isatty(fileno(file)) == 1;
  s->can_redraw = s->is_terminal && term != NULL && strcmp(term, "dumb") != 0;
  s->has_color = s->can_redraw && !no_color && (forbidden == NULL || forbidden[0] == '\0');
  screen_measure(s);
}

void screen_put(const screen *s, text *out, screen_style style, const char *string)
{
  static const char *const codes[] = {[STYLE_PLAIN] = "",  [STYLE_GOOD] = "32", [STYLE_BAD] = "31",
                                      [STYLE_WARN] = "33", [STYLE_DIM] = "2",   [STYLE_BOLD] = "1"};
  if (!s->has_color || style == STYLE_PLAIN || string[0] == '\0') {
    text_puts(out, string);
    return;
  }
  text_printf(out, "\033[%sm%s\033[0m", codes[style], string);
}

int screen_flush(const screen *s, text *t)
{
  bool whole = !t->failed && fwrite(text_string(t), 1, t->size, s->file) == t->size;
  text_free(t);
  return fflush(s->file) == 0 && whole ? 0 : -1;
}

/* --- columns ---------------------------------------------------------------------------------- */

typedef struct range {
  unsigned long first;
  unsigned long last;
} range;

/* East Asian wide and emoji blocks; what a terminal does about the rest is its own affair. */
static const range wide[] = {
    {0x1100,  0x115f },
    {0x2e80,  0xa4cf },
    {0xac00,  0xd7a3 },
    {0xf900,  0xfaff },
    {0xfe30,  0xfe6f },
    {0xff00,  0xff60 },
    {0x1f300, 0x1faff},
    {0x20000, 0x3fffd}
};

/* Marks that stand on the character before them. */
static const range combining[] = {
    {0x0300,  0x036f },
    {0x0483,  0x0489 },
    {0x0591,  0x05bd },
    {0x064b,  0x065f },
    {0x1ab0,  0x1aff },
    {0x1dc0,  0x1dff },
    {0x200b,  0x200d },
    {0x20d0,  0x20ff },
    {0xfe00,  0xfe0f },
    {0xfe20,  0xfe2f },
    {0xe0100, 0xe01ef}
};

/* Controls, and what turns the direction of writing: text could look like another. */
static const range unprintable[] = {
    {0x00,   0x1f  },
    {0x7f,   0x9f  },
    {0x200e, 0x200f},
    {0x2028, 0x202e},
    {0x2066, 0x2069}
};

#define IS_IN(ranges, c) is_in(ranges, sizeof(ranges) / sizeof(ranges)[0], c)

static bool is_in(const range *ranges, size_t count, unsigned long c)
{
  for (size_t i = 0; i < count; i++) {
    if (c >= ranges[i].first && c <= ranges[i].last) {
      return true;
    }
  }
  return false;
}

/* The character of `size` valid bytes. */
static unsigned long decode(const char *p, size_t size)
{
  static const unsigned char first[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
  unsigned long c = (unsigned char)p[0] & first[size];
  for (size_t i = 1; i < size; i++) {
    c = c << 6 | ((unsigned char)p[i] & 0x3fu);
  }
  return c;
}

int screen_step(const char **at)
{
  size_t size = utf8_size(*at, strnlen(*at, 4));
  unsigned long c = size > 0 ? decode(*at, size) : 0;
  *at += size > 0 ? size : 1;
  return IS_IN(combining, c) ? 0 : IS_IN(wide, c) ? 2 : 1;
}

int screen_columns(const char *string)
{
  int columns = 0;
  while (*string != '\0') {
    columns += screen_step(&string);
  }
  return columns;
}

void screen_cut(text *out, const char *string, int columns)
{
  const char *at = string;
  const char *fits = string; /* up to here there is room for the dots behind it */
  int used = 0;
  while (*at != '\0') {
    used += screen_step(&at);
    if (used > columns) {
      text_put(out, string, (size_t)(fits - string));
      text_printf(out, "%.*s", columns < 3 ? columns : 3, "...");
      return;
    }
    if (used <= columns - 3) {
      fits = at;
    }
  }
  text_puts(out, string);
}

/* --- texts of others -------------------------------------------------------------------------- */

/* Append the character at `p`; returns its bytes. */
static size_t put_clean(text *out, const char *p)
{
  size_t size = utf8_size(p, strnlen(p, 4));
  if (size == 0 || IS_IN(unprintable, decode(p, size))) {
    text_putc(out, '?');
    return size > 0 ? size : 1;
  }
  text_put(out, p, size);
  return size;
}

void screen_clean(text *out, const char *string)
{
  while (*string != '\0') {
    if (*string == '\n' || *string == '\t') {
      text_putc(out, *string++);
    } else {
      string += put_clean(out, string);
    }
  }
}

void screen_clean_line(text *out, const char *string)
{
  static const char blanks[] = " \t\r\n\v\f";
  string += strspn(string, blanks);
  while (*string != '\0') {
    size_t blank = strspn(string, blanks);
    if (blank > 0) {
      string += blank;
      if (*string != '\0') {
        text_putc(out, ' ');
      }
    } else {
      string += put_clean(out, string);
    }
  }
}
