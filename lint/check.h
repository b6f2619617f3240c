/* check.h - what a rule sees of the statement it looks at, and how it says what it found. */
#ifndef EMBARK_LINT_CHECK_H
#define EMBARK_LINT_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "catalog.h"
#include "finding.h"
#include "pack.h"
#include "text.h"
#include "tree.h"

/* What a statement does to a table that was there before the migration: kept for the rules that
 * look at a whole migration. */
typedef struct touch {
  size_t statement;
  size_t object; /* number in the catalog; 0: a table older than the folder */
  char *about;   /* "public.users" */
  lock_mode lock;
  work work;
  bool is_data;       /* it reads or writes rows in proportion to the table: UPDATE, DELETE ... */
  size_t at;          /* the byte of the file */
  size_t transaction; /* counts the transactions of the migration, which may be several in one
                         without a transaction of its own; 0: none is open */
} touch;

typedef struct touches {
  touch *items;
  size_t count;
  size_t capacity;
} touches;

typedef struct check {
  const pack *pack;       /* the folder */
  const catalog *catalog; /* what is there before the statement */
  const migration *of;
  size_t migration;   /* its index */
  size_t statement;   /* index into of->script; that of the last one at a migration's end */
  size_t transaction; /* as in touch */
  const tree *tree;   /* of the statement; at a migration's end NULL */
  size_t base;        /* the byte of the file that the tree's places count from */
  bool is_inner;      /* the statement stands inside a DO */
  bool is_elsewhere;  /* and its text is nowhere in the file: it has no places */
  bool adds_labels;   /* the migration has added a label to an enum */
  touches touches;    /* of the migration so far */
  findings *out;
} check;

/* What a family looks at in statements of a kind, "IndexStmt". */
typedef struct statement_look {
  const char *kind;
  void (*at)(check *c);
} statement_look;

/* Call those of the `count` looks that are for the statement's kind. */
void check_choose(check *c, const statement_look *looks, size_t count);

/* The text of statement `index` of a migration, to be freed. */
char *check_sql(const migration *m, size_t index);

/* Read statement `index` of a migration, which may be another than the one at hand. `t` is to be
 * freed. */
void check_read(tree *t, const migration *m, size_t index);

/* What a finding is about. */
typedef struct subject {
  const object *object; /* NULL: nothing that the folder made */
  const char *schema;   /* NULL: none given */
  const char *name;     /* NULL: nothing with a name */
  size_t made_by;       /* 0: as the object has it */
  bool is_older;        /* it may be older than the folder, whatever the object has */
} subject;

/* The table or view of a RangeVar. */
subject subject_of_range(const check *c, json_t *range);

/* The object of that kind that a list of names, or an item of DROP's list, names. */
subject subject_of_names(const check *c, object_kind kind, json_t *names);

/* The same for a statement that destroys what the subject holds, which may be older than itself.
 * named: the column of it that is meant; NULL: all of it, or one that is not known. */
subject subject_as_data(const check *c, subject s, const column *named);

/* An identifier as SQL has it, quoted where that is needed; and the name of a subject, with the
 * schema that was given. For the better statements. */
void name_put(text *out, const char *name);
void subject_put_name(text *out, const subject *s);

/* It is the migration's own making, or temporary: nobody else can know it yet. */
bool subject_is_new(const check *c, const subject *s);

/* Report that the statement breaks rule `r` at `place`, bytes into the tree's text. Rules that are
 * about what exists say nothing of new subjects. better: SQL or a sentence; NULL: none. The message
 * is as finding.message. */
void check_report(check *c, const rule *r, size_t place, const subject *about, const char *better,
                  const char *format, ...) __attribute__((format(printf, 6, 7)));

/* Keep that the statement takes `lock` on a table that is not new. */
void check_touch(check *c, const subject *about, lock_mode lock, work w, bool is_data,
                 size_t place);

/* Say whether a statement is what is looked for. */
typedef bool check_test(const tree *t, const void *data);

/* This statement of the migration, or one behind it, has `word` in its text and passes the test;
 * what stands in DO counts. */
bool check_follows(const check *c, const char *word, check_test *test, const void *data);

/* This statement, or one behind it in the migration, gives something the name: what is dropped or
 * renamed is put in its place again. */
bool check_is_replaced(const check *c, const char *name);

/* Where the word `name` stands in the statement's text, quoted or not, from `place` on: for parts
 * of a tree that have no place of their own. `place` when it is not found. */
size_t check_find_word(const check *c, const char *name, size_t place);

#endif
