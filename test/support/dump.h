/* dump.h - the test's database as pg_dump writes it down. */
#ifndef EMBARK_TEST_DUMP_H
#define EMBARK_TEST_DUMP_H

/* Its schema. Kept until the end of the test. */
const char *dump_of_schema(void);

#endif
