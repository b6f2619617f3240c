/* dump.h - the test's database as pg_dump writes it down. */
#ifndef EMBARK_TEST_DUMP_H
#define EMBARK_TEST_DUMP_H

/* Whether the server's own pg_dump is there: some versions are installed without. */
int dump_is_there(void);

/* Its schema. Kept until the end of the test. */
const char *dump_of_schema(void);

#endif
