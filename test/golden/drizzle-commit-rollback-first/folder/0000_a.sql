CREATE TABLE t (a int);--> statement-breakpoint
ROLLBACK;--> statement-breakpoint
CREATE INDEX CONCURRENTLY i ON t (a);
