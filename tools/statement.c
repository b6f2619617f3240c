/* Tells kinds of statements apart with lists of patterns (head.h); the first that matches counts.
 * Knows PostgreSQL's commands; knows nothing of files and of what is done about each kind. */
#include "statement.h"

#include <string.h>

typedef struct rule {
  const char *pattern; /* NULL ends a list */
  const char *name;
} rule;

/* Exceptions, so they are looked at first. */
static const rule plain[] = {
    {"ROLLBACK [TRANSACTION|WORK] TO",                          NULL},
    {"REINDEX ( * CONCURRENTLY FALSE|OFF|0 * ) INDEX|TABLE",    NULL},
    {"CREATE SUBSCRIPTION * CONNECT|CREATE_SLOT = FALSE|OFF|0", NULL},
    {"ALTER SUBSCRIPTION * REFRESH = FALSE|OFF|0",              NULL},
    {NULL,                                                      NULL},
};
static const rule copy_in[] = {
    {"COPY * FROM STDIN|STDOUT", "COPY FROM stdin"},
    {NULL,                       NULL             }
};
static const rule copy_out[] = {
    {"COPY * TO STDIN|STDOUT", "COPY TO stdout"},
    {NULL,                     NULL            }
};
static const rule begin[] = {
    {"BEGIN [TRANSACTION|WORK] $", "BEGIN"            },
    {"START TRANSACTION $",        "START TRANSACTION"},
    {NULL,                         NULL               },
};
static const rule begin_options[] = {
    {"BEGIN",             "BEGIN"            },
    {"START TRANSACTION", "START TRANSACTION"},
    {NULL,                NULL               },
};
static const rule commit[] = {
    {"COMMIT [TRANSACTION|WORK] $",              "COMMIT"},
    {"COMMIT [TRANSACTION|WORK] AND NO CHAIN $", "COMMIT"},
    {"END [TRANSACTION|WORK] $",                 "END"   },
    {"END [TRANSACTION|WORK] AND NO CHAIN $",    "END"   },
    {NULL,                                       NULL    },
};
static const rule rollback[] = {
    {"ROLLBACK [TRANSACTION|WORK] $",              "ROLLBACK"},
    {"ROLLBACK [TRANSACTION|WORK] AND NO CHAIN $", "ROLLBACK"},
    {"ABORT [TRANSACTION|WORK] $",                 "ABORT"   },
    {"ABORT [TRANSACTION|WORK] AND NO CHAIN $",    "ABORT"   },
    {NULL,                                         NULL      },
};
static const rule chain[] = {
    {"COMMIT|END [TRANSACTION|WORK] AND CHAIN",     "COMMIT AND CHAIN"  },
    {"ROLLBACK|ABORT [TRANSACTION|WORK] AND CHAIN", "ROLLBACK AND CHAIN"},
    {NULL,                                          NULL                },
};
static const rule prepare[] = {
    {"PREPARE TRANSACTION", "PREPARE TRANSACTION"},
    {NULL,                  NULL                 },
};
static const rule transaction[] = {
    {"COMMIT",   "COMMIT"  },
    {"END",      "END"     },
    {"ROLLBACK", "ROLLBACK"},
    {"ABORT",    "ABORT"   },
    {NULL,       NULL      },
};

/* Where PostgreSQL 10 to 18 call PreventInTransactionBlock, as far as the text shows it. */
static const rule concurrently[] = {
    {"CREATE [UNIQUE] INDEX CONCURRENTLY",            "CREATE INDEX CONCURRENTLY"    },
    {"DROP INDEX CONCURRENTLY",                       "DROP INDEX CONCURRENTLY"      },
    {"REINDEX INDEX|TABLE CONCURRENTLY",              "REINDEX CONCURRENTLY"         },
    {"REINDEX ( * CONCURRENTLY * ) INDEX|TABLE",      "REINDEX CONCURRENTLY"         },
    {"REINDEX ( * ) INDEX|TABLE CONCURRENTLY",        "REINDEX CONCURRENTLY"         },
    {"ALTER TABLE * DETACH PARTITION * CONCURRENTLY", "DETACH PARTITION CONCURRENTLY"},
    {NULL,                                            NULL                           },
};
static const rule no_transaction[] = {
    {"COMMIT PREPARED",                                       "COMMIT PREPARED"                  },
    {"ROLLBACK PREPARED",                                     "ROLLBACK PREPARED"                },
    {"REINDEX DATABASE|SYSTEM|SCHEMA",                        "REINDEX of more than a table"     },
    {"REINDEX ( * ) DATABASE|SYSTEM|SCHEMA",                  "REINDEX of more than a table"     },
    {"VACUUM",                                                "VACUUM"                           },
    {"ALTER SYSTEM",                                          "ALTER SYSTEM"                     },
    {"ALTER DATABASE * SET TABLESPACE",                       "ALTER DATABASE SET TABLESPACE"    },
    {"CREATE DATABASE",                                       "CREATE DATABASE"                  },
    {"DROP DATABASE",                                         "DROP DATABASE"                    },
    {"CREATE TABLESPACE",                                     "CREATE TABLESPACE"                },
    {"DROP TABLESPACE",                                       "DROP TABLESPACE"                  },
    {"CREATE SUBSCRIPTION",                                   "CREATE SUBSCRIPTION"              },
    {"ALTER SUBSCRIPTION * REFRESH|SET|ADD|DROP PUBLICATION", "ALTER SUBSCRIPTION with a refresh"},
    {"DROP SUBSCRIPTION",                                     "DROP SUBSCRIPTION"                },
    {"DISCARD ALL",                                           "DISCARD ALL"                      },
    {"CLUSTER [VERBOSE] $",                                   "CLUSTER without a table"          },
    {"CLUSTER ( ) $",                                         "CLUSTER without a table"          },
    {NULL,                                                    NULL                               },
};

/* In the order in which they are tried. */
static const struct {
  statement_kind kind;
  const rule *rules;
} kinds[] = {
    {STATEMENT_PLAIN,          plain         },
    {STATEMENT_COPY_IN,        copy_in       },
    {STATEMENT_COPY_OUT,       copy_out      },
    {STATEMENT_BEGIN,          begin         },
    {STATEMENT_BEGIN_OPTIONS,  begin_options },
    {STATEMENT_COMMIT,         commit        },
    {STATEMENT_ROLLBACK,       rollback      },
    {STATEMENT_CHAIN,          chain         },
    {STATEMENT_PREPARE,        prepare       },
    {STATEMENT_CONCURRENTLY,   concurrently  },
    {STATEMENT_NO_TRANSACTION, no_transaction},
    {STATEMENT_TRANSACTION,    transaction   },
};

statement_class statement_classify(const head *h)
{
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
    for (const rule *r = kinds[i].rules; r->pattern != NULL; r++) {
      size_t last = 0;
      if (head_matches(h, r->pattern, &last)) {
        size_t at = kinds[i].kind == STATEMENT_CONCURRENTLY ? last : 0;
        return (statement_class){kinds[i].kind, r->name, h->tokens[at].start};
      }
    }
  }
  return (statement_class){.kind = STATEMENT_PLAIN};
}

bool statement_sets(const head *h)
{
  return !head_matches(h, "SET CONSTRAINTS|TRANSACTION", NULL) &&
         head_matches(h, "SET|RESET|DISCARD|DO|CALL|EXECUTE|LOAD", NULL);
}

/* The token, as the value of a boolean setting, is one of the ways to say off. */
static bool says_off(const head *h, token t)
{
  if (t.kind == TOKEN_STRING || t.kind == TOKEN_NAME) {
    t = (token){TOKEN_WORD, t.start + 1, t.end - 1};
  }
  return token_is(h->sql, t, "off") || token_is(h->sql, t, "false") || token_is(h->sql, t, "no") ||
         token_is(h->sql, t, "0");
}

bool statement_std_strings(const head *h, bool now)
{
  size_t last = 0;
  if (head_matches(h, "SET [SESSION|LOCAL] STANDARD_CONFORMING_STRINGS =|TO", &last)) {
    return last + 1 >= h->count || !says_off(h, h->tokens[last + 1]);
  }
  if (head_matches(h, "RESET STANDARD_CONFORMING_STRINGS|ALL", NULL)) {
    return true;
  }
  return now;
}
