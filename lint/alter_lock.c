/* The weaker locks, by subcommand: all others are ACCESS EXCLUSIVE. */
#include "alter_lock.h"

#include <stdbool.h>
#include <string.h>

#include "node.h"

static const struct {
  const char *subtype;
  lock_mode lock;
} weaker[] = {
    {"AT_SetStatistics",           LOCK_SHARE_UPDATE_EXCLUSIVE},
    {"AT_SetOptions",              LOCK_SHARE_UPDATE_EXCLUSIVE},
    {"AT_ResetOptions",            LOCK_SHARE_UPDATE_EXCLUSIVE},
    {"AT_ClusterOn",               LOCK_SHARE_UPDATE_EXCLUSIVE},
    {"AT_DropCluster",             LOCK_SHARE_UPDATE_EXCLUSIVE},
    {"AT_ValidateConstraint",      LOCK_SHARE_UPDATE_EXCLUSIVE},
    {"AT_AttachPartition",         LOCK_SHARE_UPDATE_EXCLUSIVE},
    {"AT_DetachPartitionFinalize", LOCK_SHARE_UPDATE_EXCLUSIVE},
    {"AT_EnableTrig",              LOCK_SHARE_ROW_EXCLUSIVE   },
    {"AT_EnableAlwaysTrig",        LOCK_SHARE_ROW_EXCLUSIVE   },
    {"AT_EnableReplicaTrig",       LOCK_SHARE_ROW_EXCLUSIVE   },
    {"AT_EnableTrigAll",           LOCK_SHARE_ROW_EXCLUSIVE   },
    {"AT_EnableTrigUser",          LOCK_SHARE_ROW_EXCLUSIVE   },
    {"AT_DisableTrig",             LOCK_SHARE_ROW_EXCLUSIVE   },
    {"AT_DisableTrigAll",          LOCK_SHARE_ROW_EXCLUSIVE   },
    {"AT_DisableTrigUser",         LOCK_SHARE_ROW_EXCLUSIVE   },
};

/* What a storage parameter changes for readers needs the strongest lock; the others only advise. */
static bool is_advice(json_t *options)
{
  static const char *const strong[] = {"user_catalog_table", "security_barrier", "check_option",
                                       "security_invoker",   "fastupdate",       "buffering"};
  for (size_t i = 0; i < json_array_size(options); i++) {
    for (size_t k = 0; k < sizeof strong / sizeof strong[0]; k++) {
      if (node_is(json_array_get(options, i), "DefElem.defname", strong[k])) {
        return false;
      }
    }
  }
  return true;
}

lock_mode alter_lock(json_t *command)
{
  const char *subtype = node_text(command, "subtype");
  for (size_t i = 0; subtype != NULL && i < sizeof weaker / sizeof weaker[0]; i++) {
    if (strcmp(weaker[i].subtype, subtype) == 0) {
      return weaker[i].lock;
    }
  }
  if (node_is(command, "subtype", "AT_SetRelOptions") ||
      node_is(command, "subtype", "AT_ResetRelOptions")) {
    return is_advice(node_get(command, "def.List.items")) ? LOCK_SHARE_UPDATE_EXCLUSIVE
                                                          : LOCK_ACCESS_EXCLUSIVE;
  }
  if (node_is(command, "subtype", "AT_DetachPartition") &&
      node_flag(command, "def.PartitionCmd.concurrent")) {
    return LOCK_SHARE_UPDATE_EXCLUSIVE;
  }
  if (node_is(command, "subtype", "AT_AddConstraint") &&
      node_is(command, "def.Constraint.contype", "CONSTR_FOREIGN")) {
    return LOCK_SHARE_ROW_EXCLUSIVE;
  }
  return LOCK_ACCESS_EXCLUSIVE;
}
