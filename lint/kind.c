/* Knows each kind of statement by name, and why it needs no rule or has one. */
#include "kind.h"

#include <stdlib.h>
#include <string.h>

typedef enum effect {
  EFFECT_UNKNOWN, /* in the table for its reason alone: it would be unknown without a row, too */
  EFFECT_KNOWN,
  EFFECT_QUERY /* known, but for the functions that it calls */
} effect;

typedef struct row {
  const char *kind;
  effect effect;
} row;

/* clang-format off */
/* Sorted by name. */
static const row rows[] = {
    {"AlterCollationStmt",           EFFECT_KNOWN  }, /* a version number in the catalog */
    {"AlterDatabaseRefreshCollStmt", EFFECT_KNOWN  }, /* a version number in the catalog */
    {"AlterDatabaseSetStmt",         EFFECT_KNOWN  }, /* settings of later sessions */
    {"AlterDatabaseStmt",            EFFECT_UNKNOWN}, /* may copy a whole database */
    {"AlterDefaultPrivilegesStmt",   EFFECT_KNOWN  }, /* rights on what is yet to be made */
    {"AlterDomainStmt",              EFFECT_KNOWN  }, /* constraint rules */
    {"AlterEnumStmt",                EFFECT_KNOWN  }, /* enum rules */
    {"AlterEventTrigStmt",           EFFECT_KNOWN  }, /* the catalog alone */
    {"AlterExtensionContentsStmt",   EFFECT_KNOWN  }, /* membership alone */
    {"AlterExtensionStmt",           EFFECT_UNKNOWN}, /* runs a script of the extension's */
    {"AlterFdwStmt",                 EFFECT_KNOWN  }, /* the catalog alone */
    {"AlterForeignServerStmt",       EFFECT_KNOWN  }, /* the catalog alone */
    {"AlterFunctionStmt",            EFFECT_KNOWN  }, /* the catalog alone */
    {"AlterObjectDependsStmt",       EFFECT_KNOWN  }, /* the catalog alone */
    {"AlterObjectSchemaStmt",        EFFECT_KNOWN  }, /* rename rules */
    {"AlterOpFamilyStmt",            EFFECT_KNOWN  }, /* the catalog alone */
    {"AlterOperatorStmt",            EFFECT_KNOWN  }, /* the catalog alone */
    {"AlterOwnerStmt",               EFFECT_KNOWN  }, /* the catalog alone */
    {"AlterPolicyStmt",              EFFECT_KNOWN  }, /* the catalog alone, under a short lock */
    {"AlterPublicationStmt",         EFFECT_KNOWN  }, /* the catalog alone */
    {"AlterRoleSetStmt",             EFFECT_KNOWN  }, /* settings of later sessions */
    {"AlterRoleStmt",                EFFECT_KNOWN  }, /* security rules */
    {"AlterSeqStmt",                 EFFECT_KNOWN  }, /* a sequence's row */
    {"AlterStatsStmt",               EFFECT_KNOWN  }, /* the catalog alone */
    {"AlterSubscriptionStmt",        EFFECT_UNKNOWN}, /* may copy tables, or stop copying */
    {"AlterSystemStmt",              EFFECT_UNKNOWN}, /* settings of the whole server */
    {"AlterTSConfigurationStmt",     EFFECT_KNOWN  }, /* the catalog alone */
    {"AlterTSDictionaryStmt",        EFFECT_KNOWN  }, /* the catalog alone */
    {"AlterTableMoveAllStmt",        EFFECT_UNKNOWN}, /* copies each table of a tablespace */
    {"AlterTableSpaceOptionsStmt",   EFFECT_KNOWN  }, /* the catalog alone */
    {"AlterTableStmt",               EFFECT_KNOWN  }, /* table rules */
    {"AlterTypeStmt",                EFFECT_KNOWN  }, /* the catalog alone */
    {"AlterUserMappingStmt",         EFFECT_KNOWN  }, /* the catalog alone */
    {"CallStmt",                     EFFECT_UNKNOWN}, /* a procedure may do anything */
    {"CheckPointStmt",               EFFECT_KNOWN  }, /* writes what has to be written anyway */
    {"ClosePortalStmt",              EFFECT_KNOWN  }, /* reads */
    {"ClusterStmt",                  EFFECT_KNOWN  }, /* lock rules */
    {"CommentStmt",                  EFFECT_KNOWN  }, /* the catalog alone */
    {"CompositeTypeStmt",            EFFECT_KNOWN  }, /* new */
    {"ConstraintsSetStmt",           EFFECT_KNOWN  }, /* when checks happen */
    {"CopyStmt",                     EFFECT_KNOWN  }, /* data rules; PROGRAM is looked at apart */
    {"CreateAmStmt",                 EFFECT_KNOWN  }, /* new */
    {"CreateCastStmt",               EFFECT_KNOWN  }, /* new */
    {"CreateConversionStmt",         EFFECT_KNOWN  }, /* new */
    {"CreateDomainStmt",             EFFECT_KNOWN  }, /* new */
    {"CreateEnumStmt",               EFFECT_KNOWN  }, /* new */
    {"CreateEventTrigStmt",          EFFECT_KNOWN  }, /* new */
    {"CreateExtensionStmt",          EFFECT_KNOWN  }, /* new */
    {"CreateFdwStmt",                EFFECT_KNOWN  }, /* new */
    {"CreateForeignServerStmt",      EFFECT_KNOWN  }, /* new */
    {"CreateForeignTableStmt",       EFFECT_KNOWN  }, /* new */
    {"CreateFunctionStmt",           EFFECT_KNOWN  }, /* is not run */
    {"CreateOpClassStmt",            EFFECT_KNOWN  }, /* new */
    {"CreateOpFamilyStmt",           EFFECT_KNOWN  }, /* new */
    {"CreatePLangStmt",              EFFECT_KNOWN  }, /* new */
    {"CreatePolicyStmt",             EFFECT_KNOWN  }, /* the catalog alone, under a short lock */
    {"CreatePublicationStmt",        EFFECT_KNOWN  }, /* new */
    {"CreateRangeStmt",              EFFECT_KNOWN  }, /* new */
    {"CreateRoleStmt",               EFFECT_KNOWN  }, /* security rules */
    {"CreateSchemaStmt",             EFFECT_KNOWN  }, /* new */
    {"CreateSeqStmt",                EFFECT_KNOWN  }, /* new */
    {"CreateStatsStmt",              EFFECT_KNOWN  }, /* new */
    {"CreateStmt",                   EFFECT_KNOWN  }, /* new */
    {"CreateSubscriptionStmt",       EFFECT_UNKNOWN}, /* copies tables */
    {"CreateTableAsStmt",            EFFECT_QUERY  }, /* new */
    {"CreateTableSpaceStmt",         EFFECT_KNOWN  }, /* new */
    {"CreateTransformStmt",          EFFECT_KNOWN  }, /* new */
    {"CreateTrigStmt",               EFFECT_KNOWN  }, /* lock rules */
    {"CreateUserMappingStmt",        EFFECT_KNOWN  }, /* security rules */
    {"CreatedbStmt",                 EFFECT_KNOWN  }, /* new */
    {"DeallocateStmt",               EFFECT_KNOWN  }, /* the session alone */
    {"DeclareCursorStmt",            EFFECT_QUERY  }, /* reads */
    {"DefineStmt",                   EFFECT_KNOWN  }, /* new */
    {"DeleteStmt",                   EFFECT_QUERY  }, /* data rules */
    {"DiscardStmt",                  EFFECT_KNOWN  }, /* the session alone */
    {"DoStmt",                       EFFECT_KNOWN  }, /* what it runs is looked at */
    {"DropOwnedStmt",                EFFECT_KNOWN  }, /* drop-owned */
    {"DropRoleStmt",                 EFFECT_KNOWN  }, /* drop-role */
    {"DropStmt",                     EFFECT_KNOWN  }, /* drop rules */
    {"DropSubscriptionStmt",         EFFECT_UNKNOWN}, /* the publisher's changes no longer come */
    {"DropTableSpaceStmt",           EFFECT_KNOWN  }, /* refused unless it is empty */
    {"DropUserMappingStmt",          EFFECT_KNOWN  }, /* the catalog alone */
    {"DropdbStmt",                   EFFECT_KNOWN  }, /* drop-database */
    {"ExecuteStmt",                  EFFECT_UNKNOWN}, /* whatever was prepared */
    {"ExplainStmt",                  EFFECT_QUERY  }, /* ANALYZE is looked at apart */
    {"FetchStmt",                    EFFECT_KNOWN  }, /* reads */
    {"GrantRoleStmt",                EFFECT_KNOWN  }, /* security rules */
    {"GrantStmt",                    EFFECT_KNOWN  }, /* security rules */
    {"ImportForeignSchemaStmt",      EFFECT_KNOWN  }, /* new */
    {"IndexStmt",                    EFFECT_KNOWN  }, /* index rules */
    {"InsertStmt",                   EFFECT_QUERY  }, /* data rules */
    {"ListenStmt",                   EFFECT_KNOWN  }, /* the session alone */
    {"LoadStmt",                     EFFECT_UNKNOWN}, /* a library may do anything */
    {"LockStmt",                     EFFECT_KNOWN  }, /* lock rules */
    {"MergeStmt",                    EFFECT_QUERY  }, /* data rules */
    {"NotifyStmt",                   EFFECT_KNOWN  }, /* a message */
    {"PrepareStmt",                  EFFECT_KNOWN  }, /* is not run */
    {"ReassignOwnedStmt",            EFFECT_KNOWN  }, /* the catalog alone */
    {"RefreshMatViewStmt",           EFFECT_KNOWN  }, /* lock rules */
    {"ReindexStmt",                  EFFECT_KNOWN  }, /* index rules */
    {"RenameStmt",                   EFFECT_KNOWN  }, /* rename rules */
    {"RuleStmt",                     EFFECT_KNOWN  }, /* the catalog alone, under a short lock */
    {"SecLabelStmt",                 EFFECT_KNOWN  }, /* the catalog alone */
    {"SelectStmt",                   EFFECT_QUERY  }, /* functions are looked at apart */
    {"TransactionStmt",              EFFECT_KNOWN  }, /* no work of its own */
    {"TruncateStmt",                 EFFECT_KNOWN  }, /* data rules */
    {"UnlistenStmt",                 EFFECT_KNOWN  }, /* the session alone */
    {"UpdateStmt",                   EFFECT_QUERY  }, /* data rules */
    {"VacuumStmt",                   EFFECT_KNOWN  }, /* lock rules */
    {"VariableSetStmt",              EFFECT_KNOWN  }, /* setting rules */
    {"VariableShowStmt",             EFFECT_KNOWN  }, /* reads */
    {"ViewStmt",                     EFFECT_KNOWN  }, /* new */
};
/* clang-format on */

static int compare(const void *a, const void *b)
{
  return strcmp(((const row *)a)->kind, ((const row *)b)->kind);
}

static effect effect_of(const char *kind)
{
  row wanted = {.kind = kind};
  const row *found = bsearch(&wanted, rows, sizeof rows / sizeof rows[0], sizeof rows[0], compare);
  return found != NULL ? found->effect : EFFECT_UNKNOWN;
}

bool kind_is_known(const char *kind)
{
  return effect_of(kind) != EFFECT_UNKNOWN;
}

bool kind_is_query(const char *kind)
{
  return effect_of(kind) == EFFECT_QUERY;
}
