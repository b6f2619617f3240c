/* victim.c - a process that is killed. Its sessions outlive it as long as the server has not
 * noticed. */
#include "victim.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "db.h"
#include "drive.h"

static struct {
  embark_event_type type;
  const char *tag;
  uint32_t statement;
  unsigned count;
} end;

static int is_end(const embark_event *event)
{
  if (end.count > 0) {
    return --end.count == 0;
  }
  return event->type == end.type && (end.tag == NULL || strcmp(event->tag, end.tag) == 0) &&
         (end.statement == 0 || event->statement == end.statement);
}

static int die_at_end(void *data, const embark_event *event)
{
  (void)data;
  if (is_end(event)) {
    raise(SIGKILL);
  }
  return 0;
}

static pid_t start(const made_bundle *made, embark_event_fn hook)
{
  pid_t victim = fork();
  ck_assert_int_ge(victim, 0);
  if (victim == 0) {
    embark_error err;
    embark_options opt = drive_options;
    opt.on_event = hook;
    _exit(embark_migrate(db_connect("application_name=victim"), &made->bundle, &opt, &err));
  }
  return victim;
}

pid_t victim_start(const made_bundle *made)
{
  return start(made, NULL);
}

static int wait_for(pid_t victim)
{
  int status = 0;
  ck_assert_int_eq(waitpid(victim, &status, 0), victim);
  return status;
}

static void wait_until_gone(const char *which)
{
  db_wait_until("NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND "
                "application_name = 'victim'%s)",
                which);
}

void victim_kill(pid_t victim)
{
  kill(victim, SIGKILL);
  wait_for(victim);
  wait_until_gone(" AND state <> 'active'");
}

int victim_wait(pid_t victim)
{
  int status = wait_for(victim);
  ck_assert(WIFEXITED(status));
  return WEXITSTATUS(status);
}

static int dies(const made_bundle *made)
{
  int status = wait_for(start(made, die_at_end));
  if (WIFSIGNALED(status)) {
    wait_until_gone("");
    return 1;
  }
  ck_assert_int_eq(WEXITSTATUS(status), EMBARK_OK);
  return 0;
}

void victim_dies(const made_bundle *made, embark_event_type type, const char *tag,
                 uint32_t statement)
{
  end.type = type;
  end.tag = tag;
  end.statement = statement;
  end.count = 0;
  ck_assert_msg(dies(made), "the victim came through");
}

int victim_dies_at(const made_bundle *made, unsigned count)
{
  end.type = 0;
  end.count = count;
  return dies(made);
}

void victim_wait_blocked(const char *text)
{
  db_wait_until("EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND "
                "application_name = 'victim'"
                " AND starts_with(query, '%s') AND wait_event_type IN ('Lock', 'Timeout'))",
                text);
}

void victim_end_orphan(void)
{
  db_exec(db_watch, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND application_name = 'victim'");
  wait_until_gone("");
}
