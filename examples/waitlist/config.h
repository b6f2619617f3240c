/* config.h - what the server is told by its environment. */
#ifndef WAITLIST_CONFIG_H
#define WAITLIST_CONFIG_H

#include <stdint.h>

struct config {
  const char *database_url; /* holds a password: never print it */
  const char *bind;
  uint16_t port; /* 0: any free one */
  int migrate_on_start;
  const char *secret; /* of the admin endpoint; NULL: there is none. Never print it */
};

/* Read DATABASE_URL, else POSTGRES_URL; BIND; PORT; MIGRATE_ON_START; MIGRATION_SECRET. Returns
 * 0, or says on stderr what is wrong and returns -1. The strings belong to the environment. */
int config_read(struct config *config);

#endif
