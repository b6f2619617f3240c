// migrate.mjs FOLDER [SCHEMA TABLE]: apply a drizzle-kit folder with the real drizzle-orm, as a TypeScript
// program does. The database is the one that PGHOST and its like name. Prints how long it took.
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import pg from "pg";

const [migrationsFolder, migrationsSchema, migrationsTable] = process.argv.slice(2);
const pool = new pg.Pool({ max: 1 });
const start = performance.now();
try {
  await migrate(drizzle(pool), { migrationsFolder, migrationsSchema, migrationsTable });
  console.log(`${Math.round(performance.now() - start)} ms`);
} catch (error) {
  const cause = error.cause ?? error;
  console.error(`drizzle-orm: ${cause.code ?? "?"}: ${cause.message}`);
  process.exitCode = 1;
} finally {
  await pool.end();
}
