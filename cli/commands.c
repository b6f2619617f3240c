/* commands.c - the list of commands, and what their help says. */
#include "cli.h"

/* clang-format off */
const command cli_commands[COMMANDS] = {
  [CMD_MIGRATE] = {CMD_MIGRATE, "migrate", "", "apply pending migrations",
    "Applies what is pending, each migration exactly once and in order, under an advisory\n"
    "lock, and waits for others that do the same. Nothing to do is success.\n\n"
    "  embark migrate --database postgresql://app@db/shop\n"
    "  embark migrate --to 0007_add_orders\n"
    "  embark migrate --forbid destructive --approve 0008_drop_legacy\n"
    "  embark migrate --dry-run",
    cmd_migrate},
  [CMD_PLAN] = {CMD_PLAN, "plan", "", "say what migrate would do, and why",
    "Says which migrations would run, and what they may hurt. Takes no lock and writes\n"
    "nothing: the right to read the ledger is enough.\n\n"
    "  embark plan\n"
    "  embark plan --exit-code || test $? -eq 3",
    cmd_plan},
  [CMD_STATUS] = {CMD_STATUS, "status", "", "list every migration and its state",
    "Lists what the folder and the ledger have: applied, pending, changed, missing, unknown,\n"
    "adopted or running; when, by whom, how long. Drift is shown, and is no error.\n\n"
    "  embark status\n"
    "  embark status --json | jq '.migrations[] | select(.state == \"pending\").tag'",
    cmd_status},
  [CMD_VERIFY] = {CMD_VERIFY, "verify", "", "hold the whole history against the migrations",
    "Compares every row of the ledger with the folder. Says of a changed migration what kind\n"
    "of change it is, and shows it where the old text can be found in git.\n\n"
    "  embark verify",
    cmd_verify},
  [CMD_REVERT] = {CMD_REVERT, "revert", "", "undo applied migrations by their down files",
    "Runs the down files of applied migrations, newest first, each in one transaction with\n"
    "the removal of its ledger row. Asks on a terminal, and needs --yes without one. One\n"
    "without a down file is an error before anything runs.\n\n"
    "  embark revert                         the newest one\n"
    "  embark revert --steps 3 --yes\n"
    "  embark revert --to 0007_add_orders    all that came after it",
    cmd_revert},
  [CMD_ADOPT] = {CMD_ADOPT, "adopt", "", "record migrations as applied without running them",
    "Takes over a database whose schema is there already: the migrations are recorded as\n"
    "adopted, in one transaction under the lock, and in the audit table.\n\n"
    "  embark adopt --up-to 0012_baseline --reason 'was migrated by hand'\n"
    "  embark adopt --all --yes",
    cmd_adopt},
  [CMD_ACCEPT] = {CMD_ACCEPT, "accept", "[TAG]", "accept a changed migration as it is now",
    "Gives a migration that was edited after it was applied the hash it has now. Nothing is\n"
    "run. Both hashes and the reason are kept in the audit table.\n\n"
    "  embark accept 0007_add_orders --reason 'comment only, reviewed by Ada'\n"
    "  embark accept --all --dry-run         show what has changed",
    cmd_accept},
  [CMD_RESUME] = {CMD_RESUME, "resume", "", "settle an interrupted migration",
    "Says of the statement of a migration without a transaction that was interrupted, and\n"
    "that cannot be judged by itself, whether it took effect. Then migrate goes on.\n\n"
    "  embark resume            show it\n"
    "  embark resume --done     it took effect: go on behind it\n"
    "  embark resume --again    it did not: run it again",
    cmd_resume},
  [CMD_SCRIPT] = {CMD_SCRIPT, "script", "", "write the pending migrations as a psql script",
    "Prints what migrate would do as a script for psql, with the lock, the checks and the\n"
    "ledger's rows: to be read, and run by hand. Run twice, it changes nothing more.\n\n"
    "  embark script > pending.sql && psql -X -f pending.sql\n"
    "  embark script --offline",
    cmd_script},
  [CMD_NEW] = {CMD_NEW, "new", "NAME", "make a new migration file",
    "Makes the next file in the folder's own layout; in a Drizzle folder the journal gets\n"
    "its entry.\n\n"
    "  embark new add_orders\n"
    "  embark new --down 'drop legacy columns'",
    cmd_new},
  [CMD_WAIT] = {CMD_WAIT, "wait", "", "wait until the server accepts connections",
    "For start-up scripts and pipelines.\n\n"
    "  embark wait --timeout 30s && embark migrate",
    cmd_wait},
  [CMD_LINT] = {CMD_LINT, "lint", "[DIR]", "find what is dangerous before it runs",
    "Reads the folder's SQL as PostgreSQL does, and says what loses data, blocks programs or\n"
    "breaks them, with the safe way to write it. Needs no database, but for --pending. A line\n"
    "above a statement silences a rule: -- embark: allow RULE: why it is fine\n\n"
    "  embark lint --since 0007_add_orders\n"
    "  embark lint --pending --fail-on warning\n"
    "  embark lint --explain drop-column",
    cmd_lint},
  [CMD_BUNDLE] = {CMD_BUNDLE, "bundle", "DIR", "compile a folder into a C file", "", NULL},
};
/* clang-format on */
