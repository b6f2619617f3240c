BEGIN;--> statement-breakpoint
CREATE TABLE t (a int);--> statement-breakpoint
COMMIT;--> statement-breakpoint
CREATE INDEX CONCURRENTLY i ON t (a);
