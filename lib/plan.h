/* plan.h - what is to be done: the whole policy, as a function of plain data. L1, pure.
 *
 * A plan is fed the ledger row by row, in the ledger's order, and then decides. It keeps a byte per
 * migration and copies only of rows that the bundle does not have, so that a ledger of any length
 * can stream through it.
 */
#ifndef EMBARK_PLAN_H
#define EMBARK_PLAN_H

#include <embark.h>

/* A row of a ledger. Texts are borrowed for the call; NULL is SQL's NULL or a column that this kind
 * of ledger does not have. */
typedef struct embark__row {
  const char *tag;        /* native, Drizzle by tag */
  const char *hash;       /* native, Drizzle */
  const char *state;      /* native */
  const char *chain;      /* native */
  const char *outline;    /* native; NULL where the bundle had none */
  int64_t position;       /* native */
  int64_t when_ms;        /* Drizzle: created_at */
  int has_when;           /* Drizzle: 0 when created_at is NULL */
  const char *applied_at; /* native, and asked for by STATUS alone, as the next two */
  const char *applied_by;
  int64_t duration_us; /* -1: not known */
} embark__row;

/* How far an op goes; all zero: as far as there is something to do. */
typedef struct embark__reach {
  uint32_t target; /* the migration that is meant, from 1; 0: none */
  uint32_t steps;  /* no more than so many; 0: no limit */
  uint32_t done;   /* so many of them are done */
  uint32_t bound;  /* the migration, from 1, that the first plan came to; 0: there was none */
} embark__reach;

/* What is known of the database besides the ledger's rows, and what the caller wants. */
typedef struct embark__situation {
  embark_op op;
  uint32_t flags;     /* EMBARK_OUT_OF_ORDER */
  embark_adopt adopt; /* REFUSE or ASSUME */
  int has_ledger;
  int has_tables; /* tables of its own, though no ledger */
  embark__reach reach;
  uint32_t forbid;             /* EMBARK_HAZARD_* */
  const char *const *approved; /* as in the options */
} embark__situation;

/* A row that no migration of the bundle accounts for. */
typedef struct embark__stray {
  const char *name; /* its tag; its hash in a ledger that has no tags; kept by the plan */
  int64_t when_ms;
  int has_when;
} embark__stray;

/* A text of the ledger's that the plan has copied. */
typedef struct embark__kept {
  struct embark__kept *next;
  char text[];
} embark__kept;

typedef struct embark__plan {
  embark_op op; /* that is decided on */
  const embark_bundle *bundle;
  const embark_allocator *alloc;
  unsigned char *state;       /* a PLAN_* for each migration */
  unsigned char *first_state; /* what it was in the run's first plan; NULL: this is that one */
  embark_step *steps;         /* after embark__plan_decide() */
  uint32_t *step_migration;   /* which migration of the bundle each step is */
  uint32_t step_count;
  uint32_t hazards;      /* of all steps */
  uint32_t restamp_from; /* applied migrations from here on get position and chain anew, with the
                            last step; migration_count: none */
  uint32_t restamp_to;   /* but none from here on: of what comes before it, something is not as
                            the chain would say */
  int at_once;           /* all steps are one transaction, and run no statements of a file's */
  int ahead;             /* the ledger knows more than the bundle */
  const char **recorded; /* for each migration the ledger's hash, where it is not the bundle's, else
                            NULL; the whole is NULL when all are */
  embark__stray *strays;
  size_t stray_count;
  size_t stray_capacity;
  size_t tail_from;      /* strays from here on came after every known row */
  int64_t last_position; /* the highest of any row; -1: none */
  int64_t newest;        /* the highest known row's index so far; -1: none */
  uint32_t expected;     /* where the next row is looked for first */
  int64_t found;         /* the migration that the last row is; -1: none */
  int64_t displaced;     /* the one that this migration's row so far turned out to be; -1: none */
  int64_t reordered;     /* the first migration found before one it should follow; -1: none */
  int64_t interrupted;   /* a migration whose row is in a state of another version; -1: none */
  uint32_t *slots;       /* open hash table: index + 1 into the bundle's migrations, 0 is free */
  uint32_t slot_mask;
  embark__kept *kept;
} embark__plan;

/* Start a plan for a ledger of which nothing is known yet. Returns EMBARK_OK or EMBARK_E_MEMORY; in
 * either case embark__plan_free() is due. */
int embark__plan_init(embark__plan *plan, const embark_bundle *bundle,
                      const embark_allocator *alloc) EMBARK_CHECKED;

/* Start the plan anew, of which all may be zero, and keep in mind what was pending in the first one
 * of the run. Returns as embark__plan_init(). */
int embark__plan_renew(embark__plan *plan, const embark_bundle *bundle,
                       const embark_allocator *alloc) EMBARK_CHECKED;

/* Take in the ledger's next row. Returns EMBARK_OK or EMBARK_E_MEMORY. */
int embark__plan_row(embark__plan *plan, const embark__row *row) EMBARK_CHECKED;

/* Decide, once all rows are in. Returns EMBARK_OK with steps and what is below them set; or, with
 * err filled, the code of what is in the way: then there are none, but for EMBARK_E_FORBIDDEN. */
int embark__plan_decide(embark__plan *plan, const embark__situation *now,
                        embark_error *err) EMBARK_CHECKED;

/* Whose statements a step runs: the migration's, or those of what reverts it. */
const embark_migration *embark__plan_script(const embark__plan *plan, uint32_t step);

/* The hash that the ledger has of migration `index`. */
const char *embark__plan_hash(const embark__plan *plan, uint32_t index);

/* Whether the ledger does not have migration `index`. */
int embark__plan_is_pending(const embark__plan *plan, uint32_t index);

/* Whether a step of it runs without a transaction. */
int embark__plan_outside(const embark__plan *plan);

/* Give back all memory. Accepts a plan of zeros. */
void embark__plan_free(embark__plan *plan);

#endif
