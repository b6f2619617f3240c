/* Collects a statement's first tokens and matches them with patterns. Knows no command of SQL but
 * the three whose parentheses it must look into. */
#include "head.h"

#include <string.h>

static bool keeps_parentheses(const head *h)
{
  return head_matches(h, "REINDEX", NULL) || head_matches(h, "CREATE|ALTER SUBSCRIPTION", NULL);
}

void head_add(head *h, token t, size_t depth)
{
  if (h->count < HEAD_MAX && (depth == 0 || keeps_parentheses(h))) {
    h->tokens[h->count++] = t;
  }
}

static bool word_is(const head *h, size_t at, const char *word, size_t size)
{
  char lower[32];
  if (size >= sizeof lower) {
    return false;
  }
  for (size_t i = 0; i < size; i++) {
    char c = word[i];
    lower[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
  }
  lower[size] = '\0';
  return token_is(h->sql, h->tokens[at], lower);
}

/* The token at `at` is one of the words in A|B|C. */
static bool one_of(const head *h, size_t at, const char *words, size_t size)
{
  if (at >= h->count) {
    return false;
  }
  const char *end = words + size;
  for (;;) {
    const char *bar = memchr(words, '|', (size_t)(end - words));
    const char *stop = bar != NULL ? bar : end;
    if (word_is(h, at, words, (size_t)(stop - words))) {
      return true;
    }
    if (bar == NULL) {
      return false;
    }
    words = bar + 1;
  }
}

static bool matches(const head *h, size_t at, const char *pattern, size_t *last)
{
  while (*pattern == ' ') {
    pattern++;
  }
  size_t size = strcspn(pattern, " ");
  const char *rest = pattern + size;
  if (size == 0) {
    return true;
  }
  if (*pattern == '$') {
    return at == h->count;
  }
  if (*pattern == '*') {
    for (; at <= h->count; at++) {
      if (matches(h, at, rest, last)) {
        return true;
      }
    }
    return false;
  }
  if (*pattern == '[') {
    bool present = one_of(h, at, pattern + 1, size - 2);
    return (present && matches(h, at + 1, rest, last)) || matches(h, at, rest, last);
  }
  size_t mine = at;
  if (!one_of(h, at, pattern, size) || !matches(h, at + 1, rest, &mine)) {
    return false;
  }
  if (last != NULL) {
    *last = mine;
  }
  return true;
}

bool head_matches(const head *h, const char *pattern, size_t *last)
{
  return matches(h, 0, pattern, last);
}

bool head_take(const head *h, size_t *at, const char *words)
{
  size_t next = *at;
  while (*words != '\0') {
    size_t size = strcspn(words, " ");
    if (!one_of(h, next++, words, size)) {
      return false;
    }
    words += size + (words[size] == ' ');
  }
  *at = next;
  return true;
}
