COMMIT;--> statement-breakpoint
CREATE INDEX CONCURRENTLY i ON t (a);--> statement-breakpoint
BEGIN;
