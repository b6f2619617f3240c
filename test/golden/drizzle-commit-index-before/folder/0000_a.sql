CREATE TABLE t (a int);--> statement-breakpoint
CREATE INDEX CONCURRENTLY i ON t (a);--> statement-breakpoint
COMMIT;--> statement-breakpoint
BEGIN;
